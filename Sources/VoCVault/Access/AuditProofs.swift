import AuditLog
import Foundation
import Policy
import Sealing
import Store

extension Session {
    /// Publishes the log and returns its newest checkpoint, to be kept outside the vault.
    package func anchorAudit() throws -> String {
        let access = try authorize(.auditVerify, purpose: nil)
        // The entry comes first, so that the checkpoint covers it.
        _ = try commit(access) { _ in ((), access.entry(detail: [.anchor: "checkpoint"])) }
        return try vault.publisher.publish(vault).note
    }

    /// Proves that an entry is in the signed log: C2SP `tlog-proof`, with the entry as its extra data.
    package func proveAudit(_ sequence: Int64) throws -> String {
        let access = try authorize(.auditRead, purpose: nil)
        return try logged(access) {
            _ = try commit(access) { _ in ((), access.entry(target: String(sequence), rows: 1, detail: [.proof: "inclusion"])) }
            return try inclusionProof(of: sequence)
        }
    }

    /// Publishes what is due, and proves an entry from the published tiles.
    func inclusionProof(of sequence: Int64) throws -> String {
        let (checkpoint, note) = try vault.publisher.publish(vault)
        guard sequence >= 0, sequence < checkpoint.size else { throw VaultError.notFound("audit entry \(sequence)") }
        guard try storedEntry(sequence).map(KeptEntry.isRemoved) != true else { throw VaultError.notFound(AuditEntry.removed(sequence)) }
        let tiles = vault.publisher.tiles.reader(size: checkpoint.size)
        let entry = try tiles.entries(sequence / TileFolder.width)[Int(sequence % TileFolder.width)]
        let path = try TreeProofs(source: tiles).inclusion(of: sequence, in: checkpoint.size)
        return ProofText.inclusion(entry: entry, index: sequence, path: path, checkpoint: note)
    }

    /// Proves that the log continues an older checkpoint: the body of a C2SP `tlog-witness` request.
    ///
    /// - Parameter size: of the known tree; 0 for none.
    package func proveConsistency(from size: Int64) throws -> String {
        let access = try authorize(.auditVerify, purpose: nil)
        return try logged(access) {
            _ = try commit(access) { _ in ((), access.entry(detail: [.proof: "consistency", .from: String(size)])) }
            let (checkpoint, note) = try vault.publisher.publish(vault)
            guard size >= 0, size <= checkpoint.size else {
                throw AuditError.truncated(size: checkpoint.size, checkpoint: size)
            }
            let tiles = vault.publisher.tiles.reader(size: checkpoint.size)
            let path = try TreeProofs(source: tiles).consistency(from: size, to: checkpoint.size)
            return ProofText.consistency(from: size, path: path, checkpoint: note)
        }
    }

    /// Size of an older checkpoint of this vault, whose signature is verified.
    package func checkpointSize(_ note: String) throws -> Int64 {
        try Checkpoint(verifying: note, keys: vault.trail.logKeys).size
    }

    /// Witnesses another vault's log: verifies that it continues what this vault last saw, keeps the new checkpoint in this
    /// vault's own log, and signs it.
    ///
    /// - Parameters:
    ///   - request: the result of the other vault's ``proveConsistency(from:)``.
    ///   - key: the other log's verifier key.
    /// - Returns: the cosigned note.
    /// - Throws: `AuditError.inconsistent` if the other log's history was rewritten.
    package func witness(_ request: String, key: String) throws -> String {
        let access = try authorize(.auditVerify, purpose: nil)
        let (old, path, note) = try ProofText.parseConsistency(request)
        let key = try VerifierKey(key)
        let checkpoint = try Checkpoint(verifying: note, publicKey: key.publicKey)
        guard checkpoint.origin == key.name else { throw AuditError.wrongOrigin(checkpoint.origin) }
        do {
            return try commit(access) { writer in
                let last = try writer.reader.witnessed(origin: key.name)
                guard last?.size ?? 0 == old else { throw AuditError.notWitnessedLast(size: last?.size ?? 0) }
                guard old <= checkpoint.size, ProofCheck.consistency(
                    old: old, oldRoot: last?.root ?? [], size: checkpoint.size, root: checkpoint.root, path: path)
                else { throw AuditError.inconsistent(old: old, size: checkpoint.size) }
                let now = vault.clock()
                try writer.setWitnessed(origin: key.name, size: checkpoint.size, root: checkpoint.root, at: now)
                let line = try Checkpoint.cosignature(
                    under: note, by: vault.trail.signingKey, named: vault.trail.origin, time: UInt64(now / 1000))
                let detail: [AuditDetail: String] = [
                    .witnessed: key.name, .size: String(checkpoint.size), .root: Data(checkpoint.root).base64EncodedString(),
                ]
                return (note + line, access.entry(rows: Int(checkpoint.size - old), detail: detail))
            }.0
        } catch let error as AuditError {
            try vault.log(access.entry(.failed, detail: [.witnessed: key.name, .error: "\(error)"]))
            throw error
        }
    }
}
