import Foundation
import GRDB
import Store
import Testing

extension TestVault {
    /// Changes rows past the vault, as the database's administrator could; returns how many.
    ///
    /// - Parameters:
    ///   - file: `vault.db` or `keystore.db`, or the schema that stands for it in PostgreSQL.
    ///   - home: another home than the vault's own, where the data are in files.
    @discardableResult
    package func alter(_ sql: String, in file: String = "vault.db", at home: String? = nil) throws -> Int {
        if let database {
            let schema = file == "vault.db" ? "vault" : "keystore"
            let place = file == "vault.db" ? database : keysDatabase ?? database
            let said = try TestServer.run("SET search_path = \(schema); \(TestServer.translated(sql))", in: place)
            return said.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0
        }
        let queue = try DatabaseQueue(path: "\(home ?? location.home)/\(file)")
        defer { try? queue.close() }
        return try queue.write { db in
            try db.execute(sql: sql)
            return db.changesCount
        }
    }

    /// Keeps the end of the log, and the tables that it commits to, for ``rollBackLog(at:)``.
    package func rememberLog(at home: String? = nil) throws {
        for table in Self.committed { try alter("CREATE TABLE old_\(table) AS SELECT * FROM \(table)", at: home) }
    }

    /// Puts them back under whoever has the vault open, as they were.
    package func rollBackLog(at home: String? = nil) throws {
        try alter("DELETE FROM audit WHERE seq >= (SELECT size FROM old_audit_head)", at: home)
        for table in Self.committed {
            try alter("DELETE FROM \(table)", at: home)
            try alter("INSERT INTO \(table) SELECT * FROM old_\(table)", at: home)
        }
    }

    private static let committed = ["audit_head"] + StateTable.all.map(\.name)

    /// Copies the database as it is now, as a standby that then lags behind has it; returns what ``replaceDatabase(by:at:ofKeys:)`` takes.
    ///
    /// - Parameter ofKeys: takes that of the keys, where they have one of their own.
    package func copyDatabase(ofKeys: Bool = false) throws -> String {
        guard let database = ofKeys ? keysDatabase : database else {
            let copy = folder.appendingPathComponent("copy-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
            for name in ["vault.db", "keystore.db"] {
                let queue = try DatabaseQueue(path: folder.appendingPathComponent("vault/\(name)").path)
                try queue.backup(to: DatabaseQueue(path: copy.appendingPathComponent(name).path))
            }
            return copy.path
        }
        let copy = "\(database)_\(UUID().uuidString.prefix(8).lowercased())"
        try TestServer.disconnect(database)
        try TestServer.run("CREATE DATABASE \(copy) TEMPLATE \(database)", in: "postgres")
        return copy
    }

    /// Puts a copy in the place of the database at `home`, as a failover to it does; nobody may have files open there.
    package func replaceDatabase(by copy: String, at home: String, ofKeys: Bool = false) throws {
        guard let database = ofKeys ? keysDatabase : database else {
            for name in ["vault.db", "keystore.db"] {
                for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: "\(home)/\(name)\(suffix)") }
                try FileManager.default.copyItem(atPath: "\(copy)/\(name)", toPath: "\(home)/\(name)")
            }
            return
        }
        for name in [database, copy] { try TestServer.disconnect(name) }
        try TestServer.run("ALTER DATABASE \(database) RENAME TO lost_\(UUID().uuidString.prefix(8).lowercased())", in: "postgres")
        try TestServer.run("ALTER DATABASE \(copy) RENAME TO \(database)", in: "postgres")
    }

    /// A column of bytes, read past the vault.
    package func column(_ sql: String, of file: String = "vault.db") throws -> [Data] {
        if let database {
            let schema = file == "vault.db" ? "vault" : "keystore"
            let place = file == "vault.db" ? database : keysDatabase ?? database
            let rows = try TestServer.run("SET search_path = \(schema); SELECT encode(bytes, 'hex') FROM (\(sql)) rows (bytes)", in: place)
            return rows.split(separator: "\n").dropFirst().map { TestServer.bytes($0) }
        }
        return try DatabaseQueue(path: folder.appendingPathComponent("vault/\(file)").path).read { try Data.fetchAll($0, sql: sql) }
    }
}

extension Trait where Self == ConditionTrait {
    /// For what can be seen, or is there, with SQLite's files only.
    package static var onFiles: Self { .enabled(if: !TestServer.isThere, "the data are in a server") }
    /// For what needs a PostgreSQL server.
    package static var onServer: Self { .enabled(if: TestServer.isThere, "runs beside a server: .ci/with-postgres swift test") }
}
