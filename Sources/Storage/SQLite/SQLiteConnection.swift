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
            db, width: names.count, "SELECT \(columns) FROM \(RowModule.name(width: names.count))(?) CROSS JOIN \(table) ON \(conditions)")
        try query.withRows(wanted) {
            try query.forEachRow { row in
                try body(row)
                return true
            }
        }
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
