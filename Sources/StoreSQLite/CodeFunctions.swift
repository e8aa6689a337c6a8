import GRDB
import GRDBSQLite
import Store

/// Lets statements of a connection read what is sealed in codes:
/// - `vault_code(column, …)` is what a record has in a column, several labels with blanks between, or null;
/// - `vault_is_code(column, …, value, …)` tells whether one of them is among values;
/// - `vault_labels(column, …)` is a table of them (``LabelModule``);
///
/// where `…` is ``row``.
final class CodeFunctions {
    /// `uid, subject, root, wrapped, key version, codes`
    static let row = "r.uid, r.subject, k.root, k.wrapped, r.key_version, c.codes"
    private static let columns = 6

    var openers: CodeOpeners?
    /// While statements run: it leads to the keys, and they to the database.
    private var opener: (any CodeOpener)?
    private var isRegistered = false
    /// Why it could not open something.
    private var failure: (any Error)?
    /// What the row at hand has, column by column.
    private var uid: UInt128?
    private var known: [(column: String, texts: [String])] = []

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
            let isAmong = !texts.isEmpty && values.dropFirst(1 + Self.columns).contains { texts.contains(Self.text($0)) }
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
        (failure, uid) = (nil, nil)
        defer { opener = nil }
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

    /// What the record whose row it is has in a column.
    ///
    /// - Parameter values: the column's name, and those of ``row``.
    func texts(_ values: Values) throws -> [String] {
        guard values.count > Self.columns, let uid = Self.identifier(values[1]) else { return [] }
        let column = Self.text(values[0])
        if uid != self.uid {
            self.uid = uid
            known.removeAll(keepingCapacity: true)
        } else if let known = known.first(where: { $0.column == column }) {
            return known.texts
        }
        var texts: [String] = []
        if sqlite3_value_bytes(values[6]) > 0 {
            let opener = try opener ?? openers?.make()
            guard let opener else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
            self.opener = opener
            let isErased = sqlite3_value_type(values[3]) == SQLITE_NULL
            let key = isErased ? nil : WrappedKey(root: Int(sqlite3_value_int64(values[3])), version: Int(sqlite3_value_int64(values[5])), bytes: Self.bytes(values[4]))
            texts = try opener.texts(of: column, in: CodedRow(uid: uid, subject: sqlite3_value_int64(values[2]), key: key, codes: Self.bytes(values[6])))
        }
        known.append((column, texts))
        return texts
    }

    private static func raw(_ value: OpaquePointer?) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: sqlite3_value_blob(value), count: Int(sqlite3_value_bytes(value)))
    }

    private static func bytes(_ value: OpaquePointer?) -> [UInt8] { [UInt8](raw(value)) }

    private static func text(_ value: OpaquePointer?) -> String { String(decoding: raw(value), as: UTF8.self) }

    private static func identifier(_ value: OpaquePointer?) -> UInt128? {
        let bytes = raw(value)
        return bytes.count == 16 ? UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self)) : nil
    }

    static func result(_ text: String, _ context: OpaquePointer?) {
        var text = text
        text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) {
                sqlite3_result_text(context, $0.baseAddress, Int32($0.count), unsafeBitCast(-1, to: sqlite3_destructor_type.self))
            }
        }
    }
}
