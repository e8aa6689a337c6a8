import GRDB
import GRDBSQLite
import Store

/// Lets a statement gather groups in a ``GroupTable``: `gather_groups(?, customer, value, …, key, …)` is an SQL
/// aggregate that hands every row on to the table which ``SQLiteStatement/gathering(_:)`` binds; it has no result. Where sets of records are
/// wanted, `record, subject, occurred_at, uid` stand behind the customer.
final class GroupGathering {
    /// The rows of a period of `occurred_at`.
    fileprivate struct Part {
        let period: Range<Int64>
        var table: GroupTable
        /// What of the rows counts; nil: all.
        var days: CustomerDays?
    }

    /// One after another; of other times, no row counts.
    fileprivate var parts: [Part]
    /// That of the row before: most follow each other.
    private var part = 0
    fileprivate let isMarked: Bool
    /// Positions of the measures that have a value, in the order of the arguments.
    private let valued: [Int]

    private static let typeName: StaticString = "GroupGathering"
    static var pointerType: UnsafePointer<CChar> { UnsafeRawPointer(typeName.utf8Start).assumingMemoryBound(to: CChar.self) }
    /// Arguments before the values.
    private let leading: Int

    /// - Parameter periods: nil: the rows of all times are one; others want sets of records.
    fileprivate init(_ measures: [AggregateRequest.Measure], _ subjects: SubjectCounting, _ bound: DailyBound?, in periods: [Range<Int64>]? = nil) {
        parts = (periods ?? [.min ..< .max]).map { Part(period: $0, table: GroupTable(measures, subjects), days: bound.map { CustomerDays($0) }) }
        isMarked = if case .marked = subjects { true } else { false }
        leading = isMarked ? 6 : 2
        valued = measures.indices.filter { measures[$0].column != nil }
    }

    /// A statement that calls the aggregate. The first of a connection brings the aggregate along.
    static func statement(_ connection: SQLiteConnection, _ sql: String) throws -> SQLiteStatement {
        do {
            return try connection.prepared(sql)
        } catch DatabaseError.SQLITE_ERROR {
            let code = sqlite3_create_function_v2(
                connection.db.sqliteConnection, "gather_groups", -1, SQLITE_UTF8, nil, nil,
                { _, count, arguments in GroupGathering.step(UnsafeBufferPointer(start: arguments, count: Int(count))) },
                { context in sqlite3_result_null(context) }, nil)
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
            return try connection.prepared(sql)
        }
    }

    /// - Parameter arguments: SQLite's values.
    private static func step(_ arguments: UnsafeBufferPointer<OpaquePointer?>) {
        guard let pointer = sqlite3_value_pointer(arguments[0], pointerType) else { return }
        let gathering = Unmanaged<GroupGathering>.fromOpaque(pointer).takeUnretainedValue()
        gathering.add(arguments)
    }

    private func add(_ arguments: UnsafeBufferPointer<OpaquePointer?>) {
        if parts.count > 1 {
            guard let place = place(of: sqlite3_value_int64(arguments[4])) else { return }
            part = place
        }
        let isAdmitted = parts[part].days?.admits(
            record: sqlite3_value_int64(arguments[2]), subject: sqlite3_value_int64(arguments[3]), time: sqlite3_value_int64(arguments[4]))
        if isAdmitted != false { add(arguments, to: &parts[part].table) }
    }

    private func place(of time: Int64) -> Int? {
        if parts[part].period.contains(time) { return part }
        var (low, high) = (0, parts.count)
        while low < high {
            let middle = (low + high) / 2
            if parts[middle].period.upperBound <= time { low = middle + 1 } else { high = middle }
        }
        return low < parts.count && parts[low].period.contains(time) ? low : nil
    }

    private func add(_ arguments: UnsafeBufferPointer<OpaquePointer?>, to table: inout GroupTable) {
        table.beginKey()
        for index in leading + valued.count..<arguments.count {
            let value = arguments[index]
            switch sqlite3_value_type(value) {
            case SQLITE_INTEGER: table.add(sqlite3_value_int64(value))
            case SQLITE_FLOAT: table.add(sqlite3_value_double(value))
            case SQLITE_TEXT:
                // As a blob, its bytes are where the page has them: a text would be copied to end with a zero.
                table.add(Self.bytes(sqlite3_value_blob(value), sqlite3_value_bytes(value)).span)
            default: table.addNull()
            }
        }
        let customer = sqlite3_value_type(arguments[1]) == SQLITE_NULL ? nil : sqlite3_value_int64(arguments[1])
        let group = table.endRow(subject: customer, mark: isMarked ? Self.mark(arguments[5]) : 0)
        for (position, measure) in valued.enumerated() { table.add(Self.value(arguments[leading + position]), to: measure, of: group) }
    }

    /// The first 8 bytes of a record's idempotency key, big-endian.
    private static func mark(_ uid: OpaquePointer?) -> UInt64 {
        bytes(sqlite3_value_blob(uid), sqlite3_value_bytes(uid)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func value(_ value: OpaquePointer?) -> StoredValue {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: .integer(sqlite3_value_int64(value))
        case SQLITE_FLOAT: .real(sqlite3_value_double(value))
        case SQLITE_TEXT: .text(String(decoding: bytes(sqlite3_value_blob(value), sqlite3_value_bytes(value)), as: UTF8.self))
        default: .null
        }
    }

    private static func bytes(_ start: UnsafeRawPointer?, _ count: Int32) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: start?.assumingMemoryBound(to: UInt8.self), count: Int(count))
    }
}

extension SQLiteStatement {
    /// Runs `body` while the statement gathers rows, its first value being what they are gathered in.
    func gathering(_ groups: GroupGathering, _ body: () throws -> Void) rethrows { try withObject(groups, type: GroupGathering.pointerType, body) }
}

extension SQLiteConnection {
    /// The groups of the rows that a query reads.
    ///
    /// - Parameters:
    ///   - rows: those of the request.
    ///   - bound: which of the rows count; nil: all.
    ///   - isScan: whether all of `record`, as `r`, is read for it, so that another connection can read a half.
    /// - Returns: nil if rows did not come in the order of their records, and which of them count depends on that.
    func gathered(
        _ request: AggregateRequest, _ rows: GroupedRows, counting subjects: SubjectCounting, bound: DailyBound? = nil, isScan: Bool
    ) throws -> [CountedGroup]? {
        @Sendable func table(_ connection: SQLiteConnection, _ half: Half?) throws -> GroupTable? {
            let gathering = GroupGathering(request.measures, subjects, bound)
            try connection.gather(rows, in: gathering, half)
            return gathering.parts[0].days?.isOrdered == false ? nil : gathering.parts[0].table
        }
        if isScan, bound == nil, case (var all?, let others?)? = try halves({ try table($0, $1) }), all.isExact, others.isExact {
            all.merge(others)
            return all.rows(isWhole: rows.keys.isEmpty)
        }
        guard var all = try table(self, nil) else { return nil }
        return all.rows(isWhole: rows.keys.isEmpty)
    }

    /// The same of each period, with the sets of their records.
    func gathered(_ request: AggregateRequest, _ rows: GroupedRows, bound: DailyBound, in periods: [Range<Int64>]) throws -> [[CountedGroup]]? {
        let gathering = GroupGathering(request.measures, .marked, bound, in: periods)
        try gather(rows, in: gathering, nil)
        guard gathering.parts.allSatisfy({ $0.days?.isOrdered != false }) else { return nil }
        return gathering.parts.indices.map { gathering.parts[$0].table.rows(isWhole: rows.keys.isEmpty) }
    }

    private func gather(_ rows: GroupedRows, in gathering: GroupGathering, _ half: Half?) throws {
        let marks = gathering.isMarked ? ["r.id", StoreReader.countedPerson, "r.occurred_at", "r.uid"] : []
        let list = (["?", StoreReader.countedCustomer] + marks + rows.values + rows.keys).joined(separator: ", ")
        let query = "SELECT gather_groups(\(list)) \(rows.source)"
        let statement = try GroupGathering.statement(self, half.map { "\(query) AND \($0.condition)" } ?? query)
        for (index, argument) in rows.arguments.enumerated() { argument.bind(to: statement, at: index + 2) }
        if let half { statement.bind(rows.arguments.count + 2, half.middle) }
        try statement.gathering(gathering) { try statement.forEachRow { _ in true } }
    }
}
