import AuditLog
import Store

/// Seals what tables say about customers, wherever it is not sealed under the customer's newest key: words of a vault of an earlier format,
/// and what another key was made for since. Entries of the log stay as they are.
struct NoteRenewal {
    private let vault: Vault
    private let notes: CustomerNotes

    /// Whether what is kept beside the keys is renewed, too. Not while the data are older than that, as a restored snapshot is at first.
    private let protects: Bool

    init(_ vault: Vault, protects: Bool = true) throws { (self.vault, notes, self.protects) = (vault, try CustomerNotes(vault), protects) }

    func run(in writer: StoreWriter) throws {
        for row in try writer.reader.cases(closed: true) {
            guard let note = try renewed(row.note, about: row.subject, at: .subjectCase(openedAt: row.openedAt)) else { continue }
            try writer.setNote(note, ofCase: row.id)
        }
        for row in try writer.reader.caseTasks() {
            guard let note = try renewed(row.note, about: row.subject, at: .caseTask(askedAt: row.askedAt)) else { continue }
            try writer.setNote(note, ofCaseTask: row.id)
        }
        for row in try writer.reader.approvals(at: .min) {
            let place = NotePlace.approval(askedAt: row.askedAt)
            let subject = try notes.origin(of: row.reason, at: place)?.subject ?? writer.reader.sealedRecord(row.record)?.subject ?? CustomerNotes.nobody
            guard let reason = try renewed(row.reason, about: subject, at: place) else { continue }
            try writer.setReason(reason, ofApproval: row.id)
        }
        for var row in try writer.reader.holds() {
            guard let ground = try renewed(row.ground, about: row.subject, at: .hold(setAt: row.setAt)) else { continue }
            row.ground = ground
            try writer.setHold(row)
            if try protects && writer.reader.subject(row.subject) != nil { try vault.protect(row, in: writer) }
        }
        for (subject, ground) in try writer.reader.restrictions() {
            guard let ground = try renewed(ground, about: subject, at: .restriction) else { continue }
            try writer.setGround(ground, ofRestrictionOn: subject)
            if protects { try vault.protectRestriction(of: subject, ground: ground, in: writer) }
        }
        for var event in try writer.reader.consentEvents() {
            guard let note = try renewed(event.note, about: event.subject, at: .consent(purpose: event.purpose, recordedAt: event.recordedAt)) else { continue }
            try writer.setNote(note, ofConsent: event.id)
            event.note = note
            if try protects && vault.countsAsRefusal(event, writer.reader) { try vault.protect(event, in: writer) }
        }
        for former in try writer.reader.formerRecords() {
            guard let note = try renewed(former.note, about: former.subject, at: .former(record: former.record, at: former.at)) else { continue }
            try writer.setNote(note, ofFormer: former.id)
        }
        if protects { try renewKept(in: writer) }
    }

    /// Facts beside the keys about customers whom a restored snapshot lacks.
    private func renewKept(in writer: StoreWriter) throws {
        let rows = try [Protection.Kind.hold, .restriction, .consent].flatMap { try vault.store.keys.protections($0.rawValue) }
        for row in rows where try !writer.reader.hasPendingProtection(row.kind, row.key) {
            switch try vault.open(row) {
            case .hold(let id, let subject, let ground, let setBy, let setAt, let endsAt, let releasedAt, let identifier):
                guard try writer.reader.subject(subject) == nil, let ground = try renewed(ground, about: subject, at: .hold(setAt: setAt)) else { continue }
                try vault.protect(
                    .hold(id: id, subject: subject, ground: ground, setBy: setBy, setAt: setAt, endsAt: endsAt, releasedAt: releasedAt, identifier: identifier),
                    in: writer)
            case .restriction(let subject, let ground, let identifier):
                guard try writer.reader.subject(subject) == nil, let ground = try renewed(ground, about: subject, at: .restriction) else { continue }
                try vault.protect(.restriction(subject: subject, ground: ground, identifier: identifier), in: writer)
            case .consent(let subject, let purpose, let decision, let at, let recordedAt, let note, let identifier):
                let place = NotePlace.consent(purpose: purpose, recordedAt: recordedAt)
                guard try writer.reader.subject(subject) == nil, let note = try renewed(note, about: subject, at: place) else { continue }
                try vault.protect(
                    .consent(subject: subject, purpose: purpose, decision: decision, at: at, recordedAt: recordedAt, note: note, identifier: identifier), in: writer)
            case .revocation, .usedApproval, .spentBudget, .mention: continue
            }
        }
    }

    /// - Returns: nil where nothing is to be done.
    private func renewed(_ note: SealedNote, about subject: Int64, at place: NotePlace) throws -> SealedNote? {
        guard let origin = notes.origin(of: note, at: place) else { return try notes.seal(note.text, about: subject, at: place) }
        guard let newest = try vault.store.keys.subjectKey(subject)?.version, newest > origin.version, case .text(let text) = notes.open(note, at: place) else {
            return nil
        }
        return try notes.seal(text, about: subject, at: place)
    }
}
