import Store

/// Inserts rows, some hundred with one statement.
final class SQLiteInserter: BulkInserter {
    private let statement: SQLiteStatement
    private let rows: RowBuffer
    private static let rowLimit = 512
    private static let byteLimit = 256 << 10

    init(_ connection: SQLiteConnection, into table: String, _ columns: [BulkColumn], ignoringPresent: Bool) throws {
        let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let cells = columns.indices.map { "c\($0)" }.joined(separator: ", ")
        rows = RowBuffer(width: columns.count)
        // Whatever fails undoes the transaction: `FAIL` spares the statement a journal of its own.
        let conflict = ignoringPresent ? "IGNORE" : "FAIL"
        statement = try RowModule.statement(
            connection, width: columns.count,
            "INSERT OR \(conflict) INTO \(table) (\(names)) SELECT \(cells) FROM \(RowModule.name(width: columns.count))(?)")
    }

    func add(_ value: Int64) { rows.add(value) }

    func add(_ value: UInt128) { rows.add(value) }

    func add(_ value: String) { rows.add(value) }

    func add(_ value: ArraySlice<UInt8>) { rows.add(value) }

    func add(_ value: StoredValue) {
        switch value {
        case .null: rows.addNull()
        case .integer(let integer): rows.add(integer)
        case .real(let real): rows.add(real)
        case .text(let text): rows.add(text)
        }
    }

    func endRow() throws {
        if rows.rowCount >= Self.rowLimit || rows.byteCount >= Self.byteLimit { try finish() }
    }

    func finish() throws {
        guard rows.rowCount > 0 else { return }
        defer { rows.removeAll() }
        try statement.withRows(rows) { try statement.run() }
    }
}
