import Foundation
import Store
import StoreMove
import TestVaults
import Testing

@testable import StorePostgres

/// What the vault asks of its sessions on a PostgreSQL server.
@Suite("Sessions on the server", .onServer)
struct ServerSessionTests {
    private let name: String
    private let owner: PostgresAddress

    init() throws {
        let made = try TestServer.database()
        (name, owner) = (made.name, made.owner)
        try VaultStore.create(owner, role: "vocvault", vaultID: 7, at: 1)
    }

    private func address(_ more: String = "") throws -> PostgresAddress {
        try PostgresAddress("host=\(TestServer.folder!) dbname=\(name) user=vocvault \(more)")
    }

    private func setting(_ name: String, _ use: PostgresConnection.Use, _ more: String = "") throws -> String {
        let connection = try PostgresConnection(address(more), schema: "vault", lock: 1, use: use)
        return try connection.first("SELECT current_setting(?)", name) { $0.text(0) }!
    }

    @Test("the server ends a transaction that idles: soon where others wait to write, later where somebody reads; an address can say otherwise")
    func timeouts() throws {
        let timeout = "idle_in_transaction_session_timeout"
        #expect(try setting(timeout, .writing) == "1min")
        #expect(try setting(timeout, .reading) == "15min")
        #expect(try setting(timeout, .writing, "options='-c \(timeout)=5min'") == "5min")
        #expect(try setting("lock_timeout", .writing) == "15s")
    }

    @Test("commits wait for the disk whatever the database says, and for more where it asks for more", arguments: [
        ("off", "on"), ("local", "on"), ("remote_write", "on"), ("on", "on"), ("remote_apply", "remote_apply"),
    ])
    func durability(asked: String, is expected: String) throws {
        try TestServer.run("ALTER DATABASE \(name) SET synchronous_commit = \(asked)", in: "postgres")
        #expect(try setting("synchronous_commit", .writing) == expected)
    }

    @Test("a transaction that the server ended is lost, which is said as a lost connection; the next one works, and nothing of it is left")
    func ended() throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        let address = try address("options='-c idle_in_transaction_session_timeout=300ms'")
        try VaultStore.setAddress(address, in: home)
        let store = try VaultStore.open(in: home)
        try store.write { try $0.setBackedUp(at: 1) }
        #expect(throws: StorageError.unreachable(database: address.name, reason: "the connection was lost")) {
            try store.write { writer in
                try writer.setBackedUp(at: 2)
                // As a process whose machine is paused.
                _ = try writer.reader.backedUpAt()
                while try TestServer.run("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '\(name)' AND state LIKE 'idle in transaction%'", in: "postgres") != "0\n" {
                    usleep(20_000)
                }
            }
        }
        #expect(try store.read { try $0.backedUpAt() } == 1)
        try store.write { try $0.setBackedUp(at: 3) }
        #expect(try store.read { try $0.backedUpAt() } == 3)
    }

    @Test("the server's settings are read as the vault's role")
    func settings() throws {
        let server = try VaultStore.serverDurability(at: address())
        #expect(!server.fsync && server.fullPageWrites && server.synchronousCommit == "on" && server.synchronousStandbyNames.isEmpty)
        #expect(server.standbys == 0 && !server.isAsynchronous)
        #expect(server.faults.count == 1 && server.faults[0].hasPrefix("fsync is off"))
    }
}

@Suite("What a server makes of a commit")
struct ServerDurabilityTests {
    private func server(_ change: (inout ServerDurability) -> Void = { _ in }) -> ServerDurability {
        var server = ServerDurability(fsync: true, fullPageWrites: true, synchronousCommit: "on", synchronousStandbyNames: "", standbys: 0)
        change(&server)
        return server
    }

    @Test("only a server that has standbys and waits for none of them loses what it acknowledged in a failover")
    func standbys() {
        #expect(!server().isAsynchronous)
        #expect(server { $0.standbys = 1 }.isAsynchronous)
        #expect(!server { ($0.standbys, $0.synchronousStandbyNames) = (2, "ANY 1 (b, c)") }.isAsynchronous)
        #expect(server { ($0.standbys, $0.synchronousStandbyNames, $0.synchronousCommit) = (1, "b", "local") }.isAsynchronous)
    }

    @Test("each setting that loses what was acknowledged is named")
    func faults() {
        #expect(server().faults.isEmpty)
        #expect(server { $0.fsync = false }.faults.map { $0.prefix(12) } == ["fsync is off"])
        #expect(server { $0.fullPageWrites = false }.faults.map { $0.prefix(16) } == ["full_page_writes"])
        #expect(server { $0.synchronousCommit = "off" }.faults.map { $0.prefix(25) } == ["synchronous_commit is off"])
        #expect(server { $0.synchronousCommit = "local" }.faults[0].contains("a failover loses"))
        #expect(server { $0.synchronousCommit = "remote_apply" }.faults.isEmpty)
    }
}
