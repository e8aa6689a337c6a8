import Foundation
import Store
import StoreConformance
import StoreMove
import StorePostgres
import Synchronization
import TestVaults
import Testing

@Suite("PostgreSQL", .onServer)
final class PostgresTests: Sendable {
    private let home = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)")
    private let name: String
    private let address: PostgresAddress
    private let owner: PostgresAddress

    init() throws {
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        (name, address, owner) = try TestServer.database()
        try VaultStore.create(owner, role: address.role, vaultID: 7, at: 1)
        try VaultStore.setAddress(address, in: home)
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    private func record(_ number: Int64) -> NewRecord {
        NewRecord(
            uid: UInt128(number), subject: number, source: "s", channel: "c", occurredAt: 5, receivedAt: 6, redactionVersion: 1, attributes: [],
            body: [1, 2, 3])
    }

    @Test("the vault's own role can read and add audit entries, and neither change nor take away any, nor any table", arguments: [
        "UPDATE vault.audit SET entry = ''", "DELETE FROM vault.audit", "TRUNCATE vault.audit", "DROP TABLE vault.audit",
        "DELETE FROM vault.audit_head", "ALTER TABLE vault.audit DISABLE TRIGGER ALL", "ALTER TABLE vault.record DROP COLUMN uid",
        "DELETE FROM vault.vault", "SET ROLE voc_owner",
        "SELECT vault.add_record_column('x; DROP TABLE vault.audit', 'TEXT')", "SELECT vault.add_record_column('x', 'TEXT DEFAULT 1')",
    ])
    func roles(sql: String) throws {
        try TestServer.run("INSERT INTO vault.audit VALUES (0, 'entry')", in: name, as: "vocvault")
        #expect(throws: TestServer.Refused.self) { try TestServer.run(sql, in: name, as: "vocvault") }
        #expect(try TestServer.run("SELECT COUNT(*) FROM vault.audit WHERE entry = 'entry'", in: name, as: "vocvault") == "1\n")
    }

    @Test("every table begins with what it would be sharded by, and no unique constraint crosses shards")
    func distribution() throws {
        let unique = try TestServer.run("""
            SELECT c.relname, i.indkey[0] FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('vault', 'keystore') AND i.indisunique ORDER BY 1
            """, in: name).split(separator: "\n").map { $0.split(separator: "|") }
        #expect(unique.count >= 25)
        for index in unique { #expect(index[1] == "1", "\(index[0]) has a unique constraint that does not begin with its first column") }
        // Of one customer: all with one key, so that joins stay on a shard.
        let byCustomer = try TestServer.run("""
            SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE a.attnum = 1 AND c.relkind = 'r' AND c.relname IN ('subject', 'record', 'sealed', 'coded', 'pending_key_erasure', 'subject_key') ORDER BY 1
            """, in: name)
        #expect(byCustomer == "coded.subject\npending_key_erasure.subject\nrecord.subject\nsealed.subject\nsubject.id\nsubject_key.subject\n")
    }

    @Test("an address with a password, without a database, or over a network without a verified certificate is refused", arguments: [
        "postgres://vocvault:hunter2@localhost/voc", "host=/tmp user=vocvault", "postgres://vocvault@db.example.com/voc",
        "postgres://vocvault@db.example.com/voc?sslmode=require", "host=/tmp,db.example.com dbname=voc", "nonsense",
    ])
    func badAddresses(text: String) throws {
        let error = try #require(throws: StorageError.self) { try PostgresAddress(text) }
        #expect(!error.description.contains("hunter2"))
        guard case .badAddress = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("what cannot be opened says why")
    func wrongDatabases() throws {
        #expect(throws: StorageError.alreadyExists(path: "a vault in \(owner.name)")) { try VaultStore.create(owner, role: "vocvault", vaultID: 8, at: 1) }
        let other = try TestServer.database()
        #expect(throws: StorageError.noSuchRole("nobody_here")) { try VaultStore.create(other.owner, role: "nobody_here", vaultID: 8, at: 1) }
        // Who owns the audit log's table could delete from it.
        #expect(throws: StorageError.noSuchRole("voc_owner")) { try VaultStore.create(other.owner, role: "voc_owner", vaultID: 8, at: 1) }
        #expect(throws: StorageError.forbidden(database: other.vault.name)) { try VaultStore.create(other.vault, role: "voc_owner", vaultID: 8, at: 1) }
        #expect(throws: StorageError.notAVault(path: other.vault.name)) { try VaultStore.requireVault(at: other.vault) }
        try TestServer.run("UPDATE vault.vault SET format = 99", in: name)
        #expect(throws: StorageError.newerFormat(path: address.name)) { try VaultStore.open(in: home) }
    }

    @Test("a connection that was lost is made anew; what was not committed is not there")
    func lostConnections() throws {
        let store = try VaultStore.open(in: home)
        _ = try store.write { try $0.insertRecords([record(1)], columns: []) }
        func terminate() throws {
            try TestServer.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)' AND usename = 'vocvault'", in: "postgres")
        }
        try terminate()
        #expect(try store.read { try $0.recordCount() } == 1)
        _ = try store.write { try $0.insertRecords([record(2)], columns: []) }
        let error = try #require(throws: StorageError.self) {
            try store.write { writer in
                try writer.insertRecords([record(3)], columns: [])
                try terminate()
                // Whatever comes next: the commit cannot succeed.
            }
        }
        guard case .unreachable = error else {
            Issue.record("\(error)")
            return
        }
        #expect(try store.read { try $0.recordCount() } == 2)
        #expect(try store.write { try $0.insertRecords([record(3)], columns: []) } == 3..<4)
    }

    @Test("a value that breaks a promise of its table undoes its body alone, and no error tells the value")
    func refusedValues() throws {
        let store = try VaultStore.open(in: home)
        let outcomes = Mutex<[Bool]>([])
        store.writeTogether(24) { [self] index, writer in
            let number = Int64(index) + 1
            try writer.insertRecords([record(number)], columns: [])
            // On its way only: what goes wrong shows when the body ends.
            if number % 4 == 0 { try writer.addToken(TokenRow(id: "same", principal: "canary-4711", role: "r", scope: nil, createdAt: 1, expiresAt: nil), hash: [1]) }
        } done: { [address] _, result in
            do {
                try result.get()
                outcomes.withLock { $0.append(true) }
            } catch {
                #expect(!"\(error)".contains("4711") && error as? StorageError == .refused(database: address.name, state: "23505", fault: .program))
                outcomes.withLock { $0.append(false) }
            }
        }
        // The first of six keeps the token.
        #expect(outcomes.withLock { $0.count { !$0 } } == 5)
        #expect(try store.read { try $0.recordCount() } == 19)
    }

    @Test("however many different questions are asked, a connection keeps few statements, and none that is in use is lost")
    func manyStatements() throws {
        let store = try VaultStore.open(in: home)
        _ = try store.write { try $0.insertRecords((1...600).map { record($0) }, columns: []) }
        try store.read { reader in
            for count in 1...450 {
                let condition = StoredCondition.isIn(column: "received_at", (0..<count).map { .integer(Int64($0)) })
                let found = try reader.places(of: condition, .within(5..<6), limit: 1_000_000, residual: nil).map(\.record)
                #expect(found.count == (count > 6 ? 600 : 0))
            }
        }
        // The next who gets this connection finds it emptied.
        #expect(try store.read { try $0.recordCount() } == 600)
        #expect(try store.write { try $0.deleteRecords(Array(1...600)).count } == 600)
    }

    @Test("one that signs in waits for no long query")
    func signIn() throws {
        let store = try VaultStore.open(in: home)
        try store.write { try $0.addToken(TokenRow(id: "t", principal: "p", role: "r", scope: nil, createdAt: 1, expiresAt: nil), hash: [9]) }
        let begun = DispatchSemaphore(value: 0)
        let end = DispatchSemaphore(value: 0)
        let readers = (0..<8).map { _ in
            let done = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                _ = try? store.read { _ in
                    begun.signal()
                    end.wait()
                }
                done.signal()
            }
            return done
        }
        for _ in readers { begun.wait() }
        #expect(try store.token(hash: [9])?.principal == "p")
        for _ in readers { end.signal() }
        for done in readers { done.wait() }
    }

    @Test("two processes' writers take turns: no number is given out twice")
    func turns() throws {
        let stores = try (0..<3).map { _ in try VaultStore.open(in: home) }
        let numbers = Mutex<[Int64]>([])
        DispatchQueue.concurrentPerform(iterations: 90) { index in
            let given = try? stores[index % 3].write { try $0.insertRecords([record(Int64(index) * 2), record(Int64(index) * 2 + 1)], columns: []) }
            numbers.withLock { $0 += given.map(Array.init) ?? [] }
        }
        #expect(numbers.withLock { $0.sorted() } == Array(1...180))
        #expect(try stores[0].read { try $0.lastRecord() } == 180)
    }

    @Test("bytes, numbers and texts come back as they were, whatever they are")
    func values() throws {
        let store = try VaultStore.open(in: home)
        let columns = [PlainColumn(name: "t", kind: .text), PlainColumn(name: "i", kind: .integer), PlainColumn(name: "r", kind: .real)]
        try store.write { try $0.ensureColumns(columns) }
        let texts = ["", "'; DROP TABLE vault.record; --", "\\x00", "{\"a\",NULL}", "\u{10FFFF}\u{1}\t\r\n", "空调坏了"]
        let rows: [[StoredValue]] = texts.map { [.text($0), .integer(.max), .real(0.1)] } + [[.null, .integer(.min), .real(-1e300)], [.null, .null, .integer(7)]]
        _ = try store.write { writer in
            try writer.insertRecords(
                rows.enumerated().map { index, values in
                    var new = record(Int64(index + 1))
                    (new.attributes, new.occurredAt, new.uid) = (values, Int64(index), .max - UInt128(index))
                    new.body = ArraySlice((0...255).map { UInt8(truncatingIfNeeded: $0 + index) })
                    return new
                }, columns: columns)
        }
        var seen: [PageRow] = []
        let request = PageRequest(columns: ["t", "i", "r"], condition: .all([]), extent: .all, limit: 100, sealed: true)
        try store.read { try $0.page(request, residual: nil, chunk: 3) { seen += $0 } }
        var expected = rows
        expected[expected.count - 1][2] = .real(7)
        #expect(seen.reversed().map { Array($0.values) } == expected)
        #expect(seen.reversed().map(\.uid) == rows.indices.map { .max - UInt128($0) })
        #expect(seen.reversed().allSatisfy { $0.body.count == 256 && $0.body.first == UInt8($0.occurredAt) })
        // A zero would end a text on its way.
        let zero = NewRecord(
            uid: 99, subject: 1, source: "a\0b", channel: "c", occurredAt: 5, receivedAt: 6, redactionVersion: 1, attributes: [.null, .null, .null], body: [])
        #expect(throws: StorageError.mismatch(database: address.name)) { try store.write { try $0.insertRecords([zero], columns: columns) } }
        #expect(throws: StorageError.mismatch(database: address.name)) { try store.write { _ = try $0.addHold(HoldRow(subject: 1, ground: SealedNote("a\0b"), setBy: "lin", setAt: 1)) } }
    }
}
