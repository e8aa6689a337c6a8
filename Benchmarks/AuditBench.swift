import AuditLog
import Foundation
import RedactedAPI
import Sealing
import Store
import VoCVault

/// The audit log by itself: appending, verifying, proving.
final class AuditBench {
    private let store: VaultStore
    private let trail: AuditTrail
    private let tiles: TileFolder
    private let folder: URL
    private var size = 0

    init(folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try VaultStore.create(in: folder, vaultID: Random.identifier(), at: 0)
        let key = try Ed25519.SigningKey(seed: .random(count: 32))
        trail = try AuditTrail(vaultID: store.vaultID) { AuditKeys.State(signing: [key]) }
        tiles = TileFolder(folder.appendingPathComponent("audit"))
    }

    private func entry() -> AuditEntry {
        AuditEntry(
            principal: "zhao", role: "agent", purpose: "follow-up", action: "reveal", outcome: .allowed,
            rule: "agent/call-back (roles.yaml:103)", target: "r_4XJ7W0QZ5B8N3K6M2C9D1F0GHT", fields: ["phone"], rows: 1,
            reason: "客户要求回电", request: "q_0123456789ABCDEFGHJKMNPQRS", software: "vocvault/\(Vault.version)",
            detail: [.subject: "s_7ZQ2M8C4D6F1G3H5J9K0N2P4RS"])
    }

    /// Appends `count` entries, so many a transaction.
    func append(_ count: Int, batch: Int) throws {
        let now = Vault.systemClock()
        for start in stride(from: 0, to: count, by: batch) {
            let entries = (start..<min(start + batch, count)).map { _ in entry() }
            try store.write { _ = try trail.append(entries, to: $0, now: now, beginning: size == 0) }
            size += entries.count
        }
    }

    /// Recomputes the whole log against its checkpoint, as `audit verify` does.
    func verify() throws {
        let entries = try store.read { reader in
            let checkpoint = try Checkpoint(verifying: reader.auditHead()!.checkpoint, publicKey: trail.signingKey.publicKey)
            var verifier = try AuditVerifier(checkpoint: checkpoint)
            try reader.forEachAuditEntry { sequence, entry in
                try verifier.add(sequence: sequence, entry)
                return true
            }
            return try verifier.finish().size
        }
        precondition(entries == size)
    }
}

/// A published log of made-up hashes, as large as one likes: for proofs it does not matter whose they are.
struct HashTiles {
    private let tiles: TileFolder
    private let size: Int64

    /// Writes the tiles of a tree of `size` leaves.
    init(folder: URL, size: Int64) throws {
        (tiles, self.size) = (TileFolder(folder), size)
        var random = SystemRandomNumberGenerator()
        var level = 0
        // Each level by itself: a proof's cost does not depend on whether the hashes fit together.
        while size >> Int64(8 * level) > 0 {
            let total = size >> Int64(8 * level)
            for index in 0...(total - 1) / 256 {
                let width = min(256, total - index * 256)
                let file = folder.appendingPathComponent(TileFolder.path(String(level), index, width: width))
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                let words = (0..<width * 4).map { _ in random.next() as UInt64 }
                try words.withUnsafeBytes { Data($0) }.write(to: file)
            }
            level += 1
        }
    }

    func prove() throws {
        let path = try TreeProofs(source: tiles.reader(size: size)).inclusion(of: Int64.random(in: 0..<size), in: size)
        precondition(!path.isEmpty)
    }
}
