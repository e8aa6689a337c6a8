import Foundation
import GRDB
import Store

/// A connection of GRDB's while it is lent out.
final class SQLiteConnection: WritingConnection {
    let db: GRDB.Database
    let forms: any SQLForms = SQLiteForms()
    let customerKeys: any CustomerKeys = KeysBeside()
    // Prepared once: GRDB's `inTransaction` and `inSavepoint` cost as much as a small body.
    private var transaction: Bracket?
    private var savepoint: Bracket?
    private var snapshot: Bracket?

    /// Statements that begin something, and end it one way or the other.
    private struct Bracket {
        let begin, undo, end: SQLiteStatement

        init(_ db: GRDB.Database, begin: String, undo: String, end: String) throws {
            self.begin = SQLiteStatement(try PreparedStatement(db, begin))
            self.undo = SQLiteStatement(try PreparedStatement(db, undo))
            self.end = SQLiteStatement(try PreparedStatement(db, end))
        }
    }

    private var statements: [String: PreparedStatement] = [:]
    private static let statementLimit = 200
    private let reserve: LogReserve?
    private var dataVersion: Int64?
    /// Columns of tables as of a version of the schema.
    private var columns: (version: Int64?, names: [String: Set<String>]) = (nil, [:])
    private var residual: ResidualFunction?
    private lazy var codes = CodeFunctions(of: self)
    var codeOpeners: CodeOpeners? {
        get { codes.openers }
        set { codes.openers = newValue }
    }
    var knowing: KnowingCodes? {
        get { codes.knowing }
        set { codes.knowing = newValue }
    }
    /// Who may help to read much.
    var others: LendingPool<SQLiteReader>?

    /// - Parameter reserve: of its write-ahead log, where it writes.
    init(_ db: GRDB.Database, reserve: LogReserve? = nil) { (self.db, self.reserve) = (db, reserve) }

    func statement(_ sql: String) throws -> any Statement { try prepared(sql) }

    /// Prepared once for all who ask with the same words, which people's conditions are part of.
    func prepared(_ sql: String) throws -> SQLiteStatement {
        if let known = statements[sql] { return SQLiteStatement(known) }
        try codes.register(in: db, for: sql)
        let statement = try PreparedStatement(db, sql)
        // Those in use live on with who uses them.
        if statements.count >= Self.statementLimit { statements.removeAll(keepingCapacity: true) }
        statements[sql] = statement
        return SQLiteStatement(statement)
    }

    /// Runs `body`, whose statements may open codes.
    func openingCodes<R>(_ body: () throws -> R) throws -> R { try codes.naming(body) }

    /// Made when it is first needed.
    func residualFunction() throws -> ResidualFunction {
        let function = try residual ?? ResidualFunction(db)
        residual = function
        return function
    }

    func inserter(into table: String, _ columns: [BulkColumn], ignoringPresent: Bool) throws -> any BulkInserter {
        try SQLiteInserter(self, into: table, columns, ignoringPresent: ignoringPresent)
    }

    func forEachRow(_ columns: String, from table: String, by names: [String], _ keys: LookupKeys, _ body: (any Row) throws -> Void) throws {
        let wanted = RowBuffer(width: names.count)
        switch keys {
        case .integers(let integers): for integer in integers { wanted.add(integer) }
        case .identifiers(let identifiers): for identifier in identifiers { wanted.add(identifier) }
        case .pairs(let pairs):
            for (identifier, integer) in pairs {
                wanted.add(identifier)
                wanted.add(integer)
            }
        }
        let conditions = names.enumerated().map { "\($1) = c\($0)" }.joined(separator: " AND ")
        // CROSS JOIN: the keys are the outer loop.
        let query = try RowModule.statement(
            self, width: names.count, "SELECT \(columns) FROM \(RowModule.name(width: names.count))(?) CROSS JOIN \(table) ON \(conditions)")
        try query.withRows(wanted) {
            try query.forEachRow { row in
                try body(row)
                return true
            }
        }
    }

    /// As they are now: another connection may have added some, which changes the schema's version (sqlite.org/pragma.html).
    func columns(of table: String) throws -> Set<String> {
        let version = try integer("PRAGMA schema_version")
        if version != columns.version { columns = (version, [:]) }
        if let known = columns.names[table] { return known }
        let names = Set(try rows("SELECT name FROM pragma_table_info(?)", table) { $0.text(0) })
        columns.names[table] = names
        return names
    }

    func textColumns(of table: String) throws -> Set<String> {
        Set(try rows("SELECT name FROM pragma_table_info(?) WHERE type = 'TEXT'", table) { $0.text(0) })
    }

    func addColumn(_ column: PlainColumn) throws {
        try run("ALTER TABLE record ADD COLUMN \"\(column.name)\" \(column.kind.rawValue)")
    }

    func removeEntryBodies(from first: Int64, until end: Int64, removed: ([UInt8]) -> [UInt8]) throws -> Int {
        let entries = try rows("SELECT seq, entry FROM audit WHERE seq >= ? AND seq < ?", first, end) { ($0.integer(0), removed($0.bytes(1))) }
        let update = try statement("UPDATE audit SET entry = ? WHERE seq = ?")
        for (sequence, entry) in entries {
            update.bind(1, entry[...])
            update.bind(2, sequence)
            try update.run()
        }
        return entries.count
    }

    func tables(of index: LookupIndex) -> [String] { [index.recent, index.settled] }

    func settleIndexes(from first: Int64, to last: Int64) throws { try LookupIndex.settle(self, from: first, to: last) }

    func skipNumbers(of table: String, through last: Int64) throws {
        try run("UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = ?", last, table)
        try run("INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)", table, last, table)
    }

    func settle() {}

    /// Runs `body` on one snapshot, with prepared statements: GRDB's own `read` prepares them each time.
    func snapshot<R>(_ body: (SQLiteConnection) throws -> R) throws -> R {
        let snapshot = try snapshot ?? Bracket(db, begin: "BEGIN", undo: "ROLLBACK", end: "COMMIT")
        self.snapshot = snapshot
        try snapshot.begin.run()
        do {
            let result = try body(self)
            try snapshot.end.run()
            return result
        } catch {
            if db.isInsideTransaction { try snapshot.undo.run() }
            throw error
        }
    }

    func transaction<R>(_ body: () throws -> R) throws -> R {
        let transaction = try transaction ?? Bracket(db, begin: "BEGIN IMMEDIATE", undo: "ROLLBACK", end: "COMMIT")
        self.transaction = transaction
        try transaction.begin.run()
        reserve?.refill()
        do {
            let result = try body()
            try transaction.end.run()
            return result
        } catch {
            // Some errors, that of a full disk among them, have ended it already.
            if db.isInsideTransaction { try transaction.undo.run() }
            throw error
        }
    }

    func mayHaveChanged() throws -> Bool {
        // Changes with the commits of other connections only (sqlite.org/pragma.html#pragma_data_version).
        let version = try integer("PRAGMA data_version")
        defer { dataVersion = version }
        return version != dataVersion
    }

    func undoable(_ body: () throws -> Void) throws -> (any Error)? {
        let savepoint = try savepoint ?? Bracket(db, begin: "SAVEPOINT body", undo: "ROLLBACK TO body", end: "RELEASE body")
        self.savepoint = savepoint
        try savepoint.begin.run()
        var failure: (any Error)?
        do {
            try body()
        } catch {
            failure = error
            if db.isInsideTransaction { try savepoint.undo.run() }
        }
        // A full disk ends the transaction for all, and all are told that it is full.
        guard db.isInsideTransaction else { throw failure ?? DatabaseError(resultCode: .SQLITE_ABORT) }
        try savepoint.end.run()
        return failure
    }
}
