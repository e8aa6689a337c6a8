import AuditLog
import Policy
import Store

/// What a rotation of the root key has done.
package struct RotationReport: Sendable, Equatable {
    /// Customers' keys that are wrapped under the active root key now and were not before.
    package var subjectKeys = 0
    /// The same of the vault's own keys.
    package var dataKeys = 0
    /// Root keys that wrap nothing any more.
    package var retired: [String] = []
}

extension Session {
    /// Whether this principal may rotate keys; asks without doing it.
    package func requireRotation() throws { _ = try authorize(.keysRotate, purpose: nil) }

    /// Wraps every key anew under the active root key, in bounded batches while the vault is in use, and retires
    /// root keys that nothing refers to any more, once every key was read back and opened. A run that was killed goes on where it stopped.
    ///
    /// A process that opened the vault before the root key was added cannot read what moved to it: restart it.
    ///
    /// - Parameters:
    ///   - batch: keys a transaction.
    ///   - progress: gets the number of customers' keys moved so far.
    package func rotateRootKey(batch: Int = 1000, progress: (Int) -> Void = { _ in }) throws -> RotationReport {
        let access = try authorize(.keysRotate, purpose: nil)
        return try logged(access) {
            guard batch > 0 else { throw VaultError.invalid("a batch must have at least 1 key") }
            _ = try commit(access) { _ in ((), access.entry(detail: [.rotation: "begun"])) }
            let keys = SubjectKeys(keyring: vault.keyring, vaultID: store.vaultID)
            let root = vault.keyring.activeRoot
            var report = RotationReport()
            // The old wrapped forms go from the write-ahead log too.
            try vault.traces.deleting {
                while true {
                    let done = try store.keys.rewrapSubjectKeys(to: root, limit: batch) { subject, key in try keys.rewrap(key, of: subject) }
                    if done == 0 { break }
                    report.subjectKeys += done
                    progress(report.subjectKeys)
                }
                report.dataKeys = try store.keys.rewrapDataKeys(to: root, rewrap: vault.keyring.rewrap)
                // Read back as they are stored: only then may the former root keys go.
                try keys.openAll(in: store.keys)
                try vault.keyring.reload()
                try KeyFileWriter.removeLeftovers(of: vault.location.keys)
                report.retired = try store.keys.retireRootKeys(except: root)
            }
            let detail: [AuditDetail: String] = [
                .rotation: "done", .dataKeys: String(report.dataKeys), .retired: report.retired.joined(separator: " "),
            ]
            _ = try commit(access) { _ in ((), access.entry(rows: report.subjectKeys, detail: detail)) }
            return report
        }
    }
}
