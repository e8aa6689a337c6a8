import AuditLog
import Policy
import Store

/// A fact that protects people and that restoring an older snapshot must not undo.
enum Protection: Codable, Equatable {
    /// A revoked token.
    case revocation(token: String, at: Int64)
    ///
    /// - Parameter identifier: the customer's strongest identifier, from ``TombstoneTags``: a restored snapshot may lack the
    ///   customer.
    case hold(id: Int64, subject: Int64, ground: SealedNote, setBy: String, setAt: Int64, endsAt: Int64?, releasedAt: Int64?, identifier: String?)
    case restriction(subject: Int64, ground: SealedNote, identifier: String?)
    /// A customer's last decision about a purpose, if it takes the customer's data out of use.
    case consent(
        subject: Int64, purpose: String, decision: Int64, at: Int64, recordedAt: Int64, note: SealedNote, identifier: String?)
    /// A second principal's approval that was used.
    case usedApproval(id: Int64, principal: String, askedAt: Int64)
    /// Thousandths of epsilon.
    case spentBudget(principal: String, purpose: String, period: Int64, spent: Int)
    /// What erasures have taken out of the record of somebody else.
    ///
    /// - Parameters:
    ///   - uid: the record's, in hexadecimal; its number may become another's.
    ///   - endsAt: when no snapshot has the record as it was.
    case mention(record: Int64, uid: String, cuts: MentionCuts, endsAt: Int64)

    init(_ hold: HoldRow, identifier: String?) {
        self = .hold(
            id: hold.id, subject: hold.subject, ground: hold.ground, setBy: hold.setBy, setAt: hold.setAt, endsAt: hold.endsAt, releasedAt: hold.releasedAt,
            identifier: identifier)
    }

    init(_ event: ConsentEvent, identifier: String?) {
        self = .consent(
            subject: event.subject, purpose: event.purpose, decision: event.decision.rawValue, at: event.at, recordedAt: event.recordedAt, note: event.note,
            identifier: identifier)
    }

    static func consentKey(_ subject: Int64, _ purpose: String) -> String { "\(subject) \(purpose)" }

    /// The same with the strongest identifier of the customer whom it is about.
    func of(_ identifier: String?) -> Protection {
        switch self {
        case .hold(let id, let subject, let ground, let setBy, let setAt, let endsAt, let releasedAt, _):
            .hold(id: id, subject: subject, ground: ground, setBy: setBy, setAt: setAt, endsAt: endsAt, releasedAt: releasedAt, identifier: identifier)
        case .restriction(let subject, let ground, _): .restriction(subject: subject, ground: ground, identifier: identifier)
        case .consent(let subject, let purpose, let decision, let at, let recordedAt, let note, _):
            .consent(subject: subject, purpose: purpose, decision: decision, at: at, recordedAt: recordedAt, note: note, identifier: identifier)
        case .revocation, .usedApproval, .spentBudget, .mention: self
        }
    }

    enum Kind: String {
        case revocation, hold, restriction, consent, approval, budget, mention

        /// Its name in the entry of a replay.
        var detail: AuditDetail {
            switch self {
            case .revocation: .revocation
            case .hold: .hold
            case .restriction: .restriction
            case .consent: .consents
            case .approval: .approval
            case .budget: .budget
            case .mention: .mentions
            }
        }
    }

    var kind: Kind {
        switch self {
        case .revocation: .revocation
        case .hold: .hold
        case .restriction: .restriction
        case .consent: .consent
        case .usedApproval: .approval
        case .spentBudget: .budget
        case .mention: .mention
        }
    }

    var key: String {
        switch self {
        case .revocation(let token, _): token
        case .hold(let id, _, _, _, _, _, _, _): String(id)
        case .restriction(let subject, _, _): String(subject)
        case .consent(let subject, let purpose, _, _, _, _, _): Self.consentKey(subject, purpose)
        case .usedApproval(let id, _, _): String(id)
        case .spentBudget(let principal, let purpose, let period, _): "\(principal) \(purpose) \(period)"
        case .mention(_, let uid, _, _): uid
        }
    }
}

extension Vault {
    private static func place(_ kind: String, _ key: String) -> String { "protection \(kind) \(key)" }

    /// - Throws: ``VaultError/integrity(_:)`` for a fact that was changed, or belongs elsewhere.
    func open(_ row: ProtectionRow) throws -> Protection {
        try SealedJSON(.protections, of: self).open(row.body ?? [], as: Protection.self, place: Self.place(row.kind, row.key))
    }

    func protect(_ hold: HoldRow, in writer: StoreWriter) throws {
        try protect(Protection(hold, identifier: strongestIdentifier(of: hold.subject, writer.reader)), in: writer)
    }

    func protectRestriction(of subject: Int64, ground: SealedNote, in writer: StoreWriter) throws {
        try protect(.restriction(subject: subject, ground: ground, identifier: strongestIdentifier(of: subject, writer.reader)), in: writer)
    }

    func protect(_ event: ConsentEvent, in writer: StoreWriter) throws {
        try protect(Protection(event, identifier: strongestIdentifier(of: event.subject, writer.reader)), in: writer)
    }

    /// Whether a decision is the customer's last about its purpose, and takes data out of use.
    func countsAsRefusal(_ event: ConsentEvent, _ reader: StoreReader) throws -> Bool {
        guard event.decision != .given, let counts = try reader.consent(of: event.subject, to: event.purpose) else { return false }
        return counts.decision == event.decision && counts.at == event.at
    }

    /// Has a fact kept beside the keys, once the transaction that makes it true is durable.
    func protect(_ fact: Protection, in writer: StoreWriter) throws {
        let (kind, key) = (fact.kind.rawValue, fact.key)
        let body = try SealedJSON(.protections, of: self).seal(fact, place: Self.place(kind, key))
        try writer.protect(ProtectionRow(kind: kind, key: key, body: body))
        hasNewProtections.store(true, ordering: .releasing)
    }

    func unprotect(_ kind: Protection.Kind, _ key: String, in writer: StoreWriter) throws {
        try writer.protect(ProtectionRow(kind: kind.rawValue, key: key, body: nil))
        hasNewProtections.store(true, ordering: .releasing)
    }

    /// What is kept about a customer is forgotten with the customer.
    func forgetProtections(of subject: Int64, in writer: StoreWriter) throws {
        for hold in try writer.reader.holds(on: subject) { try unprotect(.hold, String(hold.id), in: writer) }
        if try writer.reader.subject(subject)?.restriction != nil { try unprotect(.restriction, String(subject), in: writer) }
        for row in try writer.reader.consents(of: subject) where row.decision != .given {
            try unprotect(.consent, Protection.consentKey(subject, row.purpose), in: writer)
        }
    }

    /// Copies facts that this process has added. What fails here waits: the next process that opens the vault copies it, and
    /// `doctor` reports it.
    func copyNewProtections() {
        guard hasNewProtections.exchange(false, ordering: .acquiringAndReleasing), let forgotten = try? store.copyProtections() else { return }
        keepJournal(forgotten: forgotten)
    }

    /// Has every fact that is true among the data kept beside the keys as well.
    func protectEverything() throws {
        try store.write { writer in
            for fact in try facts(writer.reader) {
                switch fact {
                case .hold(_, let subject, _, _, _, _, _, _), .restriction(let subject, _, _), .consent(let subject, _, _, _, _, _, _):
                    try protect(fact.of(try strongestIdentifier(of: subject, writer.reader)), in: writer)
                case .revocation, .usedApproval, .spentBudget, .mention: try protect(fact, in: writer)
                }
            }
        }
        try store.copyProtections()
    }

    /// What is true among the data; without customers' identifiers.
    func facts(_ reader: StoreReader) throws -> [Protection] {
        let revocations = try reader.tokens().compactMap { token in token.revokedAt.map { Protection.revocation(token: token.id, at: $0) } }
        let holds = try reader.holds()
        let present = try reader.knownSubjects(Set(holds.map(\.subject)).sorted())
        // About customers who do not exist here, no more is known than is kept already.
        let held = holds.filter { present[$0.subject] != nil }.map { Protection($0, identifier: nil) }
        let restrictions = try reader.restrictions().map { Protection.restriction(subject: $0.subject, ground: $0.ground, identifier: nil) }
        let approvals = try reader.approvals(at: .min).filter { $0.state == .used }
            .map { Protection.usedApproval(id: $0.id, principal: $0.principal, askedAt: $0.askedAt) }
        let budgets = try reader.spentBudgets().map { Protection.spentBudget(principal: $0.principal, purpose: $0.purpose, period: $0.period, spent: $0.spent) }
        let refusals = try reader.refusals().map { Protection($0, identifier: nil) }
        return revocations + held + restrictions + refusals + approvals + budgets
    }
}

/// Brings data that are older than the key store up to date with it.
extension Vault {
    /// Replays what the key store has and the data lack, after a restore.
    ///
    /// - Throws: ``VaultError/integrity(_:)`` for a fact that cannot be read; the vault then does not open.
    func replayProtections() throws {
        guard try store.read({ try $0.protectionsApplied() }) < store.keys.lastProtection() else { return }
        try store.write(.reserve) { writer in
            let applied = try writer.reader.protectionsApplied()
            // Read in this order, so that nothing is missed that is added meanwhile.
            let last = try store.keys.lastProtection()
            let facts = try store.keys.protections(after: applied).map(open)
            var (changed, absent): ([Protection.Kind: Int], Int) = ([:], 0)
            for fact in facts {
                switch try replay(fact, in: writer) {
                case .changed: changed[fact.kind, default: 0] += 1
                case .isSo: break
                case .isAboutNobody: absent += 1
                }
            }
            let stones = try store.keys.tombstones(after: applied)
            let before = try writer.reader.tombstones(among: stones.map(\.tag)).count
            try writer.addTombstones(stones, copied: true)
            try writer.setProtectionsApplied(last)
            let new = stones.count - before
            guard !changed.isEmpty || new > 0 else { return }
            var detail = Dictionary(uniqueKeysWithValues: changed.map { ($0.key.detail, String($0.value)) })
            detail[.tombstone] = String(new)
            detail[.absent] = String(absent)
            let entry = AuditEntry(
                ofVault: .vault(.replay), rule: "protections replayed", rows: Int64(changed.values.reduce(0, +)), detail: detail)
            try trail.append([entry], to: writer, now: clock())
        }
    }

    private enum Replay {
        case changed
        case isSo
        /// Its subject is newer than the snapshot.
        case isAboutNobody
    }

    private func replay(_ fact: Protection, in writer: StoreWriter) throws -> Replay {
        let reader = writer.reader
        switch fact {
        case .revocation(let id, let time):
            guard let token = try reader.token(id: id) else { return .isAboutNobody }
            guard token.revokedAt == nil else { return .isSo }
            try writer.revokeToken(id: id, at: time)
        case .hold(let id, let subject, let ground, let setBy, let setAt, let endsAt, let releasedAt, _):
            var row = HoldRow(id: id, subject: subject, ground: ground, setBy: setBy, setAt: setAt, endsAt: endsAt, releasedAt: releasedAt)
            let customer = try reader.subject(subject)
            if customer?.erasedAt != nil { return .isSo }
            guard try !reader.holds(on: subject).contains(where: { $0.isSame(as: row) }) else { return .isSo }
            row.ground = try CustomerNotes(self).moved(ground, to: subject, at: .hold(setAt: setAt))
            // Also kept if the customer does not exist yet, and then waits for them (`AbsentProtections`).
            try writer.setHold(row)
            if customer == nil { return .isAboutNobody }
        case .restriction(let subject, let ground, _):
            guard let customer = try reader.subject(subject), customer.erasedAt == nil else { return .isAboutNobody }
            let notes = try CustomerNotes(self)
            if let known = customer.restriction, notes.saySame(known, ground, at: .restriction) { return .isSo }
            _ = try writer.setRestriction(notes.moved(ground, to: subject, at: .restriction), on: subject)
        case .consent(let subject, let purpose, let decision, let at, let recordedAt, let note, _):
            guard let customer = try reader.subject(subject), customer.erasedAt == nil else { return .isAboutNobody }
            guard let decision = ConsentDecision(rawValue: decision) else { throw VaultError.integrity("a customer's decision beside the keys is unknown") }
            if let known = try reader.consent(of: subject, to: purpose), known.at > at || known.at == at && known.decision == decision { return .isSo }
            let place = NotePlace.consent(purpose: purpose, recordedAt: recordedAt)
            let moved = try CustomerNotes(self).moved(note, to: subject, at: place)
            _ = try enter(ConsentEvent(subject: subject, purpose: purpose, decision: decision, at: at, recordedAt: recordedAt, note: moved), in: writer)
        case .usedApproval(let id, let principal, let askedAt):
            try writer.skipApprovals(through: id)
            let row = try reader.approvals(at: .min).first { $0.id == id && $0.principal == principal && $0.askedAt == askedAt }
            guard let row else { return .isAboutNobody }
            guard row.state != .used else { return .isSo }
            try writer.setApproval(id, .used, by: row.decidedBy, expiresAt: row.expiresAt)
        case .spentBudget(let principal, let purpose, let period, let spent):
            let known = try reader.spentBudget(principal: principal, purpose: purpose, period: period)
            guard known < spent else { return .isSo }
            try writer.spendBudget(principal: principal, purpose: purpose, period: period, amount: spent - known)
        case .mention(let record, let uid, let cuts, _):
            // Also of a record that comes later (`AbsentProtections`).
            guard let stored = try reader.sealedRecord(record), String(stored.uid, radix: 16) == uid, stored.key != nil else { return .isAboutNobody }
            return try cutAgain(stored, cuts, withholdingUnknown: true, in: writer) ? .changed : .isSo
        }
        return .changed
    }
}
