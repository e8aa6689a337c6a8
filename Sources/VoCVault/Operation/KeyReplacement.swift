import AuditLog
import Policy
import Sealing
import Store

extension Session {
    /// Gives a purpose new pseudonyms. Those that were shown before are still found, for example in audit entries.
    ///
    /// A process that opened the vault earlier still shows the former ones: restart it.
    ///
    /// - Returns: the version of the key.
    package func rotatePseudonyms(purpose: String) throws -> Int {
        let access = try authorize(.keysRotate, purpose: nil)
        return try logged(access) {
            guard policy.purposes[purpose] != nil else { throw VaultError.invalid("there is no purpose '\(purpose)'") }
            try vault.keyring.reload()
            var version = 0
            for use in [Keyring.Use.pseudonym(purpose: purpose), .valuePseudonym(purpose: purpose)] {
                // A key that was never requested also begins with the second version: nobody used the first.
                version = (vault.keyring.versions(use).first ?? 1) + 1
                _ = try vault.keyring.addKey(use, version: version, now: vault.clock())
            }
            _ = try commit(access) { _ in ((), access.entry(detail: [.pseudonyms: purpose, .version: String(version)])) }
            return version
        }
    }

    /// Replaces the key that signs the audit log and destroys the former one.
    ///
    /// Both keys sign the checkpoint over the entry that names the new key, so that whoever trusts the former one can continue
    /// from there. What the former key signs beyond that is refused. The next run finishes one that was killed.
    ///
    /// - Returns: the new verifier key, in signed-note form.
    package func rotateAuditKey() throws -> String {
        let access = try authorize(.keysRotate, purpose: nil)
        return try logged(access) {
            let keyring = vault.keyring
            try keyring.reload()
            let versions = keyring.versions(.auditSigning)
            if versions.count == 1 { _ = try keyring.addKey(.auditSigning, version: versions[0] + 1, now: vault.clock()) }
            try vault.trail.reloadKeys()
            let former = keyring.versions(.auditSigning).last!
            let signer = vault.trail.logKeys.last { $0.lastSize == nil }!
            let formerKey = Checkpoint.verifierKey(origin: vault.trail.origin, publicKey: signer.publicKey)
            // Signed by both.
            _ = try commit(access) { _ in ((), access.entry(detail: [.auditKey: vault.verifierKey, .formerAuditKey: formerKey])) }
            let checkpoint = try Checkpoint(verifying: vault.checkpoint(), keys: vault.trail.logKeys)
            let note = try checkpoint.signed(by: vault.trail.signingKey, extensions: [formerKey])
            try vault.traces.deleting {
                try store.keys.removeDataKey(kind: Keyring.Use.auditSigning.kind, name: Keyring.Use.auditSigning.name, version: former, leaving: note)
                try vault.trail.reloadKeys()
            }
            // Signed only by the new key: from here on, no other is accepted.
            _ = try commit(access) { _ in ((), access.entry(detail: [.auditKey: vault.verifierKey])) }
            return vault.verifierKey
        }
    }
}
