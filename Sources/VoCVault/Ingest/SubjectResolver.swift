import Storage

/// Decides, inside the write transaction, which customer each record of a batch belongs to.
///
/// By customer id, else phone, else e-mail (the schema's `resolve` order), else a customer of its
/// own. A record whose customer id is new joins a customer found by phone or e-mail only when that
/// customer has no id yet: two people may share a phone, one person keeps an id.
struct SubjectResolver {
    private struct Key: Hashable {
        var index: Int
        var tag: UInt128
    }

    private let layout: RecordLayout
    private let finder: SubjectFinder
    /// Customers found or made in this batch; new ones are negative until they have their number.
    private var inBatch: [Key: Int64] = [:]
    /// New customers, and whether each has an id of the company's.
    private(set) var new: [Bool] = []
    /// Customers who had no id before this batch and have one now.
    private(set) var newlyIdentified: Set<Int64> = []

    init(layout: RecordLayout, reader: StoreReader) throws {
        self.layout = layout
        finder = try reader.subjectFinder()
    }

    /// The record's customer; a new one is `-1 - (position in new)`.
    mutating func resolve(_ record: PreparedRecord) throws -> Int64 {
        let identifying = layout.resolution.first
        let hasIdentity = record.tags.contains { $0.index == identifying }
        var subject: Int64?
        for index in layout.resolution {
            guard let tag = record.tags.first(where: { $0.index == index })?.tag,
                let candidate = try find(Key(index: index, tag: tag))
            else { continue }
            if index == identifying || !hasIdentity {
                subject = candidate
                break
            }
            if try !isIdentified(candidate) {
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
            if inBatch[key] == nil { inBatch[key] = subject }
        }
        return subject!
    }

    private func find(_ key: Key) throws -> Int64? {
        if let subject = inBatch[key] { return subject }
        return try finder.subject(field: layout.indexes[key.index].number, tag: key.tag)
    }

    private func isIdentified(_ subject: Int64) throws -> Bool {
        if subject < 0 { return new[Int(-subject) - 1] }
        return try newlyIdentified.contains(subject) || finder.isIdentified(subject)
    }

    private mutating func identify(_ subject: Int64) {
        if subject < 0 { new[Int(-subject) - 1] = true } else { newlyIdentified.insert(subject) }
    }
}
