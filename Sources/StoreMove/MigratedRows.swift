import Store

/// The rows of a table, read alike from files and from a database, in the same order.
struct MigratedRows {
    typealias Values = [MigratedValue]

    let table: MigratedTable
    let columns: [BulkColumn]
    /// Positions of the key's columns.
    private let key: [Int]
    private let list, order: String

    /// - Parameter files: have the table, and tell which columns it has.
    init(of table: MigratedTable, as files: any Connection) throws {
        let kinds: [String: BulkColumn.Kind] = ["INTEGER": .integer, "REAL": .real, "TEXT": .text, "BLOB": .bytes]
        let columns = try files.rows("SELECT name, type FROM pragma_table_info(?)", table.source) { BulkColumn($0.text(0), kinds[$0.text(1)] ?? .text) }
        (self.table, self.columns) = (table, columns)
        key = table.key.map { name in columns.firstIndex { $0.name == name }! }
        list = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        order = table.key.joined(separator: ", ")
    }

    var keyColumns: [BulkColumn] { key.map { columns[$0] } }

    func key(of row: Values) -> Values { key.map { row[$0] } }

    /// Rows behind the key `last`, up to `end` where one is given.
    func inFiles(_ files: any Connection, after last: Values?, through end: Values? = nil, limit: Int) throws -> [Values] {
        let (condition, values) = range(after: last, through: end)
        return try files.rows("SELECT \(list) FROM \(table.source)\(condition) ORDER BY \(order) LIMIT \(limit)", values: values, read: read)
    }

    func remove(_ row: Values, from files: any Connection) throws { try delete(where: " WHERE (\(order)) = (\(marks))", key(of: row), files) }

    /// Removes the rows behind the key `last`.
    func removeAll(after last: Values?, from files: any Connection) throws {
        let (condition, values) = range(after: last, through: nil)
        try delete(where: condition, values, files)
    }

    private func delete(where condition: String, _ values: Values, _ files: any Connection) throws {
        let delete = try files.statement("DELETE FROM \(table.source)\(condition)")
        delete.bind(values)
        try delete.run()
    }

    /// Gives `body` all rows of the database in portions of `size`; within a transaction or a snapshot.
    func forEachPortion(of server: any Connection, size: Int, _ body: ([Values]) throws -> Void) throws {
        var portion: [Values] = []
        try server.statement("SELECT \(list) FROM \(table.name) ORDER BY \(order)").forEachRow(isLarge: true) { row in
            portion.append(read(row))
            if portion.count == size {
                try body(portion)
                portion.removeAll(keepingCapacity: true)
            }
            return true
        }
        if !portion.isEmpty { try body(portion) }
    }

    private var marks: String { key.map { _ in "?" }.joined(separator: ", ") }

    private func read(_ row: any Row) -> Values { columns.enumerated().map { MigratedValue(row, $0, $1.kind) } }

    private func range(after last: Values?, through end: Values?) -> (condition: String, values: Values) {
        let bounds = [last.map { _ in "(\(order)) > (\(marks))" }, end.map { _ in "(\(order)) <= (\(marks))" }].compactMap { $0 }
        return (bounds.isEmpty ? "" : " WHERE " + bounds.joined(separator: " AND "), (last ?? []) + (end ?? []))
    }
}

extension MigratedRows {
    /// Adds the columns that `other`'s table lacks: plain ones, which the policy has named since.
    ///
    /// - Throws: ``StorageError/mismatch(database:)`` for bytes, which no plain column holds.
    func addColumns(to other: any Connection) throws {
        let present = try other.columns(of: table.name)
        for column in columns where !present.contains(column.name) { try other.addColumn(PlainColumn(moving: column)) }
    }
}

extension [MigratedRows.Values] {
    func insert(with inserter: any BulkInserter) throws {
        for row in self {
            for value in row { value.add(to: inserter) }
            try inserter.endRow()
        }
        try inserter.finish()
    }
}

extension PlainColumn {
    fileprivate init(moving column: BulkColumn) throws {
        let kind: Kind = switch column.kind {
        case .text: .text
        case .integer: .integer
        case .real: .real
        case .bytes: throw StorageError.mismatch(database: column.name)
        }
        self.init(name: column.name, kind: kind)
    }
}
