import GRDB
import GRDBSQLite
import Store

/// Binds and runs one prepared statement of SQLite, and reads its rows.
///
/// GRDB's own argument list costs as much as SQLite's work for rows this small (measured: 6.5 µs
/// against 2.4 µs for one index row). Only ciphertext and plain columns pass through here.
final class SQLiteStatement: Statement {
    private let statement: PreparedStatement
    private let handle: OpaquePointer
    /// Where bound values stay until the statement has run: a copy by SQLite would be an allocation each.
    private lazy var scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.capacity, alignment: 16)
    private var used = 0
    private static let capacity = 4096
    /// Tells SQLite to copy what is bound.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    private var hasScratch = false

    init(_ statement: PreparedStatement) { (self.statement, handle) = (statement, statement.handle) }

    deinit {
        sqlite3_clear_bindings(handle)
        if hasScratch { scratch.deallocate() }
    }

    /// Keeps `bytes` for the statement; nil when they do not fit.
    private func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
        guard used + bytes.count <= Self.capacity else { return nil }
        hasScratch = true
        let place = scratch.baseAddress! + used
        if let source = bytes.baseAddress { place.copyMemory(from: source, byteCount: bytes.count) }
        used += bytes.count
        return UnsafeRawPointer(place)
    }

    func bindNull(_ index: Int) { sqlite3_bind_null(handle, Int32(index)) }

    func bind(_ index: Int, _ value: Int64) { sqlite3_bind_int64(handle, Int32(index), value) }

    func bind(_ index: Int, _ value: Double) { sqlite3_bind_double(handle, Int32(index), value) }

    func bind(_ index: Int, _ value: UInt128) { withUnsafeBytes(of: value.bigEndian) { bind(index, blob: $0) } }

    func bind(_ index: Int, _ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { bind(index, blob: $0) } }

    private func bind(_ index: Int, blob: UnsafeRawBufferPointer) {
        if let kept = keep(blob) {
            sqlite3_bind_blob(handle, Int32(index), kept, Int32(blob.count), nil)
        } else {
            sqlite3_bind_blob(handle, Int32(index), blob.baseAddress, Int32(blob.count), Self.transient)
        }
    }

    func bind(_ index: Int, _ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            if let kept = keep(UnsafeRawBufferPointer(utf8)) {
                sqlite3_bind_text(handle, Int32(index), kept.assumingMemoryBound(to: CChar.self), Int32(utf8.count), nil)
            } else {
                _ = utf8.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(handle, Int32(index), $0.baseAddress, Int32($0.count), Self.transient)
                }
            }
        }
    }

    /// Runs `body` while the statement reads `rows` where it names ``RowModule``'s table, as its only value.
    func withRows(_ rows: RowBuffer, _ body: () throws -> Void) rethrows { try withObject(rows, type: RowModule.pointerType, body) }

    /// Runs `body` while the statement's first value is an object, for a function that knows its type (sqlite.org/bindptr.html).
    func withObject(_ object: some AnyObject, type: UnsafePointer<CChar>, _ body: () throws -> Void) rethrows {
        sqlite3_bind_pointer(handle, 1, Unmanaged.passUnretained(object).toOpaque(), type, nil)
        defer { sqlite3_bind_null(handle, 1) }
        try withExtendedLifetime(object) { try body() }
    }

    /// Runs the statement. Each run needs its texts and blobs bound anew; numbers stay.
    func run() throws {
        let code = sqlite3_step(handle)
        reset()
        // A statement that returns rows has done its work with the first.
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    func change() throws -> Int {
        try run()
        return Int(sqlite3_changes(sqlite3_db_handle(handle)))
    }

    func forEachRow(isLarge: Bool, _ body: (any Row) throws -> Bool) throws {
        defer { reset() }
        let row = SQLiteRow(handle: handle)
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: if try !body(row) { return }
            case SQLITE_DONE: return
            case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
            }
        }
    }

    private func reset() {
        sqlite3_reset(handle)
        used = 0
    }
}

private struct SQLiteRow: Row {
    let handle: OpaquePointer

    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }

    func bytes(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, Int32(column)) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    func append(_ column: Int, to output: inout [UInt8]) {
        guard let start = sqlite3_column_blob(handle, Int32(column)) else { return }
        output.append(
            contentsOf: UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    func identifier(_ column: Int) -> UInt128 {
        guard let start = sqlite3_column_blob(handle, Int32(column)), sqlite3_column_bytes(handle, Int32(column)) == 16
        else { return 0 }
        return UInt128(bigEndian: start.loadUnaligned(as: UInt128.self))
    }

    /// SQLite hands out a text as bytes as it stands.
    func appendText(_ column: Int, to output: inout [UInt8]) { append(column, to: &output) }

    func text(_ column: Int) -> String { sqlite3_column_text(handle, Int32(column)).map { String(cString: $0) } ?? "" }

    func value(_ column: Int) -> StoredValue {
        switch sqlite3_column_type(handle, Int32(column)) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(handle, Int32(column)))
        case SQLITE_TEXT: .text(text(column))
        default: .null
        }
    }
}
