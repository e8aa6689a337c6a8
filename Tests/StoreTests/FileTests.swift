import Foundation
import GRDB
import Store
import StoreConformance
import StoreMove
import Synchronization
import TestVaults
import Testing

@Suite("Files of a vault", .onFiles)
final class FileTests: Sendable {
    private let home: URL

    init() throws {
        home = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    private func create() throws -> VaultStore { try VaultStore.create(in: home, vaultID: 7, at: 1) }

    @Test("each way in which a file is wrong has its own error")
    func wrongFiles() throws {
        let path = home.appendingPathComponent("vault.db").path
        #expect(throws: StorageError.notFound(path: path)) { try VaultStore.open(in: home) }
        do { _ = try create() }
        try Data("this is no database at all, whatever its name may say".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: StorageError.notAVault(path: path)) { try VaultStore.open(in: home) }
        try FileManager.default.removeItem(atPath: path)
        let foreign = try DatabaseQueue(path: path)
        try foreign.write { try $0.execute(sql: "CREATE TABLE t (x)") }
        try foreign.close()
        #expect(throws: StorageError.notAVault(path: path)) { try VaultStore.open(in: home) }
    }

    @Test("a vault of a newer version is refused")
    func newerFormat() throws {
        do { _ = try create() }
        let path = home.appendingPathComponent("vault.db").path
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v999')") }
        try queue.close()
        #expect(throws: StorageError.newerFormat(path: path)) { try VaultStore.open(in: home) }
    }

    @Test("damaged pages are named as damage")
    func corruption() throws {
        do {
            let store = try create()
            _ = try store.write { writer in
                try writer.insertRecords((1...2000).map { NewRecord(number: $0, body: [UInt8](repeating: 7, count: 500)) }, columns: [])
            }
            try store.truncateLog()
        }
        let path = home.appendingPathComponent("vault.db").path
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let size = try file.seekToEnd()
        for page in stride(from: UInt64(40 * 4096), to: size, by: 4096) {
            try file.seek(toOffset: page)
            try file.write(contentsOf: Data(repeating: 0xEE, count: 64))
        }
        try file.close()
        #expect(throws: StorageError.corrupt(path: path, detail: "SQLite finds its pages damaged")) {
            let store = try VaultStore.open(in: home)
            for number in 1...2000 as ClosedRange<Int64> { _ = try store.read { try $0.sealedRecord(number) } }
        }
    }

    @Test("a write lock that another process holds ends in a clear error")
    func locked() throws {
        let store = try VaultStore.create(in: home, vaultID: 7, at: 1, patience: 0.2)
        let path = home.appendingPathComponent("vault.db").path
        let other = try DatabaseQueue(path: path)
        try other.inDatabase { db in
            try db.inTransaction(.immediate) {
                #expect(throws: StorageError.busy(path: path)) { try store.write { try $0.releaseHold(1, at: 1) } }
                return .rollback
            }
        }
        try store.write { try $0.releaseHold(1, at: 1) }
    }

    @Test("deleted bodies are in no byte of any file")
    func secureDelete() throws {
        let store = try create()
        let canary = Array("CANARY-0123456789-CANARY".utf8)
        _ = try store.write { writer in
            try writer.insertRecords((1...300).map { NewRecord(number: $0, subject: $0, body: canary) }, columns: [])
        }
        #expect(try occurrences(of: canary) > 0)
        _ = try store.write { try $0.eraseSubjects(Array(1...300), at: 9) }
        try store.truncateLog()
        #expect(try occurrences(of: canary) == 0)
    }

    private func occurrences(of needle: [UInt8]) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: home.path).reduce(0) { count, name in
            let data = try Data(contentsOf: home.appendingPathComponent(name))
            return count + (data.holds(Data(needle)) ? 1 : 0)
        }
    }

    @Test("index entries are found before, while and after they settle, and leave with what they point to")
    func settlingIndexes() throws {
        let store = try create()
        let count: Int64 = 600
        // Spread over the whole range of keys, as MACs are.
        func uid(_ number: Int64) -> UInt128 { UInt128(number) &* 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835 }
        func entry(_ subject: Int64) -> IndexEntry { IndexEntry(field: 300, tag: uid(subject + 7_000)) }
        try store.write { writer in
            try writer.insertSubjects((1...60).map { ($0, true, [entry($0)]) }, at: 1)
            try writer.addToIndex((1...60).map { (entry($0), $0) })
            let numbers = try writer.insertRecords(
                (1...count).map { number in
                    var new = NewRecord(number: number, subject: number % 60 + 1)
                    new.uid = uid(number)
                    return new
                }, columns: [])
            #expect(numbers == 1..<count + 1)
        }
        func expectAllFound() throws {
            try store.read { reader in
                #expect(try reader.present(among: (1...count + 1).map(uid)) == Set((1...count).map(uid)))
                let found = try reader.subjects(with: (1...61).map(entry), limit: 10).first
                let known = try reader.knownSubjects(Array(1...61))
                #expect(found.count == 60 && known.count == 60)
                for subject in 1...60 as ClosedRange<Int64> {
                    #expect(found[entry(subject)] == subject)
                    #expect(known[subject]?.entries == [entry(subject)])
                    #expect(try reader.subjects(field: 300, tag: entry(subject).tag) == [subject])
                    #expect(try reader.sealedRecords(of: subject).map(\.id) == (1...count).filter { $0 % 60 + 1 == subject })
                }
            }
        }
        func rows(_ suffix: String) throws -> [Int] {
            let queue = try DatabaseQueue(path: home.appendingPathComponent("vault.db").path)
            defer { try? queue.close() }
            return try queue.read { db in
                try ["record_uid", "subject_record", "blind_index"].map { try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \($0)_\(suffix)")! }
            }
        }
        try expectAllFound()
        #expect(try rows("recent") == [600, 600, 60] && rows("settled") == [0, 0, 0])
        // Each 8192 records move on one sixteenth of the keys.
        try store.write { try $0.settleIndexes(from: 0, to: 8 * 8192) }
        try expectAllFound()
        #expect(try rows("recent").allSatisfy { $0 > 0 } && rows("settled").allSatisfy { $0 > 0 })
        // An entry that is written again is still found once.
        try store.write { writer in
            try writer.addToIndex((1...60).map { (entry($0), $0) })
        }
        try expectAllFound()
        try store.write { try $0.settleIndexes(from: 8 * 8192, to: 24 * 8192) }
        try expectAllFound()
        #expect(try rows("recent") == [0, 0, 0] && rows("settled") == [600, 600, 60])
        #expect(try store.write { try $0.eraseSubjects(Array(1...30), at: 2).count } == 300)
        #expect(try rows("settled") == [300, 300, 30])
        try store.write { writer in
            _ = try writer.deleteRecords(Array(1...count))
            try writer.removeIndexEntries(of: Array(31...60))
        }
        #expect(try rows("settled") == [0, 0, 0])
    }

    @Test("figures are of one moment while others write, also where two connections read")
    func figuresOfOneMoment() throws {
        let store = try create()
        var random = SystemRandomNumberGenerator()
        let (count, batch, rounds) = (20_000, 10, 400)
        let records = RandomRows.records(count + batch * rounds, &random)
        try store.write { writer in
            try writer.ensureColumns(RandomRows.columns)
            try writer.insertRecords(Array(records.prefix(count)), columns: RandomRows.columns)
            try writer.setAuditHead(AuditHead(ofSize: 1))
        }
        let done = Mutex(false)
        Thread.detachNewThread {
            // Each time as many go at the one end as come at the other.
            for round in 0..<rounds {
                _ = try? store.write { writer in
                    try writer.insertRecords(Array(records[count + round * batch..<count + (round + 1) * batch]), columns: RandomRows.columns)
                    _ = try writer.deleteRecords((1...batch).map { Int64(round * batch + $0) })
                    try writer.setAuditHead(AuditHead(ofSize: Int64(round) + 2))
                }
            }
            done.withLock { $0 = true }
        }
        let request = AggregateRequest(groupBy: [.column("a_text")], measures: [.init(.count)], condition: .all([]))
        var (looks, isDone) = (0, false)
        repeat {
            isDone = done.withLock { $0 }
            let total = try store.read { try $0.groups(request, residual: nil) }.reduce(Int64(0)) { total, row in
                guard case .integer(let count) = row.measures[0] else { return -1 }
                return total + count
            }
            #expect(total == count)
            looks += 1
        } while !isDone
        #expect(looks > 3)
        #expect(try store.read { try $0.auditHead()?.size } == Int64(rounds) + 1)
    }

    @Test("text that lies in a column of numbers is neither small nor large")
    func textAmongNumbers() throws {
        let rows = try RowsOfEachKind(StorePlace(create: { try self.create() }, open: { try VaultStore.open(in: self.home) }))
        // As a schema that made text of the field has left it.
        let column = PlainColumn(name: "a_number", kind: .integer)
        _ = try rows.store.write { writer in
            try writer.insertRecords([
                NewRecord(uid: 9, subject: 1, source: "s", channel: "c", occurredAt: 5, receivedAt: 6, redactionVersion: 1, attributes: [.text("many")], body: [1])
            ], columns: [column])
        }
        for comparison in RowsOfEachKind.comparisons {
            let condition = StoredCondition.compare(column: "a_number", comparison, .integer(0))
            #expect(try rows.count(condition) + rows.count(.not(condition)) == 3)
        }
        #expect(try rows.count(.not(.isIn(column: "a_number", [.integer(1)]))) == 2)
    }
}
