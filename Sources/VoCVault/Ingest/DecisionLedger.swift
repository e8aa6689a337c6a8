import AuditLog
import RedactedAPI
import Store

/// Enters what records say that customers decided, in the transaction that stores the records.
struct DecisionLedger {
    let vault: Vault
    let source: String

    /// - Parameter arrivals: records with decisions, each with its customer.
    /// - Returns: how many decisions were new.
    func enter(_ arrivals: [(record: PreparedRecord, subject: Int64)], at now: Int64, in writer: StoreWriter) throws -> Int {
        guard !arrivals.isEmpty else { return 0 }
        let notes = try CustomerNotes(vault)
        var counts: [ConsentDecision: Int] = [:]
        // A customer who decided twice in one batch did so in the order of time.
        for (record, subject) in arrivals {
            for stated in record.decisions.sorted(by: { $0.at < $1.at }) where try isNew(stated, of: subject, notes, writer.reader) {
                let note = ConsentNote(version: stated.version, proof: stated.proof, by: source)
                _ = try vault.record(stated.decision, of: subject, about: stated.purpose, note, at: stated.at, notes, in: writer, now: now)
                counts[stated.decision, default: 0] += 1
            }
        }
        let sum = counts.values.reduce(0, +)
        guard sum > 0 else { return 0 }
        // What was read before a withdrawal must not be released afterwards: an entry of its own says so.
        let list = ConsentDecision.allCases.compactMap { decision in counts[decision].map { "\(decision.word.rawValue) \($0)" } }.joined(separator: ", ")
        let entry = AuditEntry(
            ofVault: .request(.subjectConsent), rule: "decisions that records state", rows: Int64(sum), detail: [.source: source, .consents: list])
        try vault.trail.append([entry], to: writer, now: now)
        return sum
    }

    /// Whether the ledger lacks a decision: every record of a feed may repeat what its customer decided once.
    private func isNew(_ stated: StatedDecision, of subject: Int64, _ notes: CustomerNotes, _ reader: StoreReader) throws -> Bool {
        let events = try reader.consentEvents(of: subject).filter { $0.purpose == stated.purpose }
        // What it said before that time, in the order of time.
        guard let before = events.last(where: { $0.at <= stated.at }) else { return events.first?.decision != stated.decision || stated.version != nil }
        guard before.decision == stated.decision else { return true }
        guard stated.version != nil || stated.proof != nil else { return false }
        let note = ConsentNote(notes.open(before.note, at: .consent(purpose: before.purpose, recordedAt: before.recordedAt)))
        return note?.version != stated.version || note?.proof != stated.proof
    }
}
