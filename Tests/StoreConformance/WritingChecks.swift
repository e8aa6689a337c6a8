import Foundation
import Store
import Synchronization
import Testing

extension StoreCheck {
    static let writing = [lifecycle, checkedDirectly, rollback, groupCommit, subjectNumbers, holdNumbers, bulkRows, bulkRowsFail]

    private static let lifecycle = StoreCheck("a vault is created once and opens again with its id") { place in
        _ = try place.create()
        #expect(throws: (any Error).self) { try place.create() }
        #expect(try place.open().vaultID == 7)
    }

    private static let checkedDirectly = StoreCheck("what looks at the log is called as directly after many writes as after the first, and so are checks of connections") { place in
        let store = try place.create()
        let place = Mutex(0)
        store.watchLog(
            { _ in
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

    private static let rollback = StoreCheck("a transaction that throws leaves nothing behind") { place in
        let store = try place.create()
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try store.write { writer in
                try writer.insertRecords([NewRecord(number: 1)], columns: [])
                throw Stop()
            }
        }
        #expect(try store.read { try $0.recordCount() } == 0)
    }

    private static let groupCommit = StoreCheck("writers that wait together share a transaction, and one that throws is undone alone") { place in
        struct Refused: Error {}
        let store = try place.create()
        let outcomes = Mutex<[Int64: Bool]>([:])
        store.writeTogether(64) { index, writer in
            let number = Int64(index) + 1
            try writer.insertRecords([NewRecord(number: number)], columns: [])
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
        let reopened = try place.open()
        try reopened.read { reader in
            let present = try reader.present(among: (1...64).map { UInt128($0) })
            for number in 1...64 { #expect(present.contains(UInt128(number)) == (number % 5 != 0)) }
            #expect(try reader.recordCount() == 52)
        }
    }

    private static let subjectNumbers = StoreCheck("subject numbers are never given out twice, not even after erasure") { place in
        let store = try place.create()
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

    private static let holdNumbers = StoreCheck("a hold that comes back has its number, and later ones get higher ones; so do requests for approval") { place in
        let store = try place.create()
        func hold(_ id: Int64 = 0) -> HoldRow { HoldRow(id: id, subject: 1, ground: SealedNote("g"), setBy: "p", setAt: 1) }
        try store.write { try $0.setHold(hold(5)) }
        #expect(try store.write { try $0.addHold(hold()) } == 6)
        try store.write { try $0.setHold(hold(2)) }
        #expect(try store.write { try $0.addHold(hold()) } == 7)
        #expect(try store.read { try $0.holds().map(\.id) } == [2, 5, 6, 7])
        try store.write { try $0.skipApprovals(through: 9) }
        let request = ApprovalRow(principal: "p", role: "r", purpose: "q", record: 1, field: "f", reason: SealedNote("w"), askedAt: 1, expiresAt: 2, state: .pending)
        #expect(try store.write { try $0.addApproval(request) } == 10)
    }

    private static let bulkRows = StoreCheck("rows of every kind and size come back as they went in, however many go with one statement") { place in
        let store = try place.create()
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
                var new = NewRecord(number: number, body: body(number))
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

    private static let bulkRowsFail = StoreCheck("when one of many rows cannot be stored, none is") { place in
        let store = try place.create()
        let subjects = (Array(1...700) + [5]).map { (subject: Int64($0), identified: true, entries: [IndexEntry]()) }
        #expect(throws: (any Error).self) { try store.write { try $0.insertSubjects(subjects, at: 1) } }
        #expect(try store.read { try $0.knownSubjects(Array(1...700)) }.isEmpty)
        try store.write { try $0.insertSubjects(subjects.dropLast(), at: 1) }
        #expect(try store.read { try $0.knownSubjects(Array(0...701)) }.count == 700)
    }
}
