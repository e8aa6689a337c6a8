import GRDB
import GRDBSQLite
import Store

/// Lets statements of a connection read what is sealed in codes:
/// - `vault_code(column, record)` is what a record has in a column, several labels with blanks between, or null;
/// - `vault_is_code(column, record, value, …)` tells whether one of them is among values;
/// - `vault_labels(column, record)` is a table of them (``LabelModule``).
///
/// What ``KnownCodes`` has is not read again; the rest is read by the record's number, from inside the statement that asks.
final class CodeFunctions {
    /// The column and the record.
    private static let parameters = 2

    var openers: CodeOpeners?
    var knowing: KnowingCodes?
    /// Whose functions they are.
    unowned let connection: SQLiteConnection
    /// While statements run: it leads to the keys, and they to the database.
    private var opener: (any CodeOpener)?
    /// The same: what is known as of the statement's snapshot, once that was asked for.
    private var known: KnownCodes??
    /// Prepared once.
    private var reading: CodeReading?
    private var isRegistered = false
    /// Why it could not open something.
    private var failure: (any Error)?
    /// What the record at hand has, column by column.
    private var record: Int64?
    private var found: [(column: String, texts: [String])] = []

    init(of connection: SQLiteConnection) { self.connection = connection }

    /// Brings the functions along for the first statement that needs them.
    func register(in db: GRDB.Database, for sql: String) throws {
        guard !isRegistered, sql.contains("vault_") else { return }
        isRegistered = true
        try register("vault_code", in: db) { functions, values, context in
            let texts = try functions.texts(values)
            if texts.isEmpty { sqlite3_result_null(context) } else { Self.result(texts.joined(separator: " "), context) }
        }
        try register("vault_is_code", in: db) { functions, values, context in
            let texts = try functions.texts(values)
            let isAmong = !texts.isEmpty && values.dropFirst(Self.parameters).contains { texts.contains(Self.text($0)) }
            sqlite3_result_int(context, isAmong ? 1 : 0)
        }
        try LabelModule.register(self, in: db)
    }

    typealias Values = UnsafeBufferPointer<OpaquePointer?>

    /// A function with what it calls back.
    private final class Function {
        let owner: Unmanaged<CodeFunctions>
        let body: (CodeFunctions, Values, OpaquePointer?) throws -> Void

        init(_ owner: CodeFunctions, _ body: @escaping (CodeFunctions, Values, OpaquePointer?) throws -> Void) {
            (self.owner, self.body) = (Unmanaged.passUnretained(owner), body)
        }
    }

    /// They live as long as the connection, which has this.
    private func register(_ name: String, in db: GRDB.Database, _ body: @escaping (CodeFunctions, Values, OpaquePointer?) throws -> Void) throws {
        let code = sqlite3_create_function_v2(
            db.sqliteConnection, name, -1, SQLITE_UTF8, Unmanaged.passRetained(Function(self, body)).toOpaque(),
            { context, count, arguments in
                let function = Unmanaged<Function>.fromOpaque(sqlite3_user_data(context)!).takeUnretainedValue()
                let functions = function.owner.takeUnretainedValue()
                let code = functions.result { try function.body(functions, Values(start: arguments, count: Int(count)), context) }
                if code != SQLITE_OK { sqlite3_result_error_code(context, code) }
            }, nil, nil, { Unmanaged<Function>.fromOpaque($0!).release() })
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// Runs `body`; what kept a function of its statements from opening something, this throws.
    func naming<R>(_ body: () throws -> R) throws -> R {
        (failure, record) = (nil, nil)
        defer { (opener, known) = (nil, nil) }
        do {
            return try body()
        } catch {
            throw failure ?? error
        }
    }

    /// Runs `body` for a statement, which ends with the code unless it is SQLite's for success.
    func result(_ body: () throws -> Void) -> Int32 {
        do {
            try body()
            return SQLITE_OK
        } catch {
            failure = error
            return SQLITE_ABORT
        }
    }

    /// What a record has in a column.
    ///
    /// - Parameter values: the column's name, and the record's number.
    func texts(_ values: Values) throws -> [String] {
        guard values.count >= Self.parameters, sqlite3_value_type(values[1]) == SQLITE_INTEGER else { return [] }
        let (column, record) = (Self.text(values[0]), sqlite3_value_int64(values[1]))
        if record != self.record {
            self.record = record
            found.removeAll(keepingCapacity: true)
        } else if let found = found.first(where: { $0.column == column }) {
            return found.texts
        }
        let known = try known ?? knowing?(connection)
        self.known = .some(known)
        let texts = try known?.texts(of: column, record) ?? open(column, record, known)
        found.append((column, texts))
        return texts
    }

    private func open(_ column: String, _ record: Int64, _ known: KnownCodes?) throws -> [String] {
        let reading = try reading ?? CodeReading(connection)
        self.reading = reading
        guard let row = try reading.row(of: record)?.row else { return [] }
        guard !row.codes.isEmpty else {
            known?.note([], of: column, record)
            return []
        }
        let opener = try opener ?? openers?.make()
        guard let opener else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        self.opener = opener
        let texts = try opener.texts(of: column, in: row)
        if row.key != nil { known?.note(texts, of: column, record) }
        return texts
    }

    private static func raw(_ value: OpaquePointer?) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: sqlite3_value_blob(value), count: Int(sqlite3_value_bytes(value)))
    }

    private static func text(_ value: OpaquePointer?) -> String { String(decoding: raw(value), as: UTF8.self) }

    static func result(_ text: String, _ context: OpaquePointer?) {
        var text = text
        text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) {
                sqlite3_result_text(context, $0.baseAddress, Int32($0.count), unsafeBitCast(-1, to: sqlite3_destructor_type.self))
            }
        }
    }
}
