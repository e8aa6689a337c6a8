/// A condition on plain columns, or on what only the engine can see.
///
/// Each part is true, false or unknown of a row: unknown where a value is missing, or not of the kind that it is compared
/// with. Rows are taken of which the whole is true.
package indirect enum StoredCondition: Sendable {
    package enum Comparison: String, Sendable {
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    case compare(column: String, Comparison, StoredValue)
    case isIn(column: String, [StoredValue])
    case isNull(column: String)
    case all([StoredCondition])
    case any([StoredCondition])
    case not(StoredCondition)
    /// Calls the engine's function with this number on the sealed row.
    case residual(Int)
    /// Those with these numbers.
    case records([Int64])
    /// Those of customers who have not decided against the use.
    case consented(ConsentNeed)

    /// Whether all records are read to find those that fulfil it: it names nothing that an index finds them by.
    package var isScan: Bool {
        switch self {
        case .compare(let column, _, _), .isIn(let column, _), .isNull(let column):
            column != "subject" && column != "occurred_at"
        case .all(let parts), .any(let parts): parts.allSatisfy(\.isScan)
        case .not(let part): part.isScan
        case .residual, .records: false
        case .consented: true
        }
    }
}

/// What a residual condition sees of a row.
package struct SealedRow: Sendable {
    package var uid: UInt128
    package var subject: Int64
    package var body: [UInt8]
    package var key: WrappedKey?
    package var redactionVersion: Int
    /// Compartments that retention has removed.
    package var purged: Int
    /// Where they were read.
    package var codes: [UInt8]

    package init(uid: UInt128, subject: Int64, body: [UInt8], key: WrappedKey?, redactionVersion: Int, purged: Int, codes: [UInt8] = []) {
        (self.uid, self.subject, self.body, self.key) = (uid, subject, body, key)
        (self.redactionVersion, self.purged, self.codes) = (redactionVersion, purged, codes)
    }
}

/// Decides a residual condition, once a row.
package typealias Residual = @Sendable (_ number: Int, _ row: SealedRow) throws -> Bool

/// A page of records in descending time; of those with given numbers, in no order unless it is asked for.
package struct PageRequest: Sendable {
    /// Which of the condition's records.
    package enum Extent: Sendable {
        case all
        /// Those before a time.
        case before(Int64)
        /// Those from a time on, and before another.
        case within(Range<Int64>)
        /// Those with these numbers.
        case records([Int64])
    }

    package var columns: [String]
    package var condition: StoredCondition
    package var extent: Extent
    package var limit: Int
    /// Whether the sealed bodies and keys are wanted.
    package var sealed: Bool
    /// Whether the sealed codes and keys are wanted.
    package var codes: Bool
    /// Whether rows are to be held against what vouches for them.
    package var isVouched: Bool
    /// Whether records with given numbers come in descending time as well.
    package var isOrdered = false

    package init(columns: [String], condition: StoredCondition, extent: Extent, limit: Int, sealed: Bool, codes: Bool = false, isVouched: Bool = true) {
        (self.columns, self.condition, self.extent) = (columns, condition, extent)
        (self.limit, self.sealed, self.codes, self.isVouched) = (limit, sealed, codes, isVouched)
    }
}

extension PageRequest {
    /// Whether something is to be opened.
    fileprivate var needsKeys: Bool { sealed || codes }
    /// The clause that puts records in order. Who asks for records by their numbers knows the order: sorting would copy their bodies.
    fileprivate var order: String {
        if case .records = extent, !isOrdered { return "" }
        return " ORDER BY r.occurred_at DESC"
    }
}

/// A row of a page. `body`, `codes` and `key` are there when they were asked for and not erased.
///
/// The rows of a chunk share their buffers: what one thread allocates and another frees costs more
/// than the row itself.
package struct PageRow: Sendable {
    package var id: Int64
    package var uid: UInt128
    package var subject: Int64
    package var occurredAt: Int64
    package var values: ArraySlice<StoredValue>
    package var body: ArraySlice<UInt8>
    package var codes: ArraySlice<UInt8>
    package var key: WrappedKey?
    /// Whether bodies were asked for.
    var hasBody: Bool
    /// Nil: nobody vouches for records.
    var evidence: RecordEvidence?
}

/// The rows of a chunk while they are read.
private struct ChunkBuffer {
    private struct Place {
        var id: Int64
        var uid: UInt128
        var subject: Int64
        var occurredAt: Int64
        var body: Range<Int>
        var codes: Range<Int>
        var root: Int?
        var version: Int
        var key: Range<Int>
        var mac: Range<Int>
        var columns: Range<Int>
    }

    private let columns: Int
    private let request: PageRequest
    /// What a row shows of its record, after what was asked for; nil: nothing.
    private let evidence: RecordColumns?
    private var places: [Place] = []
    private var values: [StoredValue] = []
    private var bytes: [UInt8] = []

    init(_ request: PageRequest, evidence: RecordColumns?) { (columns, self.request, self.evidence) = (request.columns.count, request, evidence) }

    var count: Int { places.count }

    /// Takes in a row of `id, uid, subject, occurred_at[, root, wrapped, key version][, body][, codes], columns…[, evidence…]`.
    mutating func append(_ row: any Row) {
        let start = bytes.count
        var (root, version, first): (Int?, Int, Int) = (nil, 0, 4)
        if request.needsKeys {
            version = Int(row.integer(6))
            if !row.isNull(4) {
                root = Int(row.integer(4))
                row.append(5, to: &bytes)
            }
            first = 7
        }
        let keyEnd = bytes.count
        if request.sealed {
            row.append(first, to: &bytes)
            first += 1
        }
        let bodyEnd = bytes.count
        if request.codes {
            row.append(first, to: &bytes)
            first += 1
        }
        for column in 0..<columns { values.append(row.value(first + column)) }
        let uid = row.identifier(1)
        let codesEnd = bytes.count
        var macEnd = codesEnd
        if let evidence {
            evidence.appendMAC(of: row, from: first + columns, to: &bytes)
            macEnd = bytes.count
            evidence.appendColumns(of: row, from: first + columns, uid: uid, to: &bytes)
        }
        places.append(
            Place(
                id: row.integer(0), uid: uid, subject: row.integer(2), occurredAt: row.integer(3),
                body: keyEnd..<bodyEnd, codes: bodyEnd..<codesEnd, root: root, version: version, key: start..<keyEnd, mac: codesEnd..<macEnd,
                columns: macEnd..<bytes.count))
    }

    /// The rows so far; the buffer is empty then.
    ///
    /// - Parameter keys: where their keys are, when they were not read with them.
    mutating func take(_ keys: any CustomerKeys) throws -> [PageRow] {
        defer { startAnew() }
        if request.needsKeys, let wrapped = try keys.wrappedKeys(of: Set(places.map(\.subject))) {
            return rows { wrapped[KeyPlace(subject: $0.subject, version: $0.version)] }
        }
        return rows { place in place.root.map { WrappedKey(root: $0, version: place.version, bytes: bytes[place.key]) } }
    }

    /// The next chunk is about as long.
    private mutating func startAnew() {
        let (rows, size) = (places.count, bytes.count)
        self = ChunkBuffer(request, evidence: evidence)
        guard rows > 0 else { return }
        places.reserveCapacity(rows)
        values.reserveCapacity(rows * columns)
        bytes.reserveCapacity(size + size / 8)
    }

    private func rows(_ key: (Place) -> WrappedKey?) -> [PageRow] {
        places.enumerated().map { index, place in
            PageRow(
                id: place.id, uid: place.uid, subject: place.subject, occurredAt: place.occurredAt,
                values: values[index * columns..<(index + 1) * columns], body: bytes[place.body],
                codes: bytes[place.codes], key: key(place), hasBody: request.sealed,
                evidence: evidence == nil ? nil : RecordEvidence(mac: bytes[place.mac], columns: bytes[place.columns]))
        }
    }
}

extension StoreReader {
    /// Reads a page and hands it on in chunks, so that opening a chunk can overlap with reading the next.
    package func page(
        _ request: PageRequest, residual: Residual?, chunk: Int, _ take: ([PageRow]) throws -> Void
    ) throws {
        try db.page(request, evidence: request.isVouched ? recordEvidence()?.columns : nil, residual: residual, chunk: chunk, take)
    }

    /// Numbers and times of records, the newest first, and in no order within a time.
    package func places(of condition: StoredCondition, _ extent: PageRequest.Extent, limit: Int, residual: Residual?) throws -> [(record: Int64, time: Int64)] {
        let request = PageRequest(columns: [], condition: condition, extent: extent, limit: limit, sealed: false, isVouched: false)
        var places: [(record: Int64, time: Int64)] = []
        try page(request, residual: residual, chunk: 1000) { rows in places += rows.map { ($0.id, $0.occurredAt) } }
        return places
    }

    /// The same by one statement, with a condition that it can ask.
    ///
    /// - Parameters:
    ///   - evidence: what to read besides, so that records can be held against it.
    ///   - readsSealed: whether the condition needs the sealed bodies.
    package func statedPage(_ request: PageRequest, evidence: RecordColumns?, readsSealed: Bool, chunk: Int, _ take: ([PageRow]) throws -> Void) throws {
        var arguments: [StoredValue] = []
        let joins = joins(sealed: request.sealed || readsSealed, codes: request.codes)
        let sealedColumns =
            (request.needsKeys ? ", \(db.customerKeys.columns), r.key_version" : "") + (request.sealed ? ", s.body" : "")
            + (request.codes ? ", c.codes" : "")
        let columns = request.columns.map { ", \(column($0))" }.joined() + (evidence.map { ", \($0.list)" } ?? "")
        var conditions = [sql(request.condition, &arguments)]
        switch request.extent {
        case .all: break
        case .before(let time):
            conditions.append("r.occurred_at < ?")
            arguments.append(.integer(time))
        case .within(let times):
            conditions.append("r.occurred_at >= ? AND r.occurred_at < ?")
            arguments += [.integer(times.lowerBound), .integer(times.upperBound)]
        case .records(let numbers): conditions.append(sql(.records(numbers), &arguments))
        }
        arguments.append(.integer(Int64(request.limit)))
        let sql = """
            SELECT r.id, r.uid, r.subject, r.occurred_at\(sealedColumns)\(columns)
            FROM record r\(joins)
            WHERE \(conditions.joined(separator: " AND "))\(request.order) LIMIT ?
            """
        var rows = ChunkBuffer(request, evidence: evidence)
        let query = try db.statement(sql)
        query.bind(arguments)
        try query.forEachRow(isLarge: request.limit > 2000) { row in
            rows.append(row)
            if rows.count == chunk { try take(rows.take(db.customerKeys)) }
            return true
        }
        try take(rows.take(db.customerKeys))
    }

    /// A column of the record, or what is opened of its codes; several labels have blanks between.
    func column(_ name: String) -> String { CodedColumn.isOne(name) ? db.forms.coded(name) : "r.\"\(name)\"" }

    /// Whether a record is there and fulfils a condition without residual parts.
    package func isRecord(_ record: Int64, in condition: StoredCondition) throws -> Bool {
        try db.deciding(.all([.records([record]), condition]), by: nil) { condition, _ in
            var arguments: [StoredValue] = []
            let sql = "SELECT 1 FROM record r WHERE \(sql(condition, &arguments))"
            return try !db.rows(sql, values: arguments) { $0.int(0) }.isEmpty
        }
    }
}
