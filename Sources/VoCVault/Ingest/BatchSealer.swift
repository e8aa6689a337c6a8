import Foundation
import Sealing
import Store

/// A batch ready to be stored.
struct SealedBatch: Sendable {
    struct Record: Sendable {
        /// Position among the prepared records.
        var index: Int
        var subject: Int64
        /// Version of the customer's key that seals it.
        var keyVersion: Int
        /// The place of its body among the part's bodies.
        var part: Int
        var body: Range<Int>
        /// The place of its codes, likewise.
        var codes: Range<Int>
    }

    var records: [Record] = []
    /// Sealed bodies by part, one part for each worker.
    var bodies: [PooledBytes] = []
    /// Lines of records that the vault already had.
    var duplicates: [Int] = []
    /// Positions of those among the prepared records.
    var again: [Int] = []
    /// What became of them.
    var fate = ComeAgain()
    /// How many decisions of customers were new.
    var decisions = 0
    /// Lines of records that were erased or purged before.
    var erasedBefore: [Int] = []
    var newSubjects: [(subject: Int64, identified: Bool)] = []
    var newlyIdentified: Set<Int64> = []
    /// Customers who may be one person with another.
    var links: [LinkWish] = []
    /// Its additions to the store, for the batch that is sealed before this one is stored.
    var additions = Additions()
    /// The snapshot that it was resolved against.
    var foreseen: Foreseen
    /// Whether a customer was erased since that snapshot, so that it must be sealed again in the transaction that stores it.
    var isStale = false
}

/// Additions of a batch that the next one needs to know.
struct Additions: Sendable {
    var records: Set<UInt128> = []
    var subjects: [Foreseen.Key: [Int64]] = [:]
    /// See ``PreparedRecord/marks``.
    var marks: [Int64: [IndexEntry]] = [:]
    /// Customers who have had an id of the company's since.
    var identified: Set<Int64> = []
    /// When what came of customers with telephone numbers occurred, from the first to the last.
    var times: [Int64: ClosedRange<Int64>] = [:]
}

/// Finds each record's customer, makes keys for new customers, and seals.
///
/// Keys of new customers are durable in the key store before anything is sealed under them. If the batch is not stored after all,
/// ``MadeKeys`` has them removed. One worker's state.
final class BatchSealer {
    private let vault: Vault
    private let made: MadeKeys
    /// A key with its version.
    private struct Key: Sendable {
        var held: HeldKey
        var version: Int
    }

    /// Keys of recently seen customers, all of one version: others will soon be followed by newer ones.
    private var recent: [Int64: Key] = [:]
    private var version = 0
    private let pool = BufferPool()
    private static let recentLimit = 12_288
    /// Customers whose keys were made earlier for this batch and are in the key store.
    private let again: [Int64]

    /// - Parameter again: new customers of the same batch when it was sealed before, with keys of the present version.
    init(vault: Vault, made: MadeKeys, again: [Int64] = []) { (self.vault, self.made, self.again) = (vault, made, again) }

    /// - Parameter foreseen: looked up in a separate read transaction, because one that lasted while the batch is sealed would
    ///   keep the write-ahead log from being emptied.
    func seal(_ prepared: PreparedBatch, foreseen: Foreseen, overlay: Additions) throws -> SealedBatch {
        var resolver = SubjectResolver(layout: vault.layout, gap: vault.policy.linkGap, stored: foreseen, overlay: overlay)
        var batch = SealedBatch(foreseen: foreseen)
        batch.additions.records.reserveCapacity(prepared.records.count)
        var fresh: [(index: Int, subject: Int64)] = []
        fresh.reserveCapacity(prepared.records.count)
        for (index, record) in prepared.records.enumerated() {
            if foreseen.buried.contains(record.line) {
                batch.erasedBefore.append(record.line)
            } else if foreseen.present.contains(record.uid) || overlay.records.contains(record.uid)
                || !batch.additions.records.insert(record.uid).inserted
            {
                batch.duplicates.append(record.line)
                batch.again.append(index)
            } else {
                fresh.append((index, resolver.resolve(record)))
            }
        }
        if version != foreseen.keyVersion {
            recent.removeAll()
            version = foreseen.keyVersion
        }
        let numbers = try makeKeys(count: resolver.new.count)
        for position in fresh.indices where fresh[position].subject < 0 {
            fresh[position].subject = numbers[Int(-fresh[position].subject) - 1]
        }
        guard let keys = try keys(of: fresh.map(\.subject)) else {
            var stale = SealedBatch(foreseen: foreseen)
            stale.isStale = true
            return stale
        }
        let parts = try seal(fresh, of: prepared, keys: keys)
        batch.records = parts.flatMap(\.records)
        batch.bodies = parts.map(\.bodies)
        batch.newSubjects = zip(numbers, resolver.new).map { ($0, $1) }
        batch.newlyIdentified = resolver.newlyIdentified
        batch.additions.identified = resolver.newlyIdentified.union(batch.newSubjects.filter(\.identified).map(\.subject))
        func number(_ subject: Int64) -> Int64 { subject < 0 ? numbers[Int(-subject) - 1] : subject }
        batch.additions.subjects = resolver.additions.mapValues { $0.map(number) }
        batch.additions.marks = Dictionary(uniqueKeysWithValues: resolver.marks.map { (number($0.key), $0.value) })
        batch.additions.times = Dictionary(uniqueKeysWithValues: resolver.times.map { (number($0.key), $0.value) })
        batch.links = resolver.links.map { link in
            var link = link
            (link.subject, link.other) = (number(link.subject), number(link.other))
            return link
        }
        return batch
    }

    private func makeKeys(count: Int) throws -> [Int64] {
        let maker = SubjectKeys(keyring: vault.keyring, vaultID: vault.store.vaultID)
        if recent.count + count > Self.recentLimit { recent.removeAll(keepingCapacity: true) }
        let numbers = try Array(again.prefix(count)) + vault.store.keys.addSubjectKeys(count: max(0, count - again.count)) { subject, version in
            let (key, wrapped) = try maker.make(for: subject, version: version)
            recent[subject] = Key(held: key, version: version)
            return wrapped
        }
        made.add(numbers)
        return numbers
    }

    /// Customers' keys; nil if one of them is gone.
    private func keys(of subjects: [Int64]) throws -> [Int64: Key]? {
        let missing = Set(subjects.filter { recent[$0] == nil })
        guard !missing.isEmpty else { return recent }
        let opener = SubjectKeys(keyring: vault.keyring, vaultID: vault.store.vaultID)
        let wrapped = try vault.store.keys.subjectKeys(missing.sorted())
        var others: [Int64: Key] = [:]
        for subject in missing {
            guard let key = wrapped[subject] else { return nil }
            let opened = Key(held: try opener.unwrap(key, of: subject), version: key.version)
            if key.version == version { recent[subject] = opened } else { others[subject] = opened }
        }
        return others.isEmpty ? recent : recent.merging(others) { current, _ in current }
    }

    private func seal(
        _ fresh: [(index: Int, subject: Int64)], of prepared: PreparedBatch, keys: [Int64: Key]
    ) throws -> [(records: [SealedBatch.Record], bodies: PooledBytes)] {
        let parts = pieces(of: fresh.count, fresh.count < 64 ? 1 : ProcessInfo.processInfo.activeProcessorCount)
        let (vaultID, suite, pool) = (vault.store.vaultID, vault.keyring.suite, pool)
        return try inParallel(parts.count) { part in
            let sealer = try RecordSealer(vaultID: vaultID, suite: suite)
            var bodies = pool.take(capacity: prepared.plaintexts.reduce(0) { $0 + $1.bytes.count } / parts.count + parts[part].count * 160)
            let records = try fresh[parts[part]].map { index, subject in
                let record = prepared.records[index]
                let start = bodies.count
                let plaintext = prepared.plaintexts[record.part].bytes
                let key = keys[subject]!
                try sealer.seal(
                    plaintext.span, record.compartments, key: key.held.secret,
                    subject: subject, record: record.uid, to: &bodies)
                let end = bodies.count
                try sealer.seal(record.codes, subject: subject, record: record.uid, to: &bodies)
                return SealedBatch.Record(index: index, subject: subject, keyVersion: key.version, part: part, body: start..<end, codes: end..<bodies.count)
            }
            return (records, PooledBytes(bodies, pool: pool))
        }
    }
}
