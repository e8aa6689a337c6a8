import AuditLog
import RedactedAPI
import Sealing
import Storage

/// Writes audit entries inside the transaction whose change they describe, and signs the log's new end.
package struct AuditTrail: Sendable {
    /// Name of the log in its checkpoints.
    let origin: String
    package let signingKey: Ed25519.SigningKey

    package init(vaultID: UInt128, signingKey: Ed25519.SigningKey) {
        let identifier = vaultID.bigEndianBytes.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        origin = "vocvault/\(identifier)"
        self.signingKey = signingKey
    }

    /// Appends entries in order; returns them with number and time.
    ///
    /// - Parameter beginning: whether this is the vault's first entry: a log that is gone later on
    ///   must not begin anew as if nothing had been there.
    @discardableResult
    package func append(
        _ entries: [AuditEntry], to writer: StoreWriter, now: Int64, beginning: Bool = false
    ) throws -> [AuditEntry] {
        let head = try writer.reader.auditHead()
        guard head != nil || beginning else { throw VaultError.integrity("the audit log is gone") }
        let restored = head.map { MerkleTree(size: $0.size, frontier: $0.frontier) } ?? MerkleTree()
        guard var tree = restored else { throw VaultError.integrity("the audit log's state is damaged") }
        let first = tree.size
        // The log's clock never runs backwards, whatever the machine's does.
        let time = max(now, head?.lastTime ?? 0)
        let sha = SHA256()
        var (entries, stored): ([AuditEntry], [[UInt8]]) = (entries, [])
        for index in entries.indices {
            entries[index].seq = tree.size
            entries[index].time = Timestamp(milliseconds: time).description
            let bytes = entries[index].canonicalBytes
            guard bytes.count <= TileFolder.maximumEntry else { throw VaultError.invalid("the request is too long for the audit log") }
            tree.append(bytes, using: sha)
            stored.append(bytes)
        }
        let checkpoint = Checkpoint(origin: origin, size: tree.size, root: tree.root(using: sha))
        try writer.appendAuditEntries(
            stored, from: first,
            head: AuditHead(
                size: tree.size, frontier: tree.frontierBytes, lastTime: time,
                checkpoint: checkpoint.signed(by: signingKey)))
        return entries
    }
}
