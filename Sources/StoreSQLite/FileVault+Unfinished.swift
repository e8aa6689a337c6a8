import Foundation
import GRDB
import Store

extension FileVault {
    /// Removes the files of a vault whose creation did not end, as when the process was killed: nobody has a token of it, no
    /// customer and no entry. Of anything else it removes nothing.
    ///
    /// Call it only while no other process creates a vault in `home`.
    package static func removeUnfinished(in home: URL) throws {
        let (data, keys) = files(in: home)
        let isThere = [data, keys].map(FileManager.default.fileExists(atPath:))
        guard isThere != [false, false] else { return }
        if isThere[0], try holdsAny(of: ["audit", "audit_head", "token", "subject", "record"], data) { return }
        // Keys without data may be all that is left of a vault: then they are not touched, not even the vault's own.
        if isThere[1], try holdsAny(of: ["subject_key", "erasure", "tombstone", "protection"] + (isThere[0] ? [] : ["data_key"]), keys) { return }
        for file in [data, keys] {
            for suffix in ["", "-wal", "-shm", "-journal"] where FileManager.default.fileExists(atPath: file + suffix) {
                try FileManager.default.removeItem(atPath: file + suffix)
            }
        }
    }

    /// Whether a table has a row; true as well when the file is not one that this program has begun.
    private static func holdsAny(of tables: [String], _ file: String) throws -> Bool {
        try StorageError.naming(file) {
            try DatabaseQueue(path: file).read { database in
                let db = SQLiteConnection(database)
                let names = Set(try db.rows("SELECT name FROM sqlite_schema WHERE type = 'table'") { $0.text(0) })
                guard names.isEmpty || names.contains("grdb_migrations") else { return true }
                return try tables.contains { try names.contains($0) && db.integer("SELECT EXISTS (SELECT 1 FROM \($0))") == 1 }
            }
        }
    }
}
