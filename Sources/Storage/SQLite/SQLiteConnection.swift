import Foundation
import GRDB

/// A connection of GRDB's while it is lent out.
final class SQLiteConnection: WritingConnection {
    let db: GRDB.Database
    let dialect = Dialect.sqlite
    private var savepoint: (begin: SQLiteStatement, undo: SQLiteStatement, end: SQLiteStatement)?

    init(_ db: GRDB.Database) { self.db = db }

    func statement(_ sql: String) throws -> any Statement { try SQLiteStatement(db, sql) }

    func inserter(into table: String, _ columns: [BulkColumn], ignoringPresent: Bool) throws -> any BulkInserter {
        let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        return SQLiteInserter(try SQLiteStatement(db, "INSERT \(ignoringPresent ? "OR IGNORE " : "")INTO \(table) (\(names)) VALUES (\(marks))"))
    }

    func columns(of table: String) throws -> Set<String> { Set(try db.columns(in: table).map(\.name)) }

    func addColumn(_ column: PlainColumn) throws {
        try db.execute(sql: "ALTER TABLE record ADD COLUMN \"\(column.name)\" \(column.kind.rawValue)")
    }

    func settle() {}

    func transaction<R>(_ body: () throws -> R) throws -> R {
        var result: R?
        try db.inTransaction(.immediate) {
            result = try body()
            return .commit
        }
        return result!
    }

    func undoable(_ body: () throws -> Void) throws -> (any Error)? {
        // Prepared once: GRDB's `inSavepoint` costs as much as a small body.
        let savepoint = try savepoint
            ?? (SQLiteStatement(db, "SAVEPOINT body"), SQLiteStatement(db, "ROLLBACK TO body"), SQLiteStatement(db, "RELEASE body"))
        self.savepoint = savepoint
        try savepoint.begin.run()
        var failure: (any Error)?
        do {
            try body()
        } catch {
            failure = error
            if db.isInsideTransaction { try savepoint.undo.run() }
        }
        // A full disk ends the transaction for all.
        guard db.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        try savepoint.end.run()
        return failure
    }
}

/// Inserts row by row.
private final class SQLiteInserter: BulkInserter {
    private let statement: SQLiteStatement
    private var next = 1

    init(_ statement: SQLiteStatement) { self.statement = statement }

    func add(_ value: Int64) {
        statement.bind(next, value)
        next += 1
    }

    func add(_ value: UInt128) {
        statement.bind(next, value)
        next += 1
    }

    func add(_ value: String) {
        statement.bind(next, value)
        next += 1
    }

    func add(_ value: ArraySlice<UInt8>) {
        statement.bind(next, value)
        next += 1
    }

    func add(_ value: StoredValue) {
        value.bind(to: statement, at: next)
        next += 1
    }

    func endRow() throws {
        next = 1
        try statement.run()
    }

    func finish() {}
}
