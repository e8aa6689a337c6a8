import Store

/// What a snapshot of the store says about a batch.
struct Foreseen: Sendable {
    struct Key: Hashable, Sendable {
        /// Position in the layout's indexes.
        var index: Int
        var tag: UInt128

        /// Tags are uniform, so half of one is a sufficient hash.
        func hash(into hasher: inout Hasher) { hasher.combine(UInt64(truncatingIfNeeded: tag)) }
    }

    /// Size of the audit log in the snapshot; every change of the store adds to it.
    var auditSize: Int64
    /// The version of customers' keys that are made now.
    var keyVersion: Int
    /// Records that exist.
    var present: Set<UInt128> = []
    /// Lines of records that were erased or purged before: they are not taken in again.
    var buried: Set<Int> = []
    /// The first customer found by each tag, and further ones who have it too.
    var subjects: [Key: Int64] = [:]
    var others: [Key: [Int64]] = [:]
    /// What is known about each of them.
    var known: [Int64: KnownSubject] = [:]
    /// By line, who has the record's number and had no record near it in time: see ``RecordLayout/isRecycled(_:)``.
    var distant: [Int: Set<Int64>] = [:]
    /// So many customers of one handle are told apart.
    private static let sharers = 100

    /// Looks up what the batch will need, in index order, so that neighbouring tags share pages.
    init(_ records: [PreparedRecord], vault: Vault, reader: StoreReader) throws {
        let layout = vault.layout
        auditSize = try reader.auditHead()?.size ?? 0
        keyVersion = try reader.subjectKeyVersion()
        present = try reader.present(among: records.map(\.uid).sorted())
        if try reader.hasTombstones() { buried = try Self.buried(records, TombstoneTags(vault), reader) }
        // The customer whom a record's tags so far point to.
        var found = [Int64?](repeating: nil, count: records.count)
        subjects.reserveCapacity(records.count)
        for index in layout.resolution {
            let field = layout.indexes[index].number
            var tags: [UInt128] = []
            for position in records.indices {
                for tag in records[position].tags where tag.index == index {
                    // What is noted with the customer already leads to nobody new.
                    if let subject = found[position], known[subject]?.entries.contains(IndexEntry(field: field, tag: tag.tag)) == true { continue }
                    tags.append(tag.tag)
                }
            }
            tags.sort()
            tags.removeRepeats()
            let (first, more) = try reader.subjects(with: tags.map { IndexEntry(field: field, tag: $0) }, limit: Self.sharers)
            for (entry, subject) in first { subjects[Key(index: index, tag: entry.tag)] = subject }
            for (entry, subjects) in more { others[Key(index: index, tag: entry.tag)] = subjects }
            let new = Set(first.values).union(more.values.joined()).filter { known[$0] == nil }
            known.merge(try reader.knownSubjects(new.sorted())) { old, _ in old }
            for position in records.indices where found[position] == nil {
                found[position] = records[position].tag(index).flatMap { subjects[Key(index: index, tag: $0)] }
            }
            if layout.isRecycled(index) { try noteDistant(records, at: index, identity: layout.resolution[0], gap: vault.policy.linkGap, reader) }
        }
    }

    /// Whom a number may have belonged to before it was given to somebody else; for records whose id says already whose they are, nobody.
    private mutating func noteDistant(_ records: [PreparedRecord], at index: Int, identity: Int, gap: Int64, _ reader: StoreReader) throws {
        let hasPersons = try reader.hasPersons()
        for record in records where !(record.tag(identity).map { subjects[Key(index: identity, tag: $0)] != nil } ?? false) {
            for tag in record.tags where tag.index == index {
                let key = Key(index: index, tag: tag.tag)
                for customer in [subjects[key]].compactMap(\.self) + (others[key] ?? []) {
                    let person = try hasPersons ? reader.members(of: customer) : [customer]
                    if try person.contains(where: { try reader.hasRecord(of: $0, near: record.occurredAt, within: gap) }) { continue }
                    distant[record.line, default: []].insert(customer)
                }
            }
        }
    }

    /// Whether a record was itself erased, or is older than the erasure of the customer whose identifier it has.
    private static func buried(_ records: [PreparedRecord], _ tags: TombstoneTags, _ reader: StoreReader) throws -> Set<Int> {
        let own = try records.map { try tags.record($0.uid) }
        let stones = try reader.tombstones(among: (own + records.flatMap(\.identifiers)).sorted())
        guard !stones.isEmpty else { return [] }
        return Set(
            zip(own, records).filter { tag, record in
                stones[tag] != nil || record.identifiers.contains { stones[$0].map { record.occurredAt < $0 } ?? false }
            }.map(\.1.line))
    }

    /// Whether a batch that was resolved against `other` would be resolved in the same way against this one.
    func agrees(with other: Foreseen) -> Bool {
        keyVersion == other.keyVersion && present == other.present && buried == other.buried && subjects == other.subjects && others == other.others && known == other.known
            && distant == other.distant
    }
}

extension [UInt128] {
    /// Removes repetitions from a sorted list.
    fileprivate mutating func removeRepeats() {
        var kept = 0
        for index in indices where index == 0 || self[index] != self[kept - 1] {
            self[kept] = self[index]
            kept += 1
        }
        removeLast(count - kept)
    }
}

extension PreparedRecord {
    /// The record's tag at a position of the layout's indexes.
    func tag(_ index: Int) -> UInt128? {
        for entry in tags where entry.index == index { return entry.tag }
        return nil
    }
}
