import Foundation
import GRDB
import Storage
import Synchronization
import TestVaults
import Testing

@Suite("Storage")
final class StorageTests: Sendable {
    private let home: URL

    init() throws {
        home = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    private func create() throws -> VaultStore {
        guard TestServer.isThere else { return try VaultStore.create(in: home, vaultID: 7, at: 1) }
        let (_, address, owner) = try TestServer.database()
        try VaultStore.create(owner, role: address.role, vaultID: 7, at: 1)
        try VaultStore.setAddress(address, in: home)
        return try VaultStore.open(in: home)
    }

    private func record(_ number: Int64, subject: Int64 = 1, body: [UInt8] = [1], at time: Int64 = 5) -> NewRecord {
        NewRecord(
            uid: UInt128(number), subject: subject, source: "s", channel: "c", occurredAt: time, receivedAt: 6,
            redactionVersion: 1, attributes: [], body: body[...])
    }

    @Test("a vault is created once and opens again with its id")
    func lifecycle() throws {
        _ = try create()
        if !TestServer.isThere {
            #expect(throws: StorageError.alreadyExists(path: home.appendingPathComponent("vault.db").path)) { try create() }
        }
        #expect(try VaultStore.open(in: home).vaultID == 7)
    }

    @Test("each way in which a file is wrong has its own error", .onFiles)
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

    @Test("what looks at the log is called as directly after many writes as after the first, and so are checks of connections")
    func checkedDirectly() throws {
        let store = try create()
        let place = Mutex(0)
        store.watchLog({ _ in
            var local = 0
            withUnsafePointer(to: &local) { pointer in place.withLock { $0 = Int(bitPattern: pointer) } }
        }, forKeys: { _ in })
        try store.checkLog()
        let first = place.withLock { $0 }
        for _ in 0..<2000 { try store.write { _ in } }
        try store.checkLog()
        // In bytes of stack.
        #expect(abs(place.withLock { $0 } - first) < 4096)
    }

    @Test("a vault of a newer version is refused", .onFiles)
    func newerFormat() throws {
        do { _ = try create() }
        let path = home.appendingPathComponent("vault.db").path
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v999')") }
        try queue.close()
        #expect(throws: StorageError.newerFormat(path: path)) { try VaultStore.open(in: home) }
    }

    @Test("damaged pages are named as damage", .onFiles)
    func corruption() throws {
        do {
            let store = try create()
            _ = try store.write { writer in
                try writer.insertRecords((1...2000).map { record($0, body: [UInt8](repeating: 7, count: 500)) }, columns: [])
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

    @Test("a write lock that another process holds ends in a clear error", .onFiles)
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

    @Test("a transaction that throws leaves nothing behind")
    func rollback() throws {
        let store = try create()
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try store.write { writer in
                try writer.insertRecords([record(1)], columns: [])
                throw Stop()
            }
        }
        #expect(try store.read { try $0.recordCount() } == 0)
    }

    @Test("deleted bodies are in no byte of any file", .onFiles)
    func secureDelete() throws {
        let store = try create()
        let canary = Array("CANARY-0123456789-CANARY".utf8)
        _ = try store.write { writer in
            try writer.insertRecords((1...300).map { record($0, subject: $0, body: canary) }, columns: [])
        }
        #expect(try occurrences(of: canary) > 0)
        _ = try store.write { try $0.eraseSubjects(Array(1...300), at: 9) }
        try store.truncateLog()
        #expect(try occurrences(of: canary) == 0)
    }

    private func occurrences(of needle: [UInt8]) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: home.path).reduce(0) { count, name in
            let data = try Data(contentsOf: home.appendingPathComponent(name))
            return count + (data.range(of: Data(needle)) == nil ? 0 : 1)
        }
    }

    @Test("subject numbers are never given out twice, not even after erasure")
    func subjectNumbers() throws {
        let store = try create()
        // A key under a root key that is not there could never be opened: refused.
        #expect(throws: StorageError.self) { try store.keys.addSubjectKeys(count: 1) { _, _ in WrappedKey(root: 1, bytes: [1]) } }
        _ = try store.keys.addRootKey(id: "a", proof: [], at: 0)
        func add(_ count: Int) throws -> [Int64] {
            try store.keys.addSubjectKeys(count: count) { _, _ in WrappedKey(root: 1, bytes: [1]) }
        }
        #expect(try add(3) == [1, 2, 3])
        try store.keys.eraseSubjectKeys([3, 2], at: 1)
        #expect(try add(2) == [4, 5])
        #expect(try store.keys.subjectKey(3) == nil)
        #expect(try store.keys.erasures(after: 0).subjects == [3, 2])
    }

    @Test("pages go through all records once, whatever times they share")
    func paging() throws {
        let store = try create()
        _ = try store.write { writer in
            try writer.insertRecords((1...500).map { record($0, at: $0 / 50) }, columns: [])
        }
        func rows(_ extent: PageRequest.Extent, _ limit: Int) throws -> [PageRow] {
            var rows: [PageRow] = []
            let request = PageRequest(columns: ["channel"], condition: .all([]), extent: extent, limit: limit, sealed: false)
            try store.read { try $0.page(request, residual: nil, chunk: 10) { rows += $0 } }
            return rows
        }
        #expect(try rows(.all, 500).map(\.occurredAt) == (1...500).map { $0 / 50 }.reversed())
        var seen: [Int64] = []
        var extent = PageRequest.Extent.all
        while let newest = try rows(extent, 1).first {
            let numbers = try store.read { try $0.records(of: .all([]), at: newest.occurredAt, residual: nil) }
            #expect(try rows(.records(numbers), 100).allSatisfy { $0.occurredAt == newest.occurredAt })
            seen += numbers
            extent = .before(newest.occurredAt)
        }
        #expect(seen.count == 500 && Set(seen).count == 500)
    }

    @Test("writers that wait together share a transaction, and one that throws is undone alone")
    func groupCommit() throws {
        struct Refused: Error {}
        let store = try create()
        let outcomes = Mutex<[Int64: Bool]>([:])
        store.writeTogether(64) { [self] index, writer in
            let number = Int64(index) + 1
            try writer.insertRecords([record(number)], columns: [])
            if number % 5 == 0 { throw Refused() }
            return number
        } done: { index, result in
            let number = Int64(index) + 1
            switch result {
            case .success(let value): outcomes.withLock { $0[number] = value == number }
            case .failure(let error): outcomes.withLock { $0[number] = !(error is Refused) }
            }
        }
        let seen = outcomes.withLock { $0 }
        #expect(seen.count == 64)
        for number in 1...64 as ClosedRange<Int64> { #expect(seen[number] == (number % 5 != 0)) }
        let reopened = try VaultStore.open(in: home)
        try reopened.read { reader in
            let present = try reader.present(among: (1...64).map { UInt128($0) })
            for number in 1...64 { #expect(present.contains(UInt128(number)) == (number % 5 != 0)) }
            #expect(try reader.recordCount() == 52)
        }
    }

    @Test("index entries are found before, while and after they settle, and leave with what they point to", .onFiles)
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
                    var new = record(number, subject: number % 60 + 1)
                    new.uid = uid(number)
                    return new
                }, columns: [])
            #expect(numbers == 1..<count + 1)
        }
        func expectAllFound() throws {
            try store.read { reader in
                #expect(try reader.present(among: (1...count + 1).map(uid)) == Set((1...count).map(uid)))
                let found = try reader.subjects(with: (1...61).map(entry))
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

    @Test("rows of every kind and size come back as they went in, however many go with one statement")
    func bulkRows() throws {
        let store = try create()
        let texts = ["", "é", "零一二三四五六七八九", String(repeating: "a\u{1F600}", count: 4000)]
        let columns = (0..<40).flatMap { number in
            [PlainColumn(name: "a_t\(number)", kind: .text), PlainColumn(name: "a_i\(number)", kind: .integer), PlainColumn(name: "a_r\(number)", kind: .real)]
        }
        func values(_ number: Int64) -> [StoredValue] {
            columns.enumerated().map { index, column in
                guard (Int(number) + index) % 5 != 0 else { return .null }
                return switch column.kind {
                case .text: .text(texts[(Int(number) + index) % (number % 100 == 0 ? 4 : 3)])
                case .integer: .integer([.min, -1, 0, .max][(Int(number) + index) % 4])
                case .real: .real([-.greatestFiniteMagnitude, 0.1, .leastNonzeroMagnitude][(Int(number) + index) % 3])
                }
            }
        }
        func body(_ number: Int64) -> [UInt8] {
            let size = number == 700 ? 300_000 : Int(number) % 1500
            return [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
        }
        let numbers = 1...1300 as ClosedRange<Int64>
        try store.write { writer in
            try writer.ensureColumns(columns)
            let records = numbers.map { number in
                var new = record(number, body: body(number))
                new.attributes = values(number)
                return new
            }
            #expect(try writer.insertRecords(records, columns: columns) == 1..<1301)
        }
        let (records, exported) = try store.read { (try $0.sealedRecords(of: 1), try $0.exportColumns(of: 1)) }
        #expect(records.map(\.id) == Array(numbers) && records.allSatisfy { $0.uid == UInt128($0.id) && $0.body == body($0.id) })
        for number in numbers {
            let stored = Dictionary(uniqueKeysWithValues: exported[number] ?? [])
            #expect(columns.map { stored[$0.name] } == values(number))
            // The vault's own, such as versions of keys, are not the customer's.
            #expect(Set(stored.keys) == Set(columns.map(\.name) + ["source", "channel", "occurred_at", "received_at"]))
        }
    }

    @Test("when one of many rows cannot be stored, none is")
    func bulkRowsFail() throws {
        let store = try create()
        let subjects = (Array(1...700) + [5]).map { (subject: Int64($0), identified: true, entries: [IndexEntry]()) }
        #expect(throws: (any Error).self) { try store.write { try $0.insertSubjects(subjects, at: 1) } }
        #expect(try store.read { try $0.knownSubjects(Array(1...700)) }.isEmpty)
        try store.write { try $0.insertSubjects(subjects.dropLast(), at: 1) }
        #expect(try store.read { try $0.knownSubjects(Array(0...701)) }.count == 700)
    }

    @Test("groups with too few subjects are left out, by both ways of counting")
    func smallGroups() throws {
        let store = try create()
        let column = PlainColumn(name: "a_x", kind: .text)
        try store.write { writer in
            try writer.ensureColumns([column])
            var records: [NewRecord] = []
            // Group g has g subjects with 10 records each.
            for group in 1...8 as ClosedRange<Int64> {
                for subject in 1...group {
                    for _ in 0..<10 {
                        var new = record(Int64(records.count + 1), subject: group * 100 + subject)
                        new.attributes = [.text("g\(group)")]
                        records.append(new)
                    }
                }
            }
            try writer.insertRecords(records, columns: [column])
        }
        let request = AggregateRequest(groupBy: [.column("a_x")], measures: [.init(.count)], condition: .all([]))
        let fast = try store.read { try $0.aggregate(request, minimumSubjects: 5, residual: nil) }
        #expect(fast.rows.map(\.group) == (5...8).map { [.text("g\($0)")] })
        #expect(fast.rows.map(\.measures) == (5...8).map { [.integer(Int64($0) * 10)] } && fast.suppressed == 4)
        let searching = AggregateRequest(groupBy: [.column("a_x")], measures: [.init(.count)], condition: .residual(0))
        let slow = try store.read { try $0.aggregate(searching, minimumSubjects: 5, residual: { _, row in row.body == [1] }) }
        #expect(slow.rows.map(\.group) == fast.rows.map(\.group) && slow.suppressed == 4)
    }

    private static let columns = [
        PlainColumn(name: "a_text", kind: .text), PlainColumn(name: "a_integer", kind: .integer), PlainColumn(name: "a_real", kind: .real),
    ]

    /// Rows with few different values of each kind, so that groups are large and small.
    private func randomRecords(_ count: Int, _ random: inout some RandomNumberGenerator) -> [NewRecord] {
        let texts = ["", "a", "b", "eight888", "nine-nine", "名字", "名字很长的一个产品", String(repeating: "x", count: 64)]
        return (1...count).map { number in
            var new = record(Int64(number), subject: .random(in: 1...30, using: &random), at: .random(in: 0...8_000_000_000, using: &random))
            new.attributes = [
                Bool.random(using: &random) ? .null : .text(texts.randomElement(using: &random)!),
                Int.random(in: 0...9, using: &random) == 0 ? .null : .integer([-3, 0, 1, 255, 1 << 40].randomElement(using: &random)!),
                Int.random(in: 0...9, using: &random) == 0 ? .null : .real([-0.5, -0.0, 0, 1, 1e9].randomElement(using: &random)!),
            ]
            return new
        }
    }

    /// What a group's rows say of a measure, worked out the plain way.
    private func expected(_ measure: AggregateRequest.Measure, _ rows: [NewRecord]) -> StoredValue {
        guard let column = measure.column, let position = Self.columns.firstIndex(where: { $0.name == column }) else { return .integer(Int64(rows.count)) }
        let values = rows.map { $0.attributes[position] }.filter { $0 != .null }
        let numbers = values.map { value -> Double in
            switch value {
            case .integer(let integer): measure.bounds.map { Double(min(max(integer, $0.lowerBound), $0.upperBound)) } ?? Double(integer)
            case .real(let real): real
            case .text, .null: 0
            }
        }
        func number(_ value: Double?) -> StoredValue { value.map { position == 1 ? .integer(Int64($0)) : .real($0) } ?? .null }
        return switch measure.function {
        case .count: .integer(Int64(values.count))
        case .average: numbers.isEmpty ? .null : .real(numbers.reduce(0, +) / Double(numbers.count))
        case .sum: numbers.isEmpty ? .null : number(numbers.reduce(0, +))
        case .minimum: number(numbers.min())
        case .maximum: number(numbers.max())
        case .distinct: .integer(Int64(Set(values).count))
        }
    }

    /// PostgreSQL rounds averages of whole numbers its own way.
    private func isSame(_ found: StoredValue, _ expected: StoredValue) -> Bool {
        guard case (.real(let a), .real(let b)) = (found, expected) else { return found == expected }
        return abs(a - b) <= 1e-12 * abs(b)
    }

    private static func head(_ size: Int64) -> AuditHead { AuditHead(size: size, frontier: [], lastTime: 1, changedBy: size - 1, checkpoint: "") }

    /// Many are read by two connections, a half each.
    @Test("groups and their measures are those of the rows, whatever the columns hold", arguments: [(1, 900), (5, 900), (12, 900), (5, 17_000)])
    func groupMeasures(minimum: Int, count: Int) throws {
        var random = SystemRandomNumberGenerator()
        let store = try create()
        let records = randomRecords(count, &random)
        try store.write { writer in
            try writer.ensureColumns(Self.columns)
            try writer.insertRecords(records, columns: Self.columns)
            try writer.setAuditHead(Self.head(1))
        }
        let measures: [AggregateRequest.Measure] = [
            .init(.count), .init(.count, "a_integer"), .init(.average, "a_integer"), .init(.minimum, "a_integer"), .init(.maximum, "a_real"), .init(.sum, "a_real"),
            .init(.average, "a_integer", bounds: 0...10),
        ]
        let groupings: [[Int]] = count < 1000 ? [[], [0], [1], [2], [0, 1], [2, 0], [0, 1, 2]] : [[0, 1], [2, 0]]
        for grouping in groupings {
            for measures in [measures, measures + [.init(.distinct, "a_text")]] {
                let request = AggregateRequest(groupBy: grouping.map { .column(Self.columns[$0].name) }, measures: measures, condition: .all([]))
                let all = try store.read { try $0.groups(request, residual: nil) }
                let groups = Dictionary(grouping: records) { record in grouping.map { record.attributes[$0] } }
                #expect(Set(all.map(\.group)) == Set(groups.keys) && all.count == groups.count, "\(grouping)")
                for row in all {
                    let rows = groups[row.group]!
                    #expect(zip(row.measures, measures).allSatisfy { isSame($0, expected($1, rows)) }, "\(row.group): \(row.measures)")
                    #expect(row.subjects == Set(rows.map(\.subject)).count)
                }
                #expect(Set(all.map(\.rowSet)).count == all.count)
                let shown = try store.read { try $0.aggregate(request, minimumSubjects: minimum, residual: nil) }
                #expect(shown.rows.count + shown.suppressed == all.count)
                let figures = Dictionary(uniqueKeysWithValues: all.map { ($0.group, $0) })
                for row in shown.rows {
                    #expect(figures[row.group]!.subjects! >= minimum && figures[row.group]!.measures == row.measures)
                }
                if all.allSatisfy({ $0.subjects! >= minimum }) { #expect(shown.rows.map(\.group) == all.map(\.group)) }
            }
        }
    }

    @Test(
        "sums of integers are exact however large they are, and so is the mark of a set of rows",
        arguments: [(9_007_199_254_740_993, 0), (-9_007_199_254_740_993, -2), (9_223_372_036_854_775_806, 1), (-9_223_372_036_854_775_807, -1), (1_000_000_000_000, 0)])
    func largeSums(first: Int64, second: Int64) throws {
        let store = try create()
        let column = PlainColumn(name: "big", kind: .integer)
        func record(_ number: Int64, _ value: Int64) -> NewRecord {
            NewRecord(uid: UInt128(number), subject: 1, source: "s", channel: "c", occurredAt: 5, receivedAt: 6, redactionVersion: 1, attributes: [.integer(value)], body: [1])
        }
        try store.write { writer in
            try writer.ensureColumns([column])
            try writer.insertRecords([record(1, first), record(2, second)], columns: [column])
            try writer.setAuditHead(Self.head(1))
        }
        for grouping in [[], [AggregateRequest.Grouping.column("channel")]] {
            let request = AggregateRequest(groupBy: grouping, measures: [.init(.sum, "big")], condition: .all([]))
            let row = try #require(try store.read { try $0.groups(request, residual: nil) }.first)
            #expect(row.measures == [.integer(first + second)])
        }
    }

    @Test("figures are of one moment while others write, also where two connections read", .onFiles)
    func figuresOfOneMoment() throws {
        let store = try create()
        var random = SystemRandomNumberGenerator()
        let (count, batch, rounds) = (20_000, 10, 400)
        let records = randomRecords(count + batch * rounds, &random)
        try store.write { writer in
            try writer.ensureColumns(Self.columns)
            try writer.insertRecords(Array(records.prefix(count)), columns: Self.columns)
            try writer.setAuditHead(Self.head(1))
        }
        let done = Mutex(false)
        Thread.detachNewThread {
            // Each time as many go at the one end as come at the other.
            for round in 0..<rounds {
                _ = try? store.write { writer in
                    try writer.insertRecords(Array(records[count + round * batch..<count + (round + 1) * batch]), columns: Self.columns)
                    _ = try writer.deleteRecords((1...batch).map { Int64(round * batch + $0) })
                    try writer.setAuditHead(Self.head(Int64(round) + 2))
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

    /// What was counted of a principal, worked out the plain way.
    private struct Tally {
        var requests: [(minute: Int64, action: String, isDenied: Bool, rows: Int64)] = []
        var used: [String: Int] = [:]

        func times(_ window: ActivityWindow, sinceMinute minute: Int64) -> Int { requests(window).count { $0.minute >= minute } }

        func rows(_ window: ActivityWindow, from first: Int64, to end: Int64) -> (rows: Int64, days: Int) {
            let found = requests(window).filter { (first..<end).contains($0.minute / 1440) }
            return (found.reduce(0) { $0 + $1.rows }, Set(found.map { $0.minute / 1440 }).count)
        }

        private func requests(_ window: ActivityWindow) -> [(minute: Int64, action: String, isDenied: Bool, rows: Int64)] {
            requests.filter { (window.actions.isEmpty || window.actions.contains($0.action)) && ($0.isDenied || !window.deniedOnly) }
        }
    }

    @Test("what a writer knows is what the database has, whichever process wrote it and whatever failed")
    func counts() throws {
        struct Failure: Error {}
        let stores = [try create(), try VaultStore.open(in: home)]
        var random = SystemRandomNumberGenerator()
        let people = ["lin", "wu", "chen"]
        var tallies = Dictionary(uniqueKeysWithValues: people.map { ($0, Tally()) })
        let hash = [UInt8](repeating: 9, count: 32)
        try stores[0].write { try $0.addToken(TokenRow(id: "t", principal: "lin", role: "r", scope: nil, createdAt: 1, expiresAt: nil), hash: hash) }
        var isRevoked = false
        var minute: Int64 = 20_000 * 1440
        for step in 0..<250 {
            let store = stores.randomElement(using: &random)!
            let person = people.randomElement(using: &random)!
            let (action, isDenied) = (["query", "reveal"].randomElement(using: &random)!, Bool.random(using: &random))
            let (rows, now) = (Int64.random(in: 0...20, using: &random), minute)
            @Sendable func count(_ writer: StoreWriter) {
                writer.countActivity(principal: person, action: action, isDenied: isDenied, rows: rows, minute: now, day: now / 1440)
                writer.addUsage(principal: person, day: "d", quota: action, amount: 2)
            }
            func note() {
                tallies[person]!.requests.append((now, action, isDenied, rows))
                tallies[person]!.used[action, default: 0] += 2
            }
            switch Int.random(in: 0...9, using: &random) {
            case 0: #expect(throws: Failure.self) { try store.write { count($0); throw Failure() } }
            case 1:
                // Some share a transaction, and of these some fail.
                store.writeTogether(6) { index, writer in
                    count(writer)
                    if index % 3 == 0 { throw Failure() }
                } done: { _, _ in }
                for _ in 0..<4 { note() }
            case 2: minute += Int64.random(in: 1...3000, using: &random)
            default:
                try store.write { count($0) }
                note()
            }
            if step == 200 {
                _ = try stores[1].write { try $0.revokeToken(id: "t", at: 5) }
                #expect(try stores[1].write { try $0.token(hash: hash)?.revokedAt } == 5)
                isRevoked = true
            }
            for store in stores {
                try store.write { writer in
                    for person in people {
                        let tally = tallies[person]!
                        for window in [ActivityWindow(principal: person, actions: [], deniedOnly: false), .init(principal: person, actions: ["reveal"], deniedOnly: true)] {
                            #expect(try writer.times(window, sinceMinute: minute - 9) == tally.times(window, sinceMinute: minute - 9))
                            let (day, found) = (minute / 1440, try writer.rows(window, from: minute / 1440 - 3, to: minute / 1440 + 1))
                            #expect(found == tally.rows(window, from: day - 3, to: day + 1), "step \(step)")
                        }
                        let last = tally.requests.map { $0.minute / 1440 }.filter { $0 < minute / 1440 }.max()
                        #expect(try writer.lastActiveDay(of: person, before: minute / 1440) == last, "step \(step)")
                        #expect(try writer.usage(principal: person, day: "d", quota: "query") == tally.used["query", default: 0])
                    }
                    #expect(try (writer.token(hash: hash)?.revokedAt != nil) == isRevoked)
                }
            }
        }
    }
}
