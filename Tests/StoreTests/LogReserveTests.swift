import Foundation
import Store
import StoreMove
import TestVaults
import Testing

@Suite("Room in the write-ahead log")
struct LogReserveTests {
    @Test("after small commits the log goes on in zeros; what a crash leaves has every commit and takes more; a cut log is empty", .onFiles)
    func crash() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)")
        let (home, left) = (folder.appendingPathComponent("home"), folder.appendingPathComponent("left"))
        for place in [home, left] { try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true) }
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try VaultStore.create(in: home, vaultID: 7, at: 1)
        func add(_ number: Int64, to store: VaultStore) throws {
            let record = NewRecord(
                uid: UInt128(number), subject: 1, source: "s", channel: "c", occurredAt: 5, receivedAt: 6, redactionVersion: 1, attributes: [], body: [1])
            _ = try store.write { try $0.insertRecords([record], columns: []) }
        }
        for number in 1...20 { try add(Int64(number), to: store) }
        let log = try Data(contentsOf: home.appendingPathComponent("vault.db-wal"))
        #expect(log.count > 1 << 20 && log.suffix(64 << 10).allSatisfy { $0 == 0 })
        // Without the index of the log, which a process makes anew from the log itself.
        for name in ["vault.db", "vault.db-wal", "keystore.db", "keystore.db-wal"] {
            try FileManager.default.copyItem(at: home.appendingPathComponent(name), to: left.appendingPathComponent(name))
        }
        let reopened = try VaultStore.open(in: left)
        #expect(try reopened.read { try $0.recordCount() } == 20)
        try add(21, to: reopened)
        #expect(try reopened.read { try $0.recordCount() } == 21)
        try store.truncateLog(patience: .seconds(5))
        #expect(try Data(contentsOf: home.appendingPathComponent("vault.db-wal")).isEmpty)
        #expect(try store.read { try $0.recordCount() } == 20)
    }
}
