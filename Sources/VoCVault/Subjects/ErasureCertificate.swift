import AuditLog
import Policy
import RedactedAPI
import Store

extension Session {
    /// Certifies that a customer was erased: a signed note, followed by the proof that the erasure's entry is in the log (C2SP
    /// `signed-note` and `tlog-proof`).
    ///
    /// It can be issued at any time after the erasure, to whoever still knows the pseudonym.
    ///
    /// - Parameter pseudonym: the customer's, under `purpose`.
    /// - Throws: ``VaultError/notFound(_:)`` if the customer is unknown or was not erased.
    package func erasureCertificate(_ pseudonym: String, purpose: String) throws -> String {
        let access = try authorize(.subjectCertificate, purpose: purpose)
        return try logged(access, target: pseudonym) {
            guard let number = try pseudonyms(access.purpose).number(.subject, of: pseudonym),
                let subject = try store.read({ try $0.subject(number) }), subject.erasedAt != nil,
                try !store.keys.hasKey(of: number)
            else { throw VaultError.notFound("an erased customer of this pseudonym") }
            try store.read { reader in
                try reader.requireAllRecords(of: number)
                guard try reader.records(of: number).isEmpty else { throw VaultError.notFound("an erased customer of this pseudonym") }
            }
            guard let entry = try erasure(of: pseudonym) else {
                // Entries of retention, or of a replay after a restore, name no customer.
                throw VaultError.notFound("an entry that names the customer (retention erased them, and its entry only says how many)")
            }
            _ = try commit(access) { _ in ((), access.entry(target: pseudonym, detail: [.erasedByEntry: String(entry.seq)])) }
            let text = """
                VoC Vault erasure certificate v1
                vault: \(vault.trail.origin)
                customer: \(pseudonym)
                purpose of the pseudonym: \(access.purpose)
                erased: \(entry.moment)
                records: \(entry.rows)
                \(reach(entry))key: destroyed
                audit entry: \(entry.seq)
                \(tombstones(entry))

                """
            let note = try Checkpoint.note(text, signedBy: vault.trail.signingKey, named: vault.trail.origin)
            return try note + "\n" + inclusionProof(of: entry.seq)
        }
    }

    /// The certificate's lines about who and what was reached, where the entry says so.
    private func reach(_ entry: AuditEntry) -> String {
        let customers = entry[.customers].map { "customers of one person: \($0)\n" } ?? ""
        let handles = entry[.handles].map { "handles searched: \($0)\n" } ?? ""
        return customers + handles + (entry[.mentions].map { "mentions in texts of others: \($0)\n" } ?? "")
    }

    /// The certificate's line about what is kept to recognise the records.
    private func tombstones(_ entry: AuditEntry) -> String {
        guard let end = entry[.tombstonesUntil] else { return "tombstones: none" }
        let identifiers = policy.tombstones.identifiers.isEmpty ? "" : " and of " + policy.tombstones.identifiers.joined(separator: ", ")
        // A line break in the policy file must not become one in the note, whose signatures follow an empty line.
        let basis = policy.tombstones.basis.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "tombstones: keyed hashes of the records' source ids\(identifiers), until \(end) (\(basis))"
    }

    /// The entry of a customer's erasure, by the pseudonym under which it was requested.
    private func erasure(of pseudonym: String) throws -> AuditEntry? {
        let search = try AuditSearch(
            AuditFilter(action: Action.subjectErase.rawValue, outcome: .allowed, subject: pseudonym), session: self)
        var found: AuditEntry?
        try store.read { reader in
            try reader.forEachAuditEntryBackwards { _, bytes in
                guard let entry = AuditEntry(canonicalBytes: bytes), search.matches(entry) else { return true }
                found = entry
                return false
            }
        }
        return found
    }
}
