import AuditLog
import Policy
import Store

extension CustomerNotes {
    /// The reason that an entry has sealed; nil if it has none.
    func reason(of entry: AuditEntry) -> CustomerNote? {
        entry[.sealedReason].map { open(SealedNote($0), at: .entry(request: entry.request)) }
    }
}

extension AuditEntry {
    /// The same for people: with its reason, or a word in its place.
    func opened(_ notes: CustomerNotes) -> AuditEntry {
        var entry = self
        if let reason = notes.reason(of: self) { entry.reason = reason.shown }
        return entry
    }
}

extension Session {
    /// The reason of an entry, for whoever may read the log.
    ///
    /// - Parameter sequence: the entry's number.
    /// - Throws: ``VaultError/notFound(_:)`` if the entry has no reason.
    package func auditReason(_ sequence: Int64) throws -> String {
        let access = try authorize(.auditRead, purpose: nil)
        return try logged(access) {
            guard let entry = try storedEntry(sequence).flatMap({ AuditEntry(canonicalBytes: $0) }), let reason = try entry.opened(CustomerNotes(vault)).reason else {
                throw VaultError.notFound("a reason in audit entry \(sequence)")
            }
            _ = try commit(access) { _ in ((), access.entry(target: String(sequence), rows: 1, detail: [.listed: "reason"])) }
            return reason
        }
    }
}
