import Policy
import Store

/// Decides which customer each record of a batch belongs to.
///
/// By customer id, else by the other handles in the order of the schema's `resolve`, else as a customer of its own. Whoever has a handle but another
/// name, or another id, is somebody else: two people may share a phone, but a person keeps one id. So is, unless the name is the same, who comes with a
/// telephone number that nothing has come with for longer than the schema's `links: gap_days`: numbers are given to others. What may be the same
/// person all the same is noted in ``links``.
struct SubjectResolver {
    private typealias Key = Foreseen.Key

    private let layout: RecordLayout
    /// In milliseconds.
    private let gap: Int64
    private let stored: Foreseen
    /// Additions of the previous batch, which the snapshot may lack.
    private let overlay: Additions
    /// Tags of this batch's customers; a new customer is `-1 - (position in new)`.
    private(set) var additions: [Foreseen.Key: [Int64]] = [:]
    /// Marks of this batch's customers.
    private(set) var marks: [Int64: [IndexEntry]] = [:]
    /// When what this batch has of customers with telephone numbers occurred.
    private(set) var times: [Int64: ClosedRange<Int64>] = [:]
    /// New customers, and whether each has an id of the company's.
    private(set) var new: [Bool] = []
    /// Customers who had no id before this batch and have one now.
    private(set) var newlyIdentified: Set<Int64> = []
    /// Customers who share a handle that one person has.
    private(set) var links: [LinkWish] = []
    private var wished: Set<LinkWish.Pair> = []
    private static let mostSharers = 3

    /// - Parameter gap: see ``Policy/PolicySet/linkGap``.
    init(layout: RecordLayout, gap: Int64, stored: Foreseen, overlay: Additions) {
        (self.layout, self.gap, self.stored, self.overlay) = (layout, gap, stored, overlay)
    }

    /// The record's customer; negative for a new one.
    mutating func resolve(_ record: PreparedRecord) -> Int64 {
        let identifying = layout.resolution.first
        let hasIdentity = identifying.flatMap(record.tag) != nil
        var subject: Int64?
        for index in layout.resolution where subject == nil {
            for tag in record.tags where tag.index == index && subject == nil {
                subject = candidate(for: tag, of: record, isIdentity: index == identifying, hasIdentity: hasIdentity)
            }
        }
        if let subject {
            if hasIdentity, !isIdentified(subject) { identify(subject) }
        } else {
            new.append(hasIdentity)
            subject = -Int64(new.count)
        }
        note(record, of: subject!)
        return subject!
    }

    /// The customer of a tag who can be the record's: who goes by the same name, else the first. Where several go by names and the record by none, it may
    /// be anybody's.
    private func candidate(for tag: PreparedRecord.Tag, of record: PreparedRecord, isIdentity: Bool, hasIdentity: Bool) -> Int64? {
        var (same, possible, unmarked): (Int64?, [Int64], Int64?) = (nil, [], nil)
        forEachCustomer(of: Key(index: tag.index, tag: tag.tag)) { candidate in
            if !isIdentity, hasIdentity && isIdentified(candidate) { return true }
            switch isIdentity ? .agrees : standing(of: candidate, record, at: tag) {
            case .differs: return true
            case .agrees: same = candidate
            case .open(let isMarked):
                if layout.isRecycled(tag.index), isDistant(candidate, record) { return true }
                possible.append(candidate)
                if !isMarked, unmarked == nil { unmarked = candidate }
            }
            return same == nil
        }
        if let same { return same }
        return possible.count > 1 && !HandleMark.say(record.marks) ? unmarked : possible.first
    }

    /// Notes whose handles the record's are, and who else has them.
    private mutating func note(_ record: PreparedRecord, of subject: Int64) {
        if !record.marks.isEmpty { marks[subject, default: []] += record.marks.filter { !(marks[subject] ?? []).contains($0) } }
        for tag in record.tags where layout.indexes[tag.index].resolveOrder != nil {
            if layout.isRecycled(tag.index) { times[subject] = times[subject].map { $0.including(record.occurredAt) } ?? record.occurredAt...record.occurredAt }
            let key = Key(index: tag.index, tag: tag.tag)
            let isUnique = layout.fields[layout.indexes[tag.index].field].link != nil && !tag.isPlace
            var (isKnown, sharers): (Bool, [Int64]) = (false, [])
            forEachCustomer(of: key) { other in
                if other == subject { isKnown = true } else if isUnique { sharers.append(other) }
                return isUnique || !isKnown
            }
            if !isKnown { additions[key, default: []].append(subject) }
            // What so many have is no one person's, whatever the schema says.
            for other in sharers.count <= Self.mostSharers ? sharers : [] {
                guard wished.insert(LinkWish.Pair(subject, other)).inserted else { continue }
                links.append(LinkWish(subject: subject, other: other, index: tag.index, isNamedOtherwise: isDoubtful(record, other, at: tag, among: sharers.count)))
            }
        }
    }

    private func forEachCustomer(of key: Foreseen.Key, _ body: (Int64) -> Bool) {
        if let first = stored.subjects[key] {
            guard body(first) else { return }
            for other in stored.others[key] ?? [] { guard body(other) else { return } }
        }
        for other in overlay.subjects[key] ?? [] { guard body(other) else { return } }
        for other in additions[key] ?? [] { guard body(other) else { return } }
    }

    /// Whether nothing came of a customer for so long before or after a record that the number may have been given to somebody else.
    private func isDistant(_ customer: Int64, _ record: PreparedRecord) -> Bool {
        for known in [times[customer], overlay.times[customer]] {
            if let known, (known.lowerBound - gap...known.upperBound + gap).contains(record.occurredAt) { return false }
        }
        return stored.known[customer] == nil || stored.distant[record.line]?.contains(customer) == true
    }

    /// Whether names speak against a record's customer being another one with the same handle, or nothing says which of several.
    private func isDoubtful(_ record: PreparedRecord, _ customer: Int64, at tag: PreparedRecord.Tag, among count: Int) -> Bool {
        switch standing(of: customer, record, at: tag) {
        case .differs: true
        case .agrees: false
        case .open: count > 1 && !HandleMark.say(record.marks)
        }
    }

    /// What a record says of its customer beside what is known of one with the same handle.
    private func standing(of customer: Int64, _ record: PreparedRecord, at tag: PreparedRecord.Tag) -> HandleMark.Standing {
        let field = layout.indexes[tag.index].number
        // Whatever of the three has marks of the same kind decides; a customer's are seldom in more than one.
        let known = (stored.known[customer]?.entries ?? []) + (overlay.marks[customer] ?? []) + (marks[customer] ?? [])
        return HandleMark.standing(record.marks, known, at: tag.tag, field: field)
    }

    private func isIdentified(_ subject: Int64) -> Bool {
        if subject < 0 { return new[Int(-subject) - 1] }
        return stored.known[subject]?.identified == true || overlay.identified.contains(subject) || newlyIdentified.contains(subject)
    }

    private mutating func identify(_ subject: Int64) {
        if subject < 0 { new[Int(-subject) - 1] = true } else { newlyIdentified.insert(subject) }
    }
}

extension ClosedRange<Int64> {
    fileprivate func including(_ value: Int64) -> ClosedRange { Swift.min(lowerBound, value)...Swift.max(upperBound, value) }
}

/// That two customers have the same handle, which by the schema one person has.
struct LinkWish: Sendable {
    struct Pair: Hashable {
        var one, other: Int64

        init(_ one: Int64, _ other: Int64) { (self.one, self.other) = (min(one, other), max(one, other)) }
    }

    var subject: Int64
    var other: Int64
    /// Position of the handle's index in the layout.
    var index: Int
    /// Whether they have different names, or extensions.
    var isNamedOtherwise: Bool
}
