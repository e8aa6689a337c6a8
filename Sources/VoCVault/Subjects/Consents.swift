import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import VaultAPI

/// What stands sealed with a decision in the ledger.
struct ConsentNote: Codable, Equatable {
    /// Which version of the text the customer decided about.
    var version: String?
    /// Where the proof is: a form, a call, a screenshot.
    var proof: String?
    /// The principal who recorded it, or the source of the record that stated it.
    var by: String

    static let longestVersion = 64
    static let longestProof = 500

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    init(version: String?, proof: String?, by: String) { (self.version, self.proof, self.by) = (version, proof, by) }

    /// Nil for what the vault did not write.
    init?(_ note: CustomerNote) {
        guard case .text(let text) = note, let read = try? JSONDecoder().decode(ConsentNote.self, from: Data(text.utf8)) else { return nil }
        self = read
    }
}

extension ConsentDecision {
    init(_ word: ConsentWord) {
        self =
            switch word {
            case .given: .given
            case .withdrawn: .withdrawn
            case .objected: .objected
            }
    }

    var word: ConsentWord {
        switch self {
        case .given: .given
        case .withdrawn: .withdrawn
        case .objected: .objected
        }
    }
}

extension Vault {
    /// What a purpose needs of customers; nil: nothing.
    func need(of purpose: String) -> ConsentNeed? {
        switch policy.purposes[purpose]?.say {
        case .consent: ConsentNeed(purpose: purpose, kind: .consent)
        case .objection: ConsentNeed(purpose: purpose, kind: .noObjection)
        case .some(.none), nil: nil
        }
    }

    /// Purposes for which modules label records.
    private var labellingPurposes: Set<String> {
        Set(policy.roles.values.flatMap(\.grants).filter { $0.actions.contains(.annotate) }.flatMap(\.purposes))
    }

    /// Adds a decision to the ledger of each customer who is one person with `subject`, sealed with their keys.
    ///
    /// - Returns: whether it counts now, and how many records lost their labels.
    func record(
        _ decision: ConsentDecision, of subject: Int64, about purpose: String, _ note: ConsentNote, at time: Int64, _ notes: CustomerNotes, in writer: StoreWriter, now: Int64
    ) throws -> (counts: Bool, unlabelled: Int) {
        var done = (counts: false, unlabelled: 0)
        for member in try writer.reader.person(of: subject) {
            let sealed = try notes.seal(note.text, about: member, at: .consent(purpose: purpose, recordedAt: now))
            let event = ConsentEvent(subject: member, purpose: purpose, decision: decision, at: time, recordedAt: now, note: sealed)
            let (counts, unlabelled) = try enter(event, in: writer)
            if member == subject { done.counts = counts }
            done.unlabelled += unlabelled
        }
        return done
    }

    /// Adds a decision to one customer's ledger, and has it kept beside the keys if it takes data out of use. What modules said for the purpose goes with
    /// the permission to say it.
    func enter(_ event: ConsentEvent, in writer: StoreWriter) throws -> (counts: Bool, unlabelled: Int) {
        let before = try writer.reader.consent(of: event.subject, to: event.purpose)
        guard try writer.addConsent(event) else { return (false, 0) }
        if event.decision != .given {
            try protect(Protection(event, identifier: strongestIdentifier(of: event.subject, writer.reader)), in: writer)
        } else if let before, before.decision != .given {
            try unprotect(.consent, Protection.consentKey(event.subject, event.purpose), in: writer)
        }
        let isAllowed = try need(of: event.purpose).map { try writer.reader.consents().allow(event.subject, $0) } ?? true
        guard !isAllowed, labellingPurposes.contains(event.purpose) else { return (true, 0) }
        return (true, try removeLabels(of: event.subject, in: writer))
    }

    /// - Returns: how many records had some.
    private func removeLabels(of subject: Int64, in writer: StoreWriter) throws -> Int {
        let editor = try RecordEditor(vault: self)
        var count = 0
        for stored in try writer.reader.sealedRecords(of: subject) where stored.key != nil && !stored.codes.isEmpty {
            let modules = Set(try editor.labels(of: stored).map(\.module))
            guard !modules.isEmpty else { continue }
            let codes = try editor.codes(of: stored) { codes in for module in modules { codes.set([], of: module) } }
            try writer.setCodes(of: stored.id, subject: subject, to: codes)
            count += 1
        }
        return count
    }
}

extension Session {
    /// Records what a customer decided about a purpose: a consent (GDPR Art. 7; PIPL Art. 14-15), its withdrawal, or an objection
    /// (GDPR Art. 21).
    ///
    /// - Parameters:
    ///   - purpose: of this access.
    ///   - about: the purpose that the customer decided about.
    ///   - at: when; nil: now.
    package func recordConsent(
        _ pseudonym: String, purpose: String, about: String, decision: ConsentWord, version: String? = nil, proof: String? = nil, at: Timestamp? = nil, reason: String? = nil
    ) throws -> (counts: Bool, effect: ConsentEffect, unlabelled: Int, receipt: Int64) {
        let access = try authorize(.subjectConsent, purpose: purpose)
        guard policy.purposes[about] != nil else { throw VaultError.invalid(PolicySet.unknown("purpose", about, among: policy.purposes.keys.sorted())) }
        func perform() throws -> (counts: Bool, effect: ConsentEffect, unlabelled: Int, receipt: Int64) {
            try logged(access, target: pseudonym) {
                try requireFitting(version, proof)
                let decision = ConsentDecision(decision)
                let (done, receipt) = try commit(access, .reserve) { writer in
                    let now = vault.clock()
                    let time = at?.milliseconds ?? now
                    guard time <= now else { throw VaultError.invalid("nobody decides in the future: 'at' is later than now") }
                    let subject = try living(pseudonym, access, writer.reader)
                    let note = ConsentNote(version: version, proof: proof, by: principal)
                    let done = try vault.record(decision, of: subject, about: about, note, at: time, CustomerNotes(vault), in: writer, now: now)
                    let effect = try effect(on: subject, of: about, writer.reader)
                    var detail: [AuditDetail: String] = [.forPurpose: about, .decision: decision.word.rawValue, .state: effect.rawValue]
                    if done.unlabelled > 0 { detail[.records] = String(done.unlabelled) }
                    return (
                        (done.counts, effect, done.unlabelled),
                        try access.entry(target: pseudonym, rows: 1, reason: cleaned(reason, about: subject, writer.reader), about: subject, detail: detail)
                    )
                }
                return (done.0, done.1, done.2, receipt)
            }
        }
        // What modules said must leave the write-ahead log, too.
        return decision == .given ? try perform() : try vault.traces.deleting(perform)
    }

    /// What a customer decided, oldest first.
    package func consents(of pseudonym: String, purpose: String) throws -> [SubjectConsent] {
        let access = try authorize(.subjectConsent, purpose: purpose)
        return try logged(access, target: pseudonym) {
            try commit(access) { writer in
                let found = try consents(of: living(pseudonym, access, writer.reader), writer.reader)
                return (found, access.entry(target: pseudonym, rows: found.count, detail: [.listed: "consents"]))
            }.0
        }
    }

    func consents(of subject: Int64, _ reader: StoreReader) throws -> [SubjectConsent] {
        let notes = try CustomerNotes(vault)
        // Of all who are one person: what was decided since is in the ledger of each.
        let all = try reader.person(of: subject).sorted { ($0 == subject ? 0 : 1, $0) < ($1 == subject ? 0 : 1, $1) }.flatMap { try reader.consentEvents(of: $0) }
        var events: [ConsentEvent] = []
        for event in all where !events.contains(where: { ($0.purpose, $0.decision, $0.at, $0.recordedAt) == (event.purpose, event.decision, event.at, event.recordedAt) }) {
            events.append(event)
        }
        events.sort { ($0.at, $0.id) < ($1.at, $1.id) }
        // In the order of time: the last about a purpose counts.
        let last = Dictionary(events.map { ($0.purpose, $0.id) }) { $1 }
        return events.map { event in
            let note = notes.open(event.note, at: .consent(purpose: event.purpose, recordedAt: event.recordedAt))
            let read = ConsentNote(note)
            return SubjectConsent(
                about: event.purpose, decision: event.decision.word, at: Timestamp(milliseconds: event.at), recorded: Timestamp(milliseconds: event.recordedAt),
                version: read?.version, proof: read?.proof, by: read?.by ?? note.shown, counts: last[event.purpose] == event.id)
        }
    }

    private func requireFitting(_ version: String?, _ proof: String?) throws {
        for (text, name, limit) in [(version, "version", ConsentNote.longestVersion), (proof, "proof", ConsentNote.longestProof)] {
            guard let text else { continue }
            guard text.contains(where: { !$0.isWhitespace }), text.utf8.count <= limit, !text.utf8.contains(0) else {
                throw VaultError.invalid("'\(name)' must have 1 to \(limit) bytes")
            }
        }
    }

    private func effect(on subject: Int64, of purpose: String, _ reader: StoreReader) throws -> ConsentEffect {
        guard let need = vault.need(of: purpose) else { return .none }
        return try reader.consents().allow(subject, need) ? .used : .unused
    }
}

/// Customers whose data a purpose may not use, as of one transaction.
struct Barred: Sendable {
    private let restricted: Set<Int64>
    private let consents: Consents?
    private let need: ConsentNeed?

    init(_ access: Access, _ reader: StoreReader) throws {
        restricted = try reader.restricted()
        need = access.session.vault.need(of: access.purpose)
        consents = try need == nil ? nil : reader.consents()
    }

    /// Whether there is nobody to look for.
    var isEmpty: Bool { restricted.isEmpty && need == nil }

    func contains(_ subject: Int64) -> Bool { restricted.contains(subject) || !isAllowed(subject) }

    /// Whether the customer's own decision allows the use.
    func isAllowed(_ subject: Int64) -> Bool {
        guard let need, let consents else { return true }
        return consents.allow(subject, need)
    }
}

extension Access {
    /// - Throws: ``VaultError/denied(action:rule:hint:)`` if the customer decided against the purpose, or did not agree to it, as of a
    ///   transaction.
    func requireConsent(of subject: Int64, _ reader: StoreReader) throws {
        guard let need = session.vault.need(of: purpose), try !reader.consents().allow(subject, need) else { return }
        throw VaultError.denied(
            action: action.rawValue, rule: "the customer's decision",
            hint: need.kind == .consent ? "the customer has not agreed to purpose '\(purpose)'" : "the customer objects to purpose '\(purpose)'")
    }

    /// Whether somebody may find a customer: one whose processing is restricted, only who may restrict and free it.
    func mayFind(_ subject: Int64, _ reader: StoreReader) throws -> Bool {
        if let need = session.vault.need(of: purpose), try !reader.consents().allow(subject, need) { return false }
        guard try reader.restricted().contains(subject) else { return true }
        return session.access(.subjectRestrict, purpose: purpose, fields: []).granted != nil
    }

    /// - Throws: `StorageError.altered` if what takes customers out of figures is not as the vault left it.
    func requireSoundMarks(_ reader: StoreReader) throws {
        try reader.requireRestrictionMarks()
        if session.vault.need(of: purpose) != nil { _ = try reader.consents() }
    }
}
