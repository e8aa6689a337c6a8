import Foundation
import GRDB
import GRDBSQLite
import Store
import TestVaults
import Testing

@testable import StoreSQLite

@Suite("Prepared statements")
struct StatementTests {
    @Test("however many different conditions are asked, a connection keeps few statements, and one in use stays good", .onFiles)
    func bounded() throws {
        let queue = try DatabaseQueue()
        let connection = try queue.unsafeRead { db in
            try db.execute(sql: "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (7)")
            return SQLiteConnection(db)
        }
        try queue.unsafeRead { db in
            let first = try connection.statement("SELECT x FROM t")
            for number in 0..<2000 { _ = try connection.statement("SELECT x FROM t WHERE x <> \(number) AND x > ?") }
            var (kept, handle) = (0, sqlite3_next_stmt(db.sqliteConnection, nil))
            while handle != nil {
                kept += 1
                handle = sqlite3_next_stmt(db.sqliteConnection, handle)
            }
            #expect(kept < 250, "\(kept) statements")
            var found: [Int64] = []
            try first.forEachRow { row in
                found.append(row.integer(0))
                return true
            }
            #expect(found == [7])
        }
    }

    @Test("halves of a scan are read by statements with the same words", .onFiles)
    func halves() throws {
        let queue = try DatabaseQueue()
        try queue.unsafeRead { db in
            try db.execute(sql: "CREATE TABLE audit_head (size INTEGER); INSERT INTO audit_head VALUES (1); CREATE TABLE record (id INTEGER PRIMARY KEY)")
            let connection = SQLiteConnection(db)
            // Nobody is free to help.
            connection.others = LendingPool(count: 0) { throw StorageError.notFound(path: "") }
            var words: Set<String> = []
            for last in [20_000, 30_001, 44_444] {
                try db.execute(sql: "DELETE FROM record; INSERT INTO record VALUES (1), (2), (\(last - 1)), (\(last))")
                let counts = try #require(
                    try connection.halves { connection, half in
                        let query = try connection.statement("SELECT COUNT(*) FROM record r WHERE \(half.condition)")
                        query.bind(1, half.middle)
                        var count: Int64 = 0
                        try query.forEachRow { row in
                            count = row.integer(0)
                            return true
                        }
                        return (half.condition, count)
                    })
                #expect(counts.0.1 == 2 && counts.1.1 == 2)
                words.formUnion([counts.0.0, counts.1.0])
            }
            #expect(words.count == 2)
        }
    }
}
