import AuditLog
import Store

/// Opens what was written about living customers: notes that do not open lack the key that belongs beside the customer's.
struct NoteCheck {
    private let vault: Vault
    private let notes: CustomerNotes
    private var unopened: Set<Int64> = []

    init(_ vault: Vault) throws { (self.vault, notes) = (vault, try CustomerNotes(vault)) }

    /// - Parameter percent: how many of a hundred entries of the log are examined, chosen at random.
    /// - Throws: ``AuditError/alteredTables(_:)``.
    mutating func run(percent: Int) throws {
        try vault.store.read { reader in
            for row in try reader.cases(closed: true) { look(row.note, at: .subjectCase(openedAt: row.openedAt)) }
            for row in try reader.caseTasks() { look(row.note, at: .caseTask(askedAt: row.askedAt)) }
            for row in try reader.approvals(at: .min) { look(row.reason, at: .approval(askedAt: row.askedAt)) }
            for row in try reader.holds() { look(row.ground, at: .hold(setAt: row.setAt)) }
            for (_, ground) in try reader.restrictions() { look(ground, at: .restriction) }
            for event in try reader.consentEvents() { look(event.note, at: .consent(purpose: event.purpose, recordedAt: event.recordedAt)) }
            for former in try reader.formerRecords() { look(former.note, at: .former(record: former.record, at: former.at)) }
            try reader.forEachAuditEntry { _, bytes in
                guard percent == 100 || Int.random(in: 0..<100) < percent, let entry = AuditEntry(canonicalBytes: bytes), let reason = entry[.sealedReason]
                else { return true }
                look(SealedNote(reason), at: .entry(request: entry.request))
                return true
            }
        }
        // Whoever was erased meanwhile has no key any more.
        let living = try vault.store.read { reader in try unopened.filter { subject in try reader.subject(subject).map { $0.erasedAt == nil } ?? false } }
        guard living.isEmpty else { throw AuditError.alteredTables(["subject_key"]) }
    }

    private mutating func look(_ note: SealedNote, at place: NotePlace) {
        // Of a customer who had no key, nothing was kept.
        guard let origin = notes.origin(of: note, at: place), origin.version > 0 else { return }
        if case .text = notes.open(note, at: place) { return }
        unopened.insert(origin.subject)
    }
}
