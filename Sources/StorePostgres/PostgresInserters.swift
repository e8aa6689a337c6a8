import CPostgres
import Store

/// Takes in rows by COPY in its binary format.
///
/// See "Binary Format" in the documentation of PostgreSQL's `COPY`.
final class PostgresCopy: BulkInserter {
    private let connection: PostgresConnection
    private let sql: String
    private let columns: [BulkColumn]
    private var bytes: [UInt8]
    private var next = 0
    private var hasRows = false
    /// Whether a value is not of its column's type.
    private var isMismatched = false
    private static let header = Array("PGCOPY\n".utf8) + [0xFF] + Array("\r\n".utf8) + [0] + [UInt8](repeating: 0, count: 8)
    private static let limit = 8 << 20

    init(_ connection: PostgresConnection, _ table: String, _ columns: [BulkColumn]) {
        (self.connection, self.columns) = (connection, columns)
        sql = "COPY \(table) (\(columns.map { "\"\($0.name)\"" }.joined(separator: ", "))) FROM STDIN (FORMAT binary)"
        bytes = Self.header
    }

    private func append<Integer: FixedWidthInteger>(_ value: Integer) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Begins a value of so many bytes, and the row with the first.
    private func begin(_ length: Int) {
        if next == 0 { append(Int16(columns.count)) }
        next += 1
        append(Int32(length))
    }

    func add(_ value: Int64) { add(.integer(value)) }

    func add(_ value: UInt128) {
        begin(16)
        append(value)
    }

    func add(_ value: String) {
        begin(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    func add(_ value: ArraySlice<UInt8>) {
        begin(value.count)
        bytes.append(contentsOf: value)
    }

    func add(_ value: StoredValue) {
        switch (value, columns[next].kind) {
        case (.null, _): begin(-1)
        case (.integer(let integer), .integer):
            begin(8)
            append(integer)
        case (.integer(let integer), .real):
            begin(8)
            append(Double(integer).bitPattern)
        case (.real(let real), .real):
            begin(8)
            append(real.bitPattern)
        case (.text(let text), .text): add(text)
        case (.integer, .text), (.integer, .bytes), (.real, .integer), (.real, .text), (.real, .bytes), (.text, .integer), (.text, .real), (.text, .bytes):
            isMismatched = true
            begin(-1)
        }
    }

    func endRow() throws {
        precondition(next == columns.count, "a row lacks values")
        guard !isMismatched else { throw PostgresError(state: "42804") }
        (next, hasRows) = (0, true)
        if bytes.count > Self.limit { try finish() }
    }

    func finish() throws {
        guard hasRows else { return }
        append(Int16(-1))
        try connection.copy(sql, bytes)
        (bytes, hasRows) = (Self.header, false)
    }
}

/// Takes in rows of numbers and bytes in arrays, one a column; those that are there already stay as they are.
final class PostgresArrayInserter: BulkInserter {
    private let connection: PostgresConnection
    private let sql: String
    private var lists: [[String]]
    private var next = 0
    private static let limit = 20_000

    init(_ connection: PostgresConnection, _ table: String, _ columns: [BulkColumn]) {
        self.connection = connection
        let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let arrays = columns.map { "CAST(? AS \($0.kind == .bytes ? "BYTEA" : $0.kind == .integer ? "BIGINT" : "TEXT")[])" }
        sql = "INSERT INTO \(table) (\(names)) SELECT * FROM unnest(\(arrays.joined(separator: ", "))) ON CONFLICT DO NOTHING"
        lists = columns.map { _ in [] }
    }

    private func append(_ text: String) {
        lists[next].append(text)
        next += 1
    }

    func add(_ value: Int64) { append(String(value)) }

    func add(_ value: UInt128) { withUnsafeBytes(of: value.bigEndian) { add(ArraySlice($0)) } }

    func add(_ value: ArraySlice<UInt8>) {
        var text = "\"\\\\x"
        for byte in value {
            text.unicodeScalars.append(Self.digits[Int(byte >> 4)])
            text.unicodeScalars.append(Self.digits[Int(byte & 15)])
        }
        append(text + "\"")
    }

    private static let digits = Array("0123456789abcdef".unicodeScalars)

    func add(_ value: String) { append("\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"") }

    func add(_ value: StoredValue) {
        switch value {
        case .null: append("NULL")
        case .integer(let integer): add(integer)
        case .real(let real): append(String(real))
        case .text(let text): add(text)
        }
    }

    func endRow() throws {
        next = 0
        if lists[0].count >= Self.limit { try finish() }
    }

    func finish() throws {
        guard !lists[0].isEmpty else { return }
        let statement = try connection.statement(sql)
        statement.bind(lists.map { "{\($0.joined(separator: ","))}" })
        try statement.run()
        lists = lists.map { _ in [] }
    }
}
