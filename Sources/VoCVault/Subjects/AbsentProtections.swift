import AuditLog
import Store

/// Holds and restrictions of customers whom a restored snapshot lacks. They wait for the first record that brings the customer
/// back.
struct AbsentProtections: Sendable {
    /// By the tag of the customer's strongest identifier.
    let facts: [UInt128: [Protection]]
    /// The numbers that the customers had.
    let subjects: Set<Int64>
    /// How many there are, including those of which nothing is known but that they wait.
    let count: Int
    /// What erasures had taken out of records that are not there, by the record's idempotency key.
    fileprivate let mentions: [UInt128: MentionCuts]

    fileprivate init(_ vault: Vault, _ reader: StoreReader) throws {
        let keys = vault.store.keys
        var waiting = try reader.holdsOnNobody(at: vault.clock()).map { try keys.protection(Protection.Kind.hold.rawValue, String($0.id)) }
        let restrictions = try [Protection.Kind.restriction, .consent].flatMap { try keys.protections($0.rawValue) }
        func subject(_ row: ProtectionRow) -> Int64? { row.key.split(separator: " ").first.flatMap { Int64($0) } }
        let present = try reader.knownSubjects(Set(restrictions.compactMap(subject)).sorted())
        // One that was just given to its customer may still have to be forgotten beside the keys.
        waiting += try restrictions.filter { row in
            try subject(row).map { present[$0] == nil } ?? false && !reader.hasPendingProtection(row.kind, row.key)
        }
        var (facts, subjects): ([UInt128: [Protection]], Set<Int64>) = ([:], [])
        for row in waiting.compactMap(\.self) {
            let fact = try vault.open(row)
            if let subject = fact.subject { subjects.insert(subject) }
            if let tag = fact.identifier.flatMap({ UInt128($0, radix: 16) }) { facts[tag, default: []].append(fact) }
        }
        (self.facts, self.subjects, count) = (facts, subjects, waiting.count)
        var mentions: [UInt128: MentionCuts] = [:]
        for row in try keys.protections(Protection.Kind.mention.rawValue) {
            guard case .mention(let record, let hexadecimal, let cuts, _) = try vault.open(row), let uid = UInt128(hexadecimal, radix: 16),
                try reader.sealedRecord(record)?.uid != uid
            else { continue }
            mentions[uid] = cuts
        }
        self.mentions = mentions
    }
}

extension Protection {
    fileprivate var subject: Int64? {
        switch self {
        case .hold(_, let subject, _, _, _, _, _, _), .restriction(let subject, _, _), .consent(let subject, _, _, _, _, _, _): subject
        case .revocation, .usedApproval, .spentBudget, .mention: nil
        }
    }

    fileprivate var identifier: String? {
        switch self {
        case .hold(_, _, _, _, _, _, _, let identifier), .restriction(_, _, let identifier), .consent(_, _, _, _, _, _, let identifier): identifier
        case .revocation, .usedApproval, .spentBudget, .mention: nil
        }
    }
}

extension Vault {
    /// The waiting facts. They are added by a restore, when nobody has the vault open, and by a decision about a log that was
    /// rolled back. A process therefore looks once, and again after such a decision or a change of its own.
    func absentProtections() throws -> AbsentProtections {
        let (known, change) = absent.withLock { ($0.known, $0.change) }
        if let known { return known }
        let found = try findAbsentProtections()
        absent.withLock { if $0.change == change { $0.known = found } }
        return found
    }

    func forgetAbsentProtections() { absent.withLock { $0 = (nil, $0.change + 1) } }

    /// The same, as of now.
    func findAbsentProtections() throws -> AbsentProtections { try store.read { try AbsentProtections(self, $0) } }

    /// Applies waiting facts to the customers whose records were just stored, and adds an entry that says so.
    ///
    /// - Parameter arrivals: the batch's records, each with its number and its customer.
    func reattach(_ arrivals: some Sequence<(record: PreparedRecord, number: Int64, subject: Int64)>, of batch: PreparedBatch, in writer: StoreWriter) throws {
        let absent = try absentProtections()
        let waiting = absent.facts
        guard !waiting.isEmpty || !absent.mentions.isEmpty else { return }
        let tags = try TombstoneTags(self)
        var attached: [Protection.Kind: Int] = [:]
        for (record, number, subject) in arrivals {
            if let cuts = absent.mentions[record.uid], try attach(cuts, toRecord: number, in: writer) { attached[.mention, default: 0] += 1 }
            guard !waiting.isEmpty else { continue }
            for field in layout.resolvingFields {
                guard let value = batch.value(of: field, in: record) else { continue }
                for handle in Set(policy.readers(of: field).flatMap({ $0.handles(value) })) {
                    for fact in waiting[try tags.identifier(field.name, handle)] ?? [] where try attach(fact, to: subject, in: writer) {
                        attached[fact.kind, default: 0] += 1
                    }
                }
            }
        }
        guard !attached.isEmpty else { return }
        let entry = AuditEntry(
            ofVault: .vault(.replay), rule: "protections of customers who came back after a restore", rows: Int64(attached.values.reduce(0, +)),
            detail: Dictionary(uniqueKeysWithValues: attached.map { ($0.key.detail, String($0.value)) }))
        try trail.append([entry], to: writer, now: clock())
        writer.afterCommit { [self] in forgetAbsentProtections() }
    }

    /// What its source says by now may be something else, which nobody was taken out of.
    private func attach(_ cuts: MentionCuts, toRecord number: Int64, in writer: StoreWriter) throws -> Bool {
        guard let stored = try writer.reader.sealedRecord(number) else { return false }
        try protect(cuts, outOf: stored, in: writer)
        return try cutAgain(stored, cuts, withholdingUnknown: false, in: writer)
    }

    /// - Returns: false if another process did it first.
    private func attach(_ fact: Protection, to subject: Int64, in writer: StoreWriter) throws -> Bool {
        let reader = writer.reader
        switch fact {
        case .hold(let id, _, _, _, _, _, _, _):
            guard var row = try reader.holds().first(where: { $0.id == id }), try reader.subject(row.subject) == nil else { return false }
            row.ground = try CustomerNotes(self).moved(row.ground, to: subject, at: .hold(setAt: row.setAt))
            row.subject = subject
            try writer.setHold(row)
            try protect(row, in: writer)
        case .restriction(let former, let ground, _):
            let isWaiting = try store.keys.protection(fact.kind.rawValue, fact.key) != nil && !reader.hasPendingProtection(fact.kind.rawValue, fact.key)
            guard isWaiting, try reader.subject(subject)?.restriction == nil else { return false }
            let ground = try CustomerNotes(self).moved(ground, to: subject, at: .restriction)
            _ = try writer.setRestriction(ground, on: subject)
            try unprotect(.restriction, String(former), in: writer)
            try protectRestriction(of: subject, ground: ground, in: writer)
        case .consent(let former, let purpose, let decision, let at, let recordedAt, let note, _):
            let isWaiting = try store.keys.protection(fact.kind.rawValue, fact.key) != nil && !reader.hasPendingProtection(fact.kind.rawValue, fact.key)
            guard isWaiting, let decision = ConsentDecision(rawValue: decision) else { return false }
            let moved = try CustomerNotes(self).moved(note, to: subject, at: .consent(purpose: purpose, recordedAt: recordedAt))
            try unprotect(.consent, Protection.consentKey(former, purpose), in: writer)
            _ = try enter(ConsentEvent(subject: subject, purpose: purpose, decision: decision, at: at, recordedAt: recordedAt, note: moved), in: writer)
        case .revocation, .usedApproval, .spentBudget, .mention: return false
        }
        return true
    }
}
