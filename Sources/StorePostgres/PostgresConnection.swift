import CPostgres
import Store

/// A connection to a server, used by one thread at a time.
///
/// Statements that change something are sent one after the other without waiting (libpq's pipeline mode); the next
/// query, or the end of the transaction, waits for all of them.
package final class PostgresConnection: WritingConnection, @unchecked Sendable {
    // Sendable: `PostgresDatabase` lends it to one thread at a time.
    package let forms: any SQLForms = PostgresForms()
    package var codeOpeners: CodeOpeners?
    package var knowing: KnowingCodes?
    package var customerKeys: any CustomerKeys { if let keysApart { keysApart } else { KeysBeside() } }
    let handle: OpaquePointer
    /// Where tables without a schema's name lie.
    private let schema: String
    let keysApart: SeparateKeys?
    /// Number of the advisory lock that who writes here holds.
    private let lock: Int32
    private var statements: [String: PostgresStatement] = [:]
    private var statementCount = 0
    private var cursorCount = 0
    /// Statements that are on their way.
    private var pending = 0
    private static let (statementLimit, pendingLimit) = (400, 500)
    /// "VoCV": the first half of the number of our advisory locks.
    private static let locks: Int32 = 0x566F_4356

    /// What a connection is for.
    enum Use {
        case reading, writing

        /// Seconds that its transactions may idle before the server ends them. Who writes keeps all others from writing: a
        /// process that hangs, or whose machine is gone, must not do so for hours. Who reads may wait for a slow client, and
        /// keeps deleted rows from being overwritten.
        var patience: Int { self == .writing ? 60 : 900 }
    }

    /// - Parameters:
    ///   - schema: where tables without a schema's name lie.
    ///   - keysApart: the keys of the data in it, where these are elsewhere.
    init(_ address: PostgresAddress, schema: String, lock: Int32, use: Use, keysApart: SeparateKeys? = nil) throws {
        (self.schema, self.lock, self.keysApart) = (schema, lock, keysApart)
        var options = address.options
        options["fallback_application_name"] = "vocvault"
        options["client_encoding"] = "UTF8"
        for (name, value) in Self.defaults where options[name] == nil { options[name] = value }
        let pairs = options.sorted { $0.key < $1.key }
        handle = pairs.map(\.key).withCStrings { keys in pairs.map(\.value).withCStrings { PQconnectdbParams(keys, $0, 0) } }!
        if let obstacle = StorageError(connecting: handle, to: address.name) { throw obstacle }
        guard PQserverVersion(handle) >= 14_00_00 else { throw StorageError.notAdmitted(database: address.name, reason: "PostgreSQL 14 or newer is needed") }
        try run(script: """
            SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false);
            SET lock_timeout = '15s'; SET jit = off; SET TimeZone = 'UTC'; SET standard_conforming_strings = on;
            SET client_min_messages = error; SET search_path = \(schema);
            SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
            """)
        // An address may set another in its 'options'.
        let timeout = "idle_in_transaction_session_timeout"
        if address.options["options"]?.contains(timeout) != true { try run(script: "SET \(timeout) = '\(use.patience)s'") }
    }

    /// Until a server that does not answer counts as gone: seconds, but for the milliseconds of `tcp_user_timeout`. Of several
    /// servers that an address names, the one that takes writes: a standby may lag.
    private static let defaults = [
        ("connect_timeout", "10"), ("tcp_user_timeout", "20000"), ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
        ("target_session_attrs", "read-write"),
    ]

    deinit { PQfinish(handle) }

    /// Runs `body` while tables without a schema's name lie in another one.
    func within<R>(_ other: String, _ body: () throws -> R) throws -> R {
        guard other != schema else { return try body() }
        try run(script: "SET search_path = \(other)")
        let result = try body()
        try run(script: "SET search_path = \(schema)")
        return result
    }

    /// Whether the server has gone away, as far as is known.
    var isBroken: Bool { PQstatus(handle) != CONNECTION_OK }

    /// Forgets statements when there are very many. Call while none is in use.
    func forgetStatements() throws {
        guard statements.count >= Self.statementLimit else { return }
        try run(script: "DEALLOCATE ALL")
        statements = [:]
    }

    /// Whether it can be used. A server that goes sends a farewell first: the second look sees the end behind it.
    var isUsable: Bool { PQconsumeInput(handle) == 1 && PQconsumeInput(handle) == 1 && !isBroken }

    package func statement(_ sql: String) throws -> any Statement {
        if let known = statements[sql] { return PostgresStatement(self, known) }
        statementCount += 1
        let statement = PostgresStatement(self, name: "s\(statementCount)", sql: sql)
        try settle()
        try check(PQprepare(handle, statement.name, statement.sql, 0, nil))
        statements[sql] = statement
        return PostgresStatement(self, statement)
    }

    package func inserter(into table: String, _ columns: [BulkColumn], ignoringPresent: Bool) throws -> any BulkInserter {
        ignoringPresent ? PostgresArrayInserter(self, table, columns) : PostgresCopy(self, table, columns)
    }

    package func forEachRow(_ columns: String, from table: String, by names: [String], _ keys: LookupKeys, _ body: (any Row) throws -> Void) throws {
        let (types, lists) = keys.arrays
        let wanted = types.map { "CAST(? AS \($0)[])" }.joined(separator: ", ")
        let list = names.joined(separator: ", ")
        let query = try statement("SELECT \(columns) FROM \(table) JOIN unnest(\(wanted)) AS wanted (\(list)) USING (\(list))")
        query.bind(lists)
        try query.forEachRow { row in
            try body(row)
            return true
        }
    }

    package func columns(of table: String) throws -> Set<String> {
        Set(try rows("SELECT CAST(attname AS TEXT) FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped", table) { $0.text(0) })
    }

    package func textColumns(of table: String) throws -> Set<String> {
        let sql = """
            SELECT CAST(attname AS TEXT) FROM pg_attribute
            WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped AND atttypid = CAST('text' AS regtype)
            """
        return Set(try rows(sql, table) { $0.text(0) })
    }

    /// One table each, and none of records by customer: `record` itself is kept by customer.
    package func tables(of index: LookupIndex) -> [String] { index.name == LookupIndex.subjects.name ? [] : [index.name] }

    /// They are where they belong from the beginning.
    package func settleIndexes(from first: Int64, to last: Int64) {}

    package func skipNumbers(of table: String, through last: Int64) throws {
        let sequence = "pg_get_serial_sequence('vault.\(table)', 'id')"
        let given = try integer("SELECT last_value FROM pg_sequences WHERE schemaname || '.' || sequencename = \(sequence)") ?? 0
        // The vault's role may take numbers and not set them.
        if given < last { _ = try integer("SELECT MAX(nextval(\(sequence))) FROM generate_series(1, ?)", last - given) }
    }

    /// The vault's role cannot change the log: a function of the owner's does no more than this.
    package func removeEntryBodies(from first: Int64, until end: Int64, removed: ([UInt8]) -> [UInt8]) throws -> Int {
        try Int(integer("SELECT remove_entry_bodies(?, ?)", first, end) ?? 0)
    }

    package func addColumn(_ column: PlainColumn) throws { _ = try rows("SELECT 1 FROM add_record_column(?, ?)", column.name, column.kind.rawValue) { $0.int(0) } }

    /// Runs statements without values, of which none returns rows that are wanted.
    package func run(script: String) throws {
        try settle()
        try check(PQexec(handle, script))
    }

    package func transaction<R>(_ body: () throws -> R) throws -> R {
        try run(script: "BEGIN; SELECT pg_advisory_xact_lock(\(Self.locks), \(lock))")
        return try ending(isChange: true, body)
    }

    /// Runs `body` on a snapshot.
    package func snapshot<R>(_ body: () throws -> R) throws -> R {
        try run(script: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return try ending(isChange: false, body)
    }

    private func ending<R>(isChange: Bool, _ body: () throws -> R) throws -> R {
        do {
            let result = try body()
            try settle()
            // One that is lost by now has certainly not committed.
            guard isUsable else { throw PostgresError(state: "") }
            let end = PQexec(handle, "COMMIT")
            // A transaction in which something failed is rolled back by its COMMIT.
            let tag = String(cString: PQcmdStatus(end))
            do {
                try check(end)
            } catch var error as PostgresError {
                error.isOfCommit = isChange
                throw error
            }
            guard tag == "COMMIT" else { throw PostgresError(state: "25P02") }
            return result
        } catch {
            // What is on its way fails with the transaction.
            try? settle()
            try? run(script: "ROLLBACK")
            throw error
        }
    }

    /// Other processes write as well.
    package func mayHaveChanged() -> Bool { true }

    package func undoable(_ body: () throws -> Void) throws -> (any Error)? {
        try run("SAVEPOINT body")
        do {
            try body()
            try settle()
        } catch {
            try? settle()
            try run(script: "ROLLBACK TO body; RELEASE body")
            return error
        }
        try run("RELEASE body")
        return nil
    }

    package func settle() throws {
        guard pending > 0 else { return }
        pending = 0
        guard PQpipelineSync(handle) == 1 else { throw PostgresError(state: "") }
        var failure: PostgresError?
        // Each statement's results end with a null, all of them with the mark.
        while true {
            guard let result = PQgetResult(handle) else {
                if isBroken { throw PostgresError(state: "") }
                continue
            }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                guard PQexitPipelineMode(handle) == 1 else { throw PostgresError(state: "") }
                if let failure { throw failure }
                return
            case PGRES_FATAL_ERROR: failure = failure ?? PostgresError(result)
            default: break
            }
        }
    }

    /// Sends a statement without waiting.
    func send(_ statement: PostgresStatement) throws {
        if pending == 0 { guard PQenterPipelineMode(handle) == 1 else { throw PostgresError(state: "") } }
        pending += 1
        let sent = try statement.withParameters { count, values, lengths, formats in
            PQsendQueryPrepared(handle, statement.name, count, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw PostgresError(state: "") }
        if pending >= Self.pendingLimit { try settle() }
    }

    /// Runs a statement and waits for all of its rows.
    func execute(_ statement: PostgresStatement) throws -> PostgresResult {
        try settle()
        return try statement.withParameters { count, values, lengths, formats in
            try PostgresResult(PQexecPrepared(handle, statement.name, count, values, lengths, formats, 1))
        }
    }

    /// Runs a query whose rows come in portions.
    func forEachPortion(of statement: PostgresStatement, _ body: (PostgresResult) throws -> Bool) throws {
        try settle()
        cursorCount += 1
        let name = "c\(cursorCount)"
        try statement.withParameters { count, values, lengths, formats in
            try check(PQexecParams(handle, "DECLARE \(name) NO SCROLL CURSOR FOR \(statement.sql)", count, nil, values, lengths, formats, 1))
        }
        let size = 2000
        while true {
            let portion = try PostgresResult(PQexecParams(handle, "FETCH \(size) FROM \(name)", 0, nil, nil, nil, nil, 1))
            guard try body(portion), portion.count == size else { break }
        }
        try run(script: "CLOSE \(name)")
    }

    /// Sends rows in the binary format of COPY.
    func copy(_ sql: String, _ bytes: [UInt8]) throws {
        try settle()
        let begun = PQexec(handle, sql)
        guard PQresultStatus(begun) == PGRES_COPY_IN else {
            defer { PQclear(begun) }
            throw PostgresError(begun)
        }
        PQclear(begun)
        let sent = bytes.withUnsafeBytes { PQputCopyData(handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count)) }
        guard sent == 1, PQputCopyEnd(handle, nil) == 1 else { throw PostgresError(state: "") }
        var failure: PostgresError?
        while let result = PQgetResult(handle) {
            if PQresultStatus(result) == PGRES_FATAL_ERROR { failure = failure ?? PostgresError(result) }
            PQclear(result)
        }
        if let failure { throw failure }
    }

    private func check(_ result: OpaquePointer?) throws {
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: throw PostgresError(result)
        }
    }
}

extension [String] {
    /// Gives `body` a list of C strings that ends with a null.
    fileprivate func withCStrings<R>(_ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
        var (bytes, places): ([UInt8], [Int]) = ([], [])
        for text in self {
            places.append(bytes.count)
            bytes += [UInt8](text.utf8) + [0]
        }
        return bytes.withUnsafeBytes { bytes in
            var pointers: [UnsafePointer<CChar>?] = places.map { bytes.baseAddress!.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            pointers.append(nil)
            return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
        }
    }
}
