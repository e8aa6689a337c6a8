import Foundation
import GRDB
import GRDBSQLite

/// The baseline: the same records in plain SQLite, with the same batches and durability.
final class PlainStore {
    private let pool: DatabasePool

    init(folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -49152; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 8192")
        }
        pool = try DatabasePool(path: folder.appendingPathComponent("plain.db").path, configuration: configuration)
        // GRDB has set it to NORMAL just now.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try pool.write { db in
            try db.execute(sql: """
                CREATE TABLE plain (id INTEGER PRIMARY KEY, source TEXT, source_id TEXT, json TEXT, UNIQUE (source, source_id));
                CREATE TABLE exploded (id INTEGER PRIMARY KEY, customer TEXT, name TEXT, phone TEXT, channel TEXT,
                    occurred_at TEXT, product TEXT, rating INTEGER, text TEXT);
                CREATE INDEX exploded_occurred ON exploded (occurred_at);
                CREATE INDEX exploded_phone ON exploded (phone);
                CREATE TABLE access (id INTEGER PRIMARY KEY, at INTEGER, who TEXT, what TEXT, why TEXT);
                """)
        }
    }

    /// Stores each line as it is, under its id, once.
    private func ingest(_ path: String, batch: Int) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var start = 0
        while start < bytes.count {
            try pool.write { db in
                // Bound by hand: GRDB's argument lists would slow the baseline down.
                let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO plain (source, source_id, json) VALUES ('bench', ?, ?)")
                let handle = insert.sqliteStatement
                for _ in 0..<batch where start < bytes.count {
                    let end = bytes[start...].firstIndex(of: 0x0A)!
                    // {"id":"…": the id ends at the first quote after the seventh byte.
                    var idEnd = start + 7
                    while bytes[idEnd] != 0x22 { idEnd += 1 }
                    let done = bytes.withUnsafeBytes { buffer in
                        let text = buffer.bindMemory(to: CChar.self).baseAddress!
                        sqlite3_bind_text(handle, 1, text + start + 7, Int32(idEnd - start - 7), nil)
                        sqlite3_bind_text(handle, 2, text + start, Int32(end - start), nil)
                        return sqlite3_step(handle)
                    }
                    sqlite3_reset(handle)
                    precondition(done == SQLITE_DONE)
                    start = end + 1
                }
            }
        }
    }

    /// Seconds of an ingest with the vault's batches, until everything is in the database file, as it is after the vault's.
    func timedIngest(_ path: String) throws -> Double {
        // What was written before must not be on its way to the disk while this is measured.
        sync()
        return try seconds {
            try ingest(path, batch: 8192)
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        }
    }

    /// Stores one line by itself, durably.
    func store(_ line: String, id: String) throws {
        try pool.write { db in
            try db.execute(sql: "INSERT OR IGNORE INTO plain (source, source_id, json) VALUES ('single', ?, ?)", arguments: [id, line])
        }
    }

    /// The same records as columns, for the queries. Not measured.
    func explode(_ path: String) throws {
        try pool.write { db in
            try db.execute(sql: """
                INSERT INTO exploded SELECT id, json ->> '$.customer.id', json ->> '$.customer.name', json ->> '$.customer.phone',
                    json ->> '$.channel', json ->> '$.occurred_at', json ->> '$.attributes.product',
                    json ->> '$.attributes.rating', json ->> '$.text' FROM plain
                """)
        }
    }

    /// All rows as columns.
    func rows() throws -> [Row] {
        try pool.read { try Row.fetchAll($0, sql: "SELECT id, channel, occurred_at, text, product, rating FROM exploded ORDER BY id") }
    }

    func page(_ count: Int) throws {
        let rows = try pool.read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, channel, occurred_at, text, product, rating FROM exploded ORDER BY occurred_at DESC, id DESC LIMIT ?",
                arguments: [count])
        }
        precondition(rows.count == count)
    }

    func aggregate() throws {
        let rows = try pool.read { try Row.fetchAll($0, sql: "SELECT channel, product, COUNT(*) FROM exploded GROUP BY 1, 2") }
        precondition(rows.count == 25)
    }

    /// Says of all records what they are about. Not measured.
    func code(as labels: inout LabelSource) throws {
        try pool.write { db in
            try db.execute(sql: "CREATE TABLE label (record INTEGER, topic TEXT, PRIMARY KEY (record, topic)) WITHOUT ROWID")
            for id in try Int64.fetchAll(db, sql: "SELECT id FROM exploded ORDER BY id") {
                for topic in labels.next() { try db.execute(sql: "INSERT INTO label (record, topic) VALUES (?, ?)", arguments: [id, topic]) }
            }
        }
    }

    /// The labels alone, without their records: the least that plain SQLite can do.
    func countTopics() throws {
        let rows = try pool.read { try Row.fetchAll($0, sql: "SELECT topic, COUNT(*) FROM label GROUP BY 1") }
        precondition(rows.count == LabelSource.topics.count)
    }

    func search(_ word: String) throws {
        let rows = try pool.read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, text FROM exploded WHERE text LIKE ? ORDER BY occurred_at DESC LIMIT 100", arguments: ["%\(word)%"])
        }
        precondition(rows.count == 100)
    }

    func lookup(_ phone: String) throws {
        let found = try pool.read { try Row.fetchAll($0, sql: "SELECT DISTINCT customer FROM exploded WHERE phone = ?", arguments: [phone]) }
        precondition(!found.isEmpty)
    }

    func erase(_ phone: String) throws {
        try pool.write { try $0.execute(sql: "DELETE FROM exploded WHERE phone = ?", arguments: [phone]) }
    }

    /// Phones of customers, each of whom has said something.
    func phones(_ count: Int) throws -> [String] {
        try pool.read { try String.fetchAll($0, sql: "SELECT DISTINCT phone FROM exploded WHERE phone LIKE '1%' LIMIT ?", arguments: [count]) }
    }

    /// Deletes everything, the oldest first.
    func purge(batch: Int) throws {
        var isDone = false
        while !isDone {
            try pool.write { db in
                try db.execute(sql: "DELETE FROM exploded WHERE id IN (SELECT id FROM exploded ORDER BY occurred_at LIMIT ?)", arguments: [batch])
                isDone = db.changesCount == 0
            }
        }
    }

    /// Notes an access, durably, before it is carried out: the least that who must account for it does.
    func noting(_ what: String, _ access: () throws -> Void) throws {
        try pool.write { db in
            try db.execute(
                sql: "INSERT INTO access (at, who, what, why) VALUES (?, 'agent', ?, 'bench')", arguments: [Int64(Date().timeIntervalSince1970 * 1000), what])
        }
        try access()
    }

    func readOne() throws {
        _ = try pool.read { try String.fetchOne($0, sql: "SELECT phone FROM exploded WHERE id = 1") }
    }
}
