import Foundation
import GRDB
import Store

/// What the files have besides their tables, and how they move from one ``StoredFormat`` to the next.
enum SQLiteSchema {
    /// "VoCV": marks the files as ours.
    static let applicationID: Int64 = 0x566F_4356

    /// Pages in the write-ahead log after which a commit copies them into the database.
    static let autocheckpoint: Int32 = 4096

    /// Pages of 8 KiB: sealed records of about 1 KiB leave less of them empty, and take a fifth less of SQLite's time.
    static func applyPragmas(to db: GRDB.Database, cacheKiB: Int) throws {
        try db.execute(sql: """
            PRAGMA page_size = 8192;
            PRAGMA synchronous = FULL; -- of the checkpoints; what writes sets it again (see SQLiteDatabase.durable)
            PRAGMA secure_delete = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA foreign_keys = ON;
            PRAGMA cache_size = -\(cacheKiB);
            PRAGMA wal_autocheckpoint = \(autocheckpoint);
            """)
    }

    /// Makes the tables of a new file.
    static func create(_ file: VaultPart, in database: some DatabaseWriter) throws {
        try upgrade(file, in: database, from: nil)
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA application_id = \(applicationID)") }
    }

    /// Takes a file from a format to the present one, in one transaction; returns the format that it had.
    @discardableResult
    static func upgrade(_ file: VaultPart, in database: some DatabaseWriter, path: String) throws -> StoredFormat {
        let format = try checkedFormat(file, of: database, path: path)
        if format < StoredFormat.current { try upgrade(file, in: database, from: format) }
        return format
    }

    private static func upgrade(_ file: VaultPart, in database: some DatabaseWriter, from format: StoredFormat?) throws {
        try database.write { db in
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS \(history) (identifier TEXT NOT NULL PRIMARY KEY)")
            for step in StoredFormat.steps(after: format) {
                try db.execute(sql: step.files.script(file))
                try db.execute(sql: "INSERT INTO \(history) VALUES ('\(step.identifier)')")
            }
        }
    }

    /// Refuses a file that is not ours, of another format, or whose tables are not those of its format.
    static func check(_ file: VaultPart, of database: any DatabaseWriter, path: String) throws {
        let format = try checkedFormat(file, of: database, path: path)
        guard format == StoredFormat.current else { throw StorageError.olderFormat(path: path, format: format.rawValue) }
    }

    /// Refuses a file that is not ours, of a newer format, or whose tables are not those of its format.
    static func checkAny(_ file: VaultPart, of database: any DatabaseWriter, path: String) throws { _ = try checkedFormat(file, of: database, path: path) }

    /// The format of a file, whose tables are those of that format.
    static func checkedFormat(_ file: VaultPart, of database: any DatabaseWriter, path: String) throws -> StoredFormat {
        try database.read { db in
            let connection = SQLiteConnection(db)
            guard try connection.integer("PRAGMA application_id") == applicationID else { throw StorageError.notAVault(path: path) }
            let steps = try connection.rows("SELECT identifier FROM \(history)") { $0.text(0) }
            let known = StoredFormat.allCases.map(\.identifier)
            guard steps.allSatisfy(known.contains) else { throw StorageError.newerFormat(path: path) }
            guard let format = StoredFormat.allCases.last(where: { steps.contains($0.identifier) }) else {
                throw StorageError.damagedSchema(path: path, detail: "its history is empty")
            }
            let found = try SchemaFingerprint(file: connection)
            if let difference = format.files.fingerprint(file).difference(from: found) { throw StorageError.damagedSchema(path: path, detail: difference) }
            return format
        }
    }

    /// The steps that a file has gone through; the table has its name from the library that kept it first.
    private static let history = "grdb_migrations"
}
