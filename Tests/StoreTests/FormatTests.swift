import Foundation
import GRDB
import Store
import StoreMove
import TestVaults
import Testing

@testable import StorePostgres
@testable import StoreSQLite

@Suite("Formats and their history")
struct FormatTests {
    private let home = FileManager.default.temporaryDirectory.appendingPathComponent("format-\(UUID().uuidString)")

    private func create() throws {
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        _ = try VaultStore.create(in: home, vaultID: 7, at: 1)
    }

    private func change(_ file: String, _ sql: String) throws -> String {
        let path = home.appendingPathComponent(file).path
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
        return path
    }

    @Test("what the steps make is what the fingerprints say", .onFiles)
    func fingerprints() throws {
        for file in [VaultPart.data, .keys] {
            let queue = try DatabaseQueue()
            for format in StoredFormat.allCases {
                let found = try queue.write { db in
                    try db.execute(sql: format.files.script(file))
                    return try SchemaFingerprint(file: SQLiteConnection(db))
                }
                #expect(found == format.files.fingerprint(file), "format \(format)")
            }
        }
    }

    @Test("what the steps make of a database is what the fingerprints say", .onServer)
    func serverFingerprints() throws {
        let (_, _, owner) = try TestServer.database()
        let database = try PostgresDatabase(owner, .data, schema: "public")
        try database.withOwner { connection in
            for format in StoredFormat.allCases {
                try connection.transaction { try connection.run(script: format.server.script(.both)) }
                #expect(try SchemaFingerprint(server: connection) == format.server.fingerprint, "format \(format)")
            }
        }
    }

    @Test("a file whose tables are those of no format is named with what is wrong", .onFiles, arguments: [
        ("vault.db", "ALTER TABLE record DROP COLUMN key_version", "table record has other columns than it must have"),
        ("vault.db", "DROP TABLE approval", "table approval is missing"),
        ("vault.db", "DROP VIEW blind_index", "view blind_index is missing"),
        ("keystore.db", "ALTER TABLE subject_key RENAME COLUMN wrapped TO bytes", "table subject_key has other columns than it must have"),
        ("vault.db", "DELETE FROM grdb_migrations", "its history is empty"),
    ])
    func damaged(_ file: String, _ sql: String, _ detail: String) throws {
        try create()
        defer { try? FileManager.default.removeItem(at: home) }
        let path = try change(file, sql)
        #expect(throws: StorageError.damagedSchema(path: path, detail: detail)) { try VaultStore.open(in: home) }
        #expect(throws: StorageError.damagedSchema(path: path, detail: detail)) { try VaultStore.upgrade(in: home, owner: nil) }
    }

    @Test("columns that a policy adds, and indexes that somebody adds, are no damage", .onFiles)
    func additions() throws {
        try create()
        defer { try? FileManager.default.removeItem(at: home) }
        _ = try change("vault.db", "ALTER TABLE record ADD COLUMN a_mood TEXT; CREATE INDEX mine ON record (a_mood)")
        _ = try VaultStore.open(in: home)
    }

    @Test("a database whose tables are those of no format is named with what is wrong", .onServer)
    func damagedServer() throws {
        let (name, address, owner) = try TestServer.database()
        try VaultStore.create(owner, role: "vocvault", vaultID: 7, at: 1)
        try TestServer.run("ALTER TABLE vault.record DROP COLUMN key_version", in: name)
        let error = StorageError.damagedSchema(path: address.name, detail: "vault.record has other columns than it must have")
        #expect(throws: error) { try VaultStore.requireVault(at: address) }
    }
}
