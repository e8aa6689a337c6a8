import Sealing

/// Checks a log entry by entry against its checkpoint and, when given, an older one.
public struct AuditVerifier {
    private let checkpoint: Checkpoint
    private let older: Checkpoint?
    private var tree = MerkleTree()
    private let sha = SHA256()

    /// - Parameters:
    ///   - checkpoint: the newest one that the vault holds.
    ///   - older: one kept elsewhere: what it was signed over must still be there, unchanged.
    public init(checkpoint: Checkpoint, older: Checkpoint? = nil) throws(AuditError) {
        (self.checkpoint, self.older) = (checkpoint, older)
        if let older {
            guard older.origin == checkpoint.origin else { throw .wrongOrigin(older.origin) }
            guard older.size <= checkpoint.size else {
                throw .truncated(size: checkpoint.size, checkpoint: older.size)
            }
        }
        try checkOlder()
    }

    /// Takes the next entry, in order.
    public mutating func add(sequence: Int64, _ entry: [UInt8]) throws(AuditError) {
        guard sequence == tree.size else { throw .sequenceBroken(expected: tree.size, found: sequence) }
        guard sequence < checkpoint.size else {
            throw .unsignedEntries(size: sequence + 1, checkpoint: checkpoint.size)
        }
        guard let decoded = AuditEntry(canonicalBytes: entry), decoded.seq == sequence else {
            throw .malformedEntry(sequence)
        }
        tree.append(entry, using: sha)
        try checkOlder()
    }

    /// Call after the last entry.
    public func finish() throws(AuditError) {
        guard tree.size == checkpoint.size else { throw .truncated(size: tree.size, checkpoint: checkpoint.size) }
        guard tree.root(using: sha) == checkpoint.root else { throw .rootMismatch(size: checkpoint.size) }
    }

    private func checkOlder() throws(AuditError) {
        if let older, older.size == tree.size, tree.root(using: sha) != older.root {
            throw .rootMismatch(size: older.size)
        }
    }
}
