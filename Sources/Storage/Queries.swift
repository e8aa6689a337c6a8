import Foundation
import GRDB

/// A condition on plain columns, or on what only the engine can see.
public indirect enum StoredCondition: Sendable {
    public enum Comparison: String, Sendable {
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
    /// Every row that does not fulfil the condition, those included for which it is unknown.
    case complement(StoredCondition)
    /// Calls the engine's function with this number on the sealed row.
    case residual(Int)
}

/// What a residual condition sees of a row.
public struct SealedRow: Sendable {
    public var uid: UInt128
    public var subject: Int64
    public var body: [UInt8]
    public var key: WrappedKey?
}

/// Decides a residual condition; called in SQLite's thread, once a row.
public typealias Residual = @Sendable (_ number: Int, _ row: SealedRow) throws -> Bool

/// A page of records in descending time, then id.
public struct PageRequest: Sendable {
    public var columns: [String]
    public var condition: StoredCondition
    /// Where the page before ended.
    public var after: (occurredAt: Int64, id: Int64)?
    public var limit: Int
    /// Whether the sealed bodies and keys are wanted.
    public var sealed: Bool

    public init(
        columns: [String], condition: StoredCondition, after: (occurredAt: Int64, id: Int64)?, limit: Int, sealed: Bool
    ) {
        (self.columns, self.condition, self.after) = (columns, condition, after)
        (self.limit, self.sealed) = (limit, sealed)
    }
}

/// A row of a page. `body` and `key` are there when they were asked for and not erased.
///
/// The rows of a chunk share their buffers: what one thread allocates and another frees costs more
/// than the row itself.
public struct PageRow: Sendable {
    public var id: Int64
    public var uid: UInt128
    public var subject: Int64
    public var occurredAt: Int64
    public var values: ArraySlice<StoredValue>
    public var body: ArraySlice<UInt8>
    public var key: WrappedKey?
}

/// The rows of a chunk while they are read.
private struct ChunkBuffer {
    private struct Place {
        var id: Int64
        var uid: UInt128
        var subject: Int64
        var occurredAt: Int64
        var body: Range<Int>
        var root: Int?
        var key: Range<Int>
    }

    private let columns: Int
    private let sealed: Bool
    private var places: [Place] = []
    private var values: [StoredValue] = []
    private var bytes: [UInt8] = []

    init(columns: Int, sealed: Bool) { (self.columns, self.sealed) = (columns, sealed) }

    var count: Int { places.count }

    /// Takes in a row of `id, uid, subject, occurred_at[, body, root, wrapped], columns…`.
    mutating func append(_ row: RowReader) {
        let start = bytes.count
        var root: Int?
        var bodyEnd = start
        if sealed {
            row.append(4, to: &bytes)
            bodyEnd = bytes.count
            if !row.isNull(5) {
                root = Int(row.integer(5))
                row.append(6, to: &bytes)
            }
        }
        for column in 0..<columns { values.append(row.value((sealed ? 7 : 4) + column)) }
        places.append(
            Place(
                id: row.integer(0), uid: row.identifier(1), subject: row.integer(2), occurredAt: row.integer(3),
                body: start..<bodyEnd, root: root, key: bodyEnd..<bytes.count))
    }

    /// The rows so far; the buffer is empty then.
    mutating func take() -> [PageRow] {
        defer { self = ChunkBuffer(columns: columns, sealed: sealed) }
        return places.enumerated().map { index, place in
            PageRow(
                id: place.id, uid: place.uid, subject: place.subject, occurredAt: place.occurredAt,
                values: values[index * columns..<(index + 1) * columns], body: bytes[place.body],
                key: place.root.map { WrappedKey(root: $0, bytes: bytes[place.key]) })
        }
    }
}

/// Groups with measures.
public struct AggregateRequest: Sendable {
    public enum Function: String, Sendable {
        case count = "COUNT"
        case average = "AVG"
        case minimum = "MIN"
        case maximum = "MAX"
        case distinct
    }

    /// A column to group by, as it is or cut to a unit of time.
    public enum Grouping: Sendable, Hashable {
        case column(String)
        /// `strftime` format over a column of milliseconds (UTC).
        case time(column: String, format: String)
    }

    public var groupBy: [Grouping]
    public var measures: [(function: Function, column: String?)]
    public var condition: StoredCondition

    public init(groupBy: [Grouping], measures: [(function: Function, column: String?)], condition: StoredCondition) {
        (self.groupBy, self.measures, self.condition) = (groupBy, measures, condition)
    }
}

public struct AggregateRow: Sendable {
    public var group: [StoredValue]
    public var measures: [StoredValue]
}

extension StoreReader {
    /// Reads a page and hands it on in chunks, so that opening a chunk can overlap with reading the next.
    public func page(
        _ request: PageRequest, residual: Residual?, chunk: Int, _ take: ([PageRow]) throws -> Void
    ) throws {
        var arguments: [StoredValue] = []
        let joins = request.sealed ? Self.sealedJoin : ""
        let sealedColumns = request.sealed ? ", s.body, k.root, k.wrapped" : ""
        let columns = request.columns.map { ", \(Self.column($0))" }.joined()
        var conditions = [Self.sql(request.condition, &arguments)]
        if let after = request.after {
            conditions.append("(r.occurred_at, r.id) < (?, ?)")
            arguments += [.integer(after.occurredAt), .integer(after.id)]
        }
        arguments.append(.integer(Int64(request.limit)))
        let sql = """
            SELECT r.id, r.uid, r.subject, r.occurred_at\(sealedColumns)\(columns)
            FROM record r\(joins)
            WHERE \(conditions.joined(separator: " AND "))
            ORDER BY r.occurred_at DESC, r.id DESC LIMIT ?
            """
        return try withResidual(residual) {
            var rows = ChunkBuffer(columns: request.columns.count, sealed: request.sealed)
            let query = try RowWriter(db, sql)
            query.bind(arguments)
            try query.forEachRow { row in
                rows.append(row)
                if rows.count == chunk { try take(rows.take()) }
                return true
            }
            try take(rows.take())
        }
    }

    /// Groups behind which at least `minimumSubjects` distinct subjects stand, and how many were left out.
    ///
    /// Complementary suppression: who knows the total could subtract what is shown, so that what is left out must
    /// be two groups or more and have enough subjects itself; else the smallest groups go as well (Cox 1980,
    /// "Suppression Methodology and Statistical Disclosure Control").
    public func aggregate(
        _ request: AggregateRequest, minimumSubjects: Int, residual: Residual?
    ) throws -> (rows: [AggregateRow], suppressed: Int) {
        // Distinct subjects of every group cost half as much again as the count itself; a look at
        // the first few rows of each group mostly does. Under a residual each look would decrypt.
        if residual == nil, !request.groupBy.contains(where: Self.isMultiple) {
            let groups = try groups(request, last: "COUNT(*)", residual: nil)
            if groups.count <= 1000 {
                let isLarge = try groups.map { try hasSubjects(minimumSubjects, in: $0, of: request) }
                return try suppress(groups, isLarge) { hidden in
                    try subjects(in: hidden.map { groups[$0].row }, of: request) >= minimumSubjects
                }
            }
        }
        let groups = try groups(request, last: "COUNT(DISTINCT r.subject)", residual: residual)
        return suppress(groups, groups.map { $0.last >= minimumSubjects }) { hidden in
            hidden.reduce(0) { $0 + groups[$1].last } >= minimumSubjects
        }
    }

    /// - Parameter isEnough: whether some groups together have enough subjects.
    private func suppress(
        _ groups: [(row: AggregateRow, last: Int)], _ isLarge: [Bool], _ isEnough: ([Int]) throws -> Bool
    ) rethrows -> (rows: [AggregateRow], suppressed: Int) {
        var hidden = groups.indices.filter { !isLarge[$0] }
        if !hidden.isEmpty {
            var smallest = groups.indices.filter { isLarge[$0] }.sorted { (groups[$0].last, $0) > (groups[$1].last, $1) }
            while !smallest.isEmpty, try hidden.count < 2 || !isEnough(hidden) { hidden.append(smallest.removeLast()) }
        }
        let left = Set(hidden)
        return (groups.indices.filter { !left.contains($0) }.map { groups[$0].row }, hidden.count)
    }

    /// Distinct subjects of some groups together; of a hundred groups at most, which is a lower bound.
    private func subjects(in groups: [AggregateRow], of request: AggregateRequest) throws -> Int {
        var arguments: [StoredValue] = []
        let condition = Self.sql(request.condition, &arguments)
        var alternatives: [String] = []
        for group in groups.prefix(100) {
            alternatives.append(zip(request.groupBy, group.group).map { "\(Self.sql($0.0)) IS ?" }.joined(separator: " AND "))
            arguments += group.group
        }
        let query = try RowWriter(
            db, "SELECT COUNT(DISTINCT r.subject) FROM record r NOT INDEXED WHERE \(condition) AND (\(alternatives.joined(separator: " OR ")))")
        query.bind(arguments)
        return Int(try query.fetchInteger() ?? 0)
    }

    /// How many distinct subjects stand behind the rows of a condition without residual parts; looks for `limit` at most.
    public func subjects(of condition: StoredCondition, limit: Int) throws -> Int {
        var arguments: [StoredValue] = []
        let sql = Self.sql(condition, &arguments)
        let query = try RowWriter(db, "SELECT COUNT(*) FROM (SELECT DISTINCT r.subject FROM record r NOT INDEXED WHERE \(sql) LIMIT ?)")
        query.bind(arguments + [.integer(Int64(limit))])
        return Int(try query.fetchInteger() ?? 0)
    }

    private func groups(
        _ request: AggregateRequest, last: String, residual: Residual?
    ) throws -> [(row: AggregateRow, last: Int)] {
        var arguments: [StoredValue] = []
        let groups = request.groupBy.map(Self.sql)
        let measures = request.measures.map(Self.sql)
        let condition = Self.sql(request.condition, &arguments)
        let positions = (1...max(groups.count, 1)).map(String.init).joined(separator: ", ")
        let sql = """
            SELECT \((groups + measures + [last]).joined(separator: ", "))
            FROM record r\(residual == nil ? "" : Self.sealedJoin)\(request.groupBy.map(Self.join).joined()) WHERE \(condition)
            \(groups.isEmpty ? "" : "GROUP BY \(positions) ORDER BY \(positions)")
            """
        return try withResidual(residual) {
            var rows: [(AggregateRow, Int)] = []
            let query = try RowWriter(db, sql)
            query.bind(arguments)
            try query.forEachRow { row in
                let aggregate = AggregateRow(
                    group: groups.indices.map { row.value($0) }, measures: measures.indices.map { row.value(groups.count + $0) })
                rows.append((aggregate, Int(row.integer(groups.count + measures.count))))
                return true
            }
            return rows
        }
    }

    /// Whether a group, whose `last` is its number of rows, has at least `minimum` distinct subjects.
    private func hasSubjects(
        _ minimum: Int, in group: (row: AggregateRow, last: Int), of request: AggregateRequest
    ) throws -> Bool {
        guard group.last >= minimum else { return false }
        var arguments: [StoredValue] = []
        var conditions = [Self.sql(request.condition, &arguments)]
        for (grouping, value) in zip(request.groupBy, group.row.group) {
            conditions.append("\(Self.sql(grouping)) IS ?")
            arguments.append(value)
        }
        arguments.append(.integer(Int64(minimum)))
        let query = try RowWriter(
            db, """
                SELECT COUNT(*) FROM (
                    SELECT DISTINCT r.subject FROM record r NOT INDEXED WHERE \(conditions.joined(separator: " AND ")) LIMIT ?)
                """)
        query.bind(arguments)
        return try query.fetchInteger() ?? 0 >= Int64(minimum)
    }

    private static let sealedJoin = """
         JOIN sealed s ON s.record = r.id LEFT JOIN keystore.subject_key k ON k.subject = r.subject
        """

    /// A column of the record, or what a module says about it.
    private static func column(_ name: String) -> String { AnnotationModule(rawValue: name)?.scalar ?? "r.\"\(name)\"" }

    private static func isMultiple(_ grouping: AggregateRequest.Grouping) -> Bool {
        if case .column(let name) = grouping { AnnotationModule(rawValue: name)?.isMultiple ?? false } else { false }
    }

    /// A record counts once for each of its labels.
    private static func join(_ grouping: AggregateRequest.Grouping) -> String {
        guard isMultiple(grouping), case .column(let name) = grouping else { return "" }
        return " JOIN annotation a_\(name) ON a_\(name).record = r.id AND a_\(name).module = '\(name)'"
    }

    private static func sql(_ grouping: AggregateRequest.Grouping) -> String {
        if isMultiple(grouping), case .column(let name) = grouping { return "a_\(name).label" }
        return switch grouping {
        case .column(let name): column(name)
        case .time(let column, let format): "strftime('\(format)', r.\"\(column)\" / 1000, 'unixepoch')"
        }
    }

    private static func sql(_ measure: (function: AggregateRequest.Function, column: String?)) -> String {
        guard let column = measure.column else { return "COUNT(*)" }
        return measure.function == .distinct
            ? "COUNT(DISTINCT \(Self.column(column)))" : "\(measure.function.rawValue)(\(Self.column(column)))"
    }

    /// The SQL of a condition; values become arguments, so that none is ever part of the text.
    static func sql(_ condition: StoredCondition, _ arguments: inout [StoredValue]) -> String {
        switch condition {
        case .compare("subject", .equal, let value):
            arguments.append(value)
            return "r.id IN (SELECT record FROM subject_record WHERE subject = ?)"
        case .isIn("subject", let values) where !values.isEmpty:
            arguments += values
            return "r.id IN (SELECT record FROM subject_record WHERE subject IN (\(values.map { _ in "?" }.joined(separator: ", "))))"
        case .compare(let name, let comparison, let value) where AnnotationModule(rawValue: name)?.isMultiple == true && [.equal, .notEqual].contains(comparison):
            arguments.append(value)
            return "r.id \(comparison == .equal ? "IN" : "NOT IN") (SELECT record FROM annotation WHERE module = '\(name)' AND label = ?)"
        case .compare(let column, let comparison, let value):
            arguments.append(value)
            return "\(Self.column(column)) \(comparison.rawValue) ?"
        case .isIn(let column, let values):
            guard !values.isEmpty else { return "0" }
            arguments += values
            return "\(Self.column(column)) IN (\(values.map { _ in "?" }.joined(separator: ", ")))"
        case .isNull(let column):
            return "\(Self.column(column)) IS NULL"
        case .all(let parts):
            guard !parts.isEmpty else { return "1" }
            return "(" + parts.map { sql($0, &arguments) }.joined(separator: " AND ") + ")"
        case .any(let parts):
            guard !parts.isEmpty else { return "0" }
            return "(" + parts.map { sql($0, &arguments) }.joined(separator: " OR ") + ")"
        case .not(let part):
            return "NOT " + sql(part, &arguments)
        case .complement(let part):
            return "NOT IFNULL(" + sql(part, &arguments) + ", 0)"
        case .residual(let number):
            return "vault_residual(\(number), r.uid, r.subject, s.body, k.root, k.wrapped)"
        }
    }

    /// Makes `residual` callable from SQL while `body` runs on this connection.
    private func withResidual<R>(_ residual: Residual?, _ body: () throws -> R) throws -> R {
        guard let residual else { return try body() }
        let function = DatabaseFunction("vault_residual", argumentCount: 6) { values in
            guard let number = Int.fromDatabaseValue(values[0]),
                let uid = Data.fromDatabaseValue(values[1]).flatMap(UInt128.init(data:)),
                let subject = Int64.fromDatabaseValue(values[2]), let body = Data.fromDatabaseValue(values[3])
            else { return false }
            let root = Int.fromDatabaseValue(values[4])
            let wrapped = Data.fromDatabaseValue(values[5])
            let key = root.flatMap { root in wrapped.map { WrappedKey(root: root, bytes: [UInt8]($0)) } }
            return try residual(number, SealedRow(uid: uid, subject: subject, body: [UInt8](body), key: key))
        }
        db.add(function: function)
        defer { db.remove(function: function) }
        return try body()
    }
}
