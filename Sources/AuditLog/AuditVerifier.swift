import Sealing

/// Verifies a log, entry by entry, against its checkpoint, older checkpoints and its published files.
public struct AuditVerifier {
    private let checkpoint: Checkpoint
    /// Kept elsewhere or published: the entries that they were signed over must still be there, unchanged.
    private let older: [Checkpoint]
    private let published: TileFolder.Reader?
    private var tree = MerkleTree()
    private let sha = SHA256()
    /// Hashes and entries of the current tile.
    private var hashes: [[UInt8]] = []
    private var entries: [[UInt8]] = []
    /// Level-0 tiles and bundles that differ from the entries.
    private var differing: AuditError?

    /// - Parameters:
    ///   - checkpoint: the newest one that the vault holds.
    ///   - older: any others.
    ///   - published: the published tiles; their size must be that of one of `older`.
    public init(checkpoint: Checkpoint, older: [Checkpoint] = [], published: TileFolder.Reader? = nil) throws(AuditError) {
        (self.checkpoint, self.older, self.published) = (checkpoint, older, published)
        for older in older {
            guard older.origin == checkpoint.origin else { throw .wrongOrigin(older.origin) }
            guard older.size <= checkpoint.size else {
                throw .truncated(size: checkpoint.size, checkpoint: older.size)
            }
        }
        try checkOlder()
    }

    /// Takes the next entry, in order, as it is kept (``KeptEntry``). Of entries whose bodies were removed only the hashes are compared.
    public mutating func add(sequence: Int64, _ entry: [UInt8]) throws(AuditError) {
        guard sequence == tree.size else { throw .sequenceBroken(expected: tree.size, found: sequence) }
        guard sequence < checkpoint.size else {
            throw .unsignedEntries(size: sequence + 1, checkpoint: checkpoint.size)
        }
        let hash = KeptEntry.leafHash(of: entry, using: sha)
        tree.append(leafHash: hash, using: sha)
        if let published, sequence < published.size {
            hashes.append(hash)
            entries.append(entry)
            if hashes.count == TileFolder.width || tree.size == published.size { compareTile(published) }
        }
        try checkOlder()
    }

    /// Call after the last entry; returns the tree.
    public func finish() throws(AuditError) -> MerkleTree {
        guard tree.size == checkpoint.size else { throw .truncated(size: tree.size, checkpoint: checkpoint.size) }
        guard tree.root(using: sha) == checkpoint.root else { throw changed(size: checkpoint.size) }
        if let differing {
            // The entries are those that were signed, so the tile is wrong.
            if case .publishedDiffers(let entry) = differing {
                throw .damagedTile(level: 0, index: entry / TileFolder.width)
            }
            throw differing
        }
        try published?.checkUpperTiles()
        return tree
    }

    private mutating func compareTile(_ published: TileFolder.Reader) {
        defer {
            hashes.removeAll(keepingCapacity: true)
            entries.removeAll(keepingCapacity: true)
        }
        guard differing == nil else { return }
        let index = (tree.size - 1) / TileFolder.width
        do {
            let leaves = try published.leaves(index)
            if let offset = leaves.indices.first(where: { leaves[$0] != hashes[$0] }) {
                differing = .publishedDiffers(entry: index * TileFolder.width + Int64(offset))
            } else if try !entries.contains(where: KeptEntry.isRemoved) && published.entries(index) != entries {
                differing = .damagedBundle(index)
            }
        } catch {
            differing = error as? AuditError ?? .damagedTile(level: 0, index: index)
        }
    }

    private func checkOlder() throws(AuditError) {
        for older in older where older.size == tree.size && tree.root(using: sha) != older.root {
            throw changed(size: older.size)
        }
    }

    /// Names the entry, if the published hashes tell which.
    private func changed(size: Int64) -> AuditError {
        if case .publishedDiffers = differing { return differing! }
        return .rootMismatch(size: size)
    }
}
