import Storage

/// What the store said about a batch before its turn to be written came: looked up on a snapshot,
/// beside the writer's work on the batch before.
struct Foreseen: Sendable {
    struct Key: Hashable, Sendable {
        var index: Int
        var tag: UInt128
    }

    /// Size of the audit log in the snapshot: every change of the store adds to it.
    var auditSize: Int64
    /// Records that were there.
    var present: Set<UInt128> = []
    /// Customers that were found by tag, and whether each has an id of the company's own.
    var subjects: [Key: (subject: Int64, identified: Bool)] = [:]

    /// Looks up what the batch will need.
    init(_ records: [PreparedRecord], layout: RecordLayout, reader: StoreReader) throws {
        auditSize = try reader.auditHead()?.size ?? 0
        // In the order of the index, so that neighbours share pages.
        let exists = try reader.recordFinder()
        for uid in records.map(\.uid).sorted() where try exists(uid) { present.insert(uid) }
        let finder = try reader.subjectFinder()
        for index in layout.resolution {
            let tags = Set(records.compactMap { record in record.tags.first { $0.index == index }?.tag })
            for tag in tags.sorted() {
                guard let subject = try finder.subject(field: layout.indexes[index].number, tag: tag) else { continue }
                subjects[Key(index: index, tag: tag)] = (subject, try finder.isIdentified(subject))
            }
        }
    }
}

/// Decides, inside the write transaction, which customer each record of a batch belongs to.
///
/// By customer id, else phone, else e-mail (the schema's `resolve` order), else a customer of its
/// own. A record whose customer id is new joins a customer found by phone or e-mail only when that
/// customer has no id yet: two people may share a phone, one person keeps an id.
struct SubjectResolver {
    private typealias Key = Foreseen.Key

    private let layout: RecordLayout
    /// What is in the store.
    private let stored: Foreseen
    /// Customers found or made since, by tag: in this batch and in those that the snapshot of
    /// `stored` did not have yet.
    private var recent: [Key: Int64]
    private var recentlyIdentified: Set<Int64>
    /// New customers of this batch, and whether each has an id of the company's own.
    private(set) var new: [Bool] = []
    /// Customers who had no id before this batch and have one now.
    private(set) var newlyIdentified: Set<Int64> = []

    /// - Parameter overlay: what own batches have added since the snapshot.
    init(layout: RecordLayout, stored: Foreseen, overlay: IngestOverlay) {
        (self.layout, self.stored) = (layout, stored)
        (recent, recentlyIdentified) = (overlay.subjects, overlay.identified)
    }

    /// The record's customer; a new one is `-1 - (position in new)`.
    mutating func resolve(_ record: PreparedRecord) -> Int64 {
        let identifying = layout.resolution.first
        let hasIdentity = record.tags.contains { $0.index == identifying }
        var subject: Int64?
        for index in layout.resolution {
            guard let tag = record.tags.first(where: { $0.index == index })?.tag,
                let (candidate, known) = find(Key(index: index, tag: tag))
            else { continue }
            if index == identifying || !hasIdentity {
                subject = candidate
                break
            }
            if !isIdentified(candidate, known) {
                subject = candidate
                identify(candidate)
                break
            }
        }
        if subject == nil {
            new.append(hasIdentity)
            subject = -Int64(new.count)
        }
        for index in layout.resolution {
            guard let tag = record.tags.first(where: { $0.index == index })?.tag else { continue }
            let key = Key(index: index, tag: tag)
            // The first customer with a tag keeps it within the batch, as in the store.
            if find(key) == nil { recent[key] = subject }
        }
        return subject!
    }

    private func find(_ key: Key) -> (subject: Int64, identified: Bool)? {
        stored.subjects[key] ?? recent[key].map { ($0, false) }
    }

    private func isIdentified(_ subject: Int64, _ known: Bool) -> Bool {
        if subject < 0 { return new[Int(-subject) - 1] }
        return known || recentlyIdentified.contains(subject) || newlyIdentified.contains(subject)
    }

    private mutating func identify(_ subject: Int64) {
        if subject < 0 { new[Int(-subject) - 1] = true } else { newlyIdentified.insert(subject) }
    }
}

/// What batches of this run have added to the store after the snapshot of the next one was taken.
struct IngestOverlay {
    /// Size of the audit log after the last of them.
    var auditSize: Int64 = -1
    var records: Set<UInt128> = []
    var subjects: [Foreseen.Key: Int64] = [:]
    var identified: Set<Int64> = []
}
