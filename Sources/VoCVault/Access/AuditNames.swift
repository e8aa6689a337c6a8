import AuditLog
import Policy
import Store

extension AuditFilter {
    /// Names that neither the policy nor any entry has are slips: an empty answer would say that nothing was done. Names of
    /// former policies are known from the entries, which are searched only for names that are not known otherwise.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` with the nearest name: whoever may read the log may know all names.
    func requireKnownNames(_ session: Session) throws {
        try requireOrder(since, until)
        let policy = session.policy
        var unknown: [Name] = []
        func look(_ what: String, _ name: String?, among known: some Sequence<String>, _ isIn: @escaping (AuditEntry, String) -> Bool) {
            guard let name, !known.contains(name) else { return }
            unknown.append(Name(what: what, name: name, known: Array(known), isIn: isIn))
        }
        look("role", role, among: policy.roles.keys) { $0.role == $1 }
        look("action", action, among: Self.actions) { $0.action == $1 }
        look("purpose", purpose, among: policy.purposes.keys) { $0.purpose == $1 }
        look("field", field, among: policy.fieldNames) { $0.fields.contains($1) }
        // A principal who signs in with another authority's token has none here.
        if let principal, policy.issuers.isEmpty {
            look("principal", principal, among: Set(try session.store.read { try $0.tokens() }.map(\.principal))) { $0.principal == $1 }
        }
        guard !unknown.isEmpty else { return }
        try session.store.read { reader in
            try reader.forEachAuditEntryBackwards { _, bytes in
                if let entry = AuditEntry(canonicalBytes: bytes) { unknown.removeAll { $0.isIn(entry, $0.name) } }
                return !unknown.isEmpty
            }
        }
        if let slip = unknown.first { throw VaultError.invalid(PolicySet.unknown(slip.what, slip.name, among: slip.known)) }
    }

    private struct Name {
        var what: String
        var name: String
        var known: [String]
        var isIn: (AuditEntry, String) -> Bool
    }

    /// The actions that entries can record.
    private static let actions = AuditEvent.all.map(\.name)
}

extension Session {
    /// The actions that entries of the log can have.
    package static var loggedActions: [String] { AuditEvent.all.map(\.name).sorted() }
}
