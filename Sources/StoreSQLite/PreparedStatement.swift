import GRDB
import GRDBSQLite
import Store

/// A statement that SQLite has prepared, for as long as somebody keeps it.
///
/// `SQLITE_PREPARE_PERSISTENT`: it leaves the connection's lookaside memory to what comes and goes. GRDB prepares so only for
/// its own cache, which keeps whatever it ever saw.
final class PreparedStatement {
    let handle: OpaquePointer

    init(_ db: GRDB.Database, _ sql: String) throws {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(db.sqliteConnection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(db.sqliteConnection)))
        }
        self.handle = handle
    }

    deinit { sqlite3_finalize(handle) }
}
