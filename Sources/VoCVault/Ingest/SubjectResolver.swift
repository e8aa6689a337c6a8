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
    /// Customers found by tag.
    var subjects: [Key: Int64] = [:]
    /// What is known about each of them.
    var known: [Int64: KnownSubject] = [:]

    /// Looks up what the batch will need, in index order, so that neighbouring tags share pages.
    init(_ records: [PreparedRecord], vault: Vault, reader: StoreReader) throws {
        let layout = vault.layout
        auditSize = try reader.auditHead()?.size ?? 0
        keyVersion = try reader.subjectKeyVersion()
        present = try reader.present(among: records.map(\.uid).sorted())
        if try reader.hasTombstones() { buried = try Self.buried(records, TombstoneTags(vault), reader) }
        var open = Array(records.indices)
        subjects.reserveCapacity(records.count)
        for index in layout.resolution {
            let field = layout.indexes[index].number
            var tags = open.compactMap { records[$0].tag(index) }
            tags.sort()
            tags.removeRepeats()
            for (entry, subject) in try reader.subjects(with: tags.map { IndexEntry(field: field, tag: $0) }) {
                subjects[Key(index: index, tag: entry.tag)] = subject
            }
            // If the first tag identifies a customer, the others need not be looked up.
            open.removeAll { position in
                records[position].tag(index).map { subjects[Key(index: index, tag: $0)] != nil } ?? false
            }
        }
        known = try reader.knownSubjects(Set(subjects.values).sorted())
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
        keyVersion == other.keyVersion && present == other.present && buried == other.buried && subjects == other.subjects && known == other.known
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

/// Decides which customer each record of a batch belongs to.
///
/// By customer id, else phone, else e-mail (the schema's `resolve` order), else as a customer of its own. A record with a new
/// customer id joins a customer found by phone or e-mail only if that customer has no id yet: two people may share a phone, but a
/// person keeps one id.
struct SubjectResolver {
    private typealias Key = Foreseen.Key

    private let layout: RecordLayout
    private let stored: Foreseen
    /// Additions of the previous batch, which the snapshot may lack.
    private let overlay: Additions
    /// Tags of this batch's customers; a new customer is `-1 - (position in new)`.
    private(set) var additions: [Foreseen.Key: Int64] = [:]
    /// New customers, and whether each has an id of the company's.
    private(set) var new: [Bool] = []
    /// Customers who had no id before this batch and have one now.
    private(set) var newlyIdentified: Set<Int64> = []
    /// Tags of the current record that no customer has.
    private var unknown: [Foreseen.Key] = []

    init(layout: RecordLayout, stored: Foreseen, overlay: Additions) {
        (self.layout, self.stored, self.overlay) = (layout, stored, overlay)
    }

    /// The record's customer; negative for a new one.
    mutating func resolve(_ record: PreparedRecord) -> Int64 {
        let identifying = layout.resolution.first
        let hasIdentity = identifying.flatMap(record.tag) != nil
        var subject: Int64?
        // The first customer with a tag keeps it, as in the store. The other tags are added to the customer that was found.
        unknown.removeAll(keepingCapacity: true)
        for index in layout.resolution {
            guard let tag = record.tag(index) else { continue }
            let key = Key(index: index, tag: tag)
            guard let candidate = find(key) else {
                unknown.append(key)
                continue
            }
            guard subject == nil else { continue }
            if index == identifying || !hasIdentity {
                subject = candidate
            } else if !isIdentified(candidate) {
                subject = candidate
                identify(candidate)
            }
        }
        if subject == nil {
            new.append(hasIdentity)
            subject = -Int64(new.count)
        }
        for key in unknown { additions[key] = subject }
        return subject!
    }

    private func find(_ key: Key) -> Int64? { stored.subjects[key] ?? overlay.subjects[key] ?? additions[key] }

    private func isIdentified(_ subject: Int64) -> Bool {
        if subject < 0 { return new[Int(-subject) - 1] }
        return stored.known[subject]?.identified == true || overlay.identified.contains(subject) || newlyIdentified.contains(subject)
    }

    private mutating func identify(_ subject: Int64) {
        if subject < 0 { new[Int(-subject) - 1] = true } else { newlyIdentified.insert(subject) }
    }
}
