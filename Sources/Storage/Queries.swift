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
    public var redactionVersion: Int
    /// Compartments that retention has removed.
    public var purged: Int
}

/// Decides a residual condition; called in SQLite's thread, once a row.
public typealias Residual = @Sendable (_ number: Int, _ row: SealedRow) throws -> Bool

/// A page of records in descending time.
public struct PageRequest: Sendable {
    /// Which of the condition's records.
    public enum Extent: Sendable {
        case all
        /// Those before a time.
        case before(Int64)
        /// Those with these numbers.
        case records([Int64])
    }

    public var columns: [String]
    public var condition: StoredCondition
    public var extent: Extent
    public var limit: Int
    /// Whether the sealed bodies and keys are wanted.
    public var sealed: Bool

    public init(columns: [String], condition: StoredCondition, extent: Extent, limit: Int, sealed: Bool) {
        (self.columns, self.condition, self.extent) = (columns, condition, extent)
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
        var version: Int
        var key: Range<Int>
    }

    private let columns: Int
    private let sealed: Bool
    private var places: [Place] = []
    private var values: [StoredValue] = []
    private var bytes: [UInt8] = []

    init(columns: Int, sealed: Bool) { (self.columns, self.sealed) = (columns, sealed) }

    var count: Int { places.count }

    /// Takes in a row of `id, uid, subject, occurred_at[, body, root, wrapped, key version], columns…`.
    mutating func append(_ row: RowReader) {
        let start = bytes.count
        var root: Int?
        var version = 0
        var bodyEnd = start
        if sealed {
            row.append(4, to: &bytes)
            bodyEnd = bytes.count
            if !row.isNull(5) {
                root = Int(row.integer(5))
                row.append(6, to: &bytes)
                version = Int(row.integer(7))
            }
        }
        for column in 0..<columns { values.append(row.value((sealed ? 8 : 4) + column)) }
        places.append(
            Place(
                id: row.integer(0), uid: row.identifier(1), subject: row.integer(2), occurredAt: row.integer(3),
                body: start..<bodyEnd, root: root, version: version, key: bodyEnd..<bytes.count))
    }

    /// The rows so far; the buffer is empty then.
    mutating func take() -> [PageRow] {
        defer { self = ChunkBuffer(columns: columns, sealed: sealed) }
        return places.enumerated().map { index, place in
            PageRow(
                id: place.id, uid: place.uid, subject: place.subject, occurredAt: place.occurredAt,
                values: values[index * columns..<(index + 1) * columns], body: bytes[place.body],
                key: place.root.map { WrappedKey(root: $0, version: place.version, bytes: bytes[place.key]) })
        }
    }
}

extension StoreReader {
    /// Reads a page and hands it on in chunks, so that opening a chunk can overlap with reading the next.
    public func page(
        _ request: PageRequest, residual: Residual?, chunk: Int, _ take: ([PageRow]) throws -> Void
    ) throws {
        var arguments: [StoredValue] = []
        let joins = request.sealed ? Self.sealedJoin : ""
        let sealedColumns = request.sealed ? ", s.body, k.root, k.wrapped, r.key_version" : ""
        let columns = request.columns.map { ", \(Self.column($0))" }.joined()
        var conditions = [Self.sql(request.condition, &arguments)]
        switch request.extent {
        case .all: break
        case .before(let time):
            conditions.append("r.occurred_at < ?")
            arguments.append(.integer(time))
        case .records(let numbers): conditions.append("r.id IN (\(numbers.map(String.init).joined(separator: ", ")))")
        }
        arguments.append(.integer(Int64(request.limit)))
        let sql = """
            SELECT r.id, r.uid, r.subject, r.occurred_at\(sealedColumns)\(columns)
            FROM record r\(joins)
            WHERE \(conditions.joined(separator: " AND "))
            ORDER BY r.occurred_at DESC LIMIT ?
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

    /// Numbers of the records of exactly one time.
    public func records(of condition: StoredCondition, at time: Int64, residual: Residual?) throws -> [Int64] {
        var arguments: [StoredValue] = []
        let sql = Self.sql(condition, &arguments)
        return try withResidual(residual) {
            let query = try RowWriter(db, "SELECT r.id FROM record r\(residual == nil ? "" : Self.sealedJoin) WHERE \(sql) AND r.occurred_at = ?")
            query.bind(arguments + [.integer(time)])
            var numbers: [Int64] = []
            try query.forEachRow { row in
                numbers.append(row.integer(0))
                return true
            }
            return numbers
        }
    }

    static let sealedJoin = """
         JOIN sealed s ON s.record = r.id LEFT JOIN keystore.subject_key k ON k.subject = r.subject AND k.version = r.key_version
        """

    /// A column of the record, or what a module says about it.
    static func column(_ name: String) -> String { AnnotationModule(rawValue: name)?.scalar ?? "r.\"\(name)\"" }

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
            return "vault_residual(\(number), r.uid, r.subject, s.body, k.root, k.wrapped, r.redaction_version, r.purged, r.key_version)"
        }
    }

    /// Makes `residual` callable from SQL while `body` runs on this connection.
    func withResidual<R>(_ residual: Residual?, _ body: () throws -> R) throws -> R {
        guard let residual else { return try body() }
        let function = DatabaseFunction("vault_residual", argumentCount: 9) { values in
            guard let number = Int.fromDatabaseValue(values[0]),
                let uid = Data.fromDatabaseValue(values[1]).flatMap(UInt128.init(data:)),
                let subject = Int64.fromDatabaseValue(values[2]), let body = Data.fromDatabaseValue(values[3]),
                let version = Int.fromDatabaseValue(values[6]), let purged = Int.fromDatabaseValue(values[7])
            else { return false }
            let root = Int.fromDatabaseValue(values[4])
            let wrapped = Data.fromDatabaseValue(values[5])
            let keyVersion = Int.fromDatabaseValue(values[8]) ?? 0
            let key = root.flatMap { root in wrapped.map { WrappedKey(root: root, version: keyVersion, bytes: [UInt8]($0)) } }
            return try residual(number, SealedRow(uid: uid, subject: subject, body: [UInt8](body), key: key, redactionVersion: version, purged: purged))
        }
        db.add(function: function)
        defer { db.remove(function: function) }
        return try body()
    }
}
