import Sealing

/// Compares a log, entry by entry, with another log of which the tree's state is known, and perhaps a published copy.
public struct LogComparison {
    /// The tree of the entries so far.
    public private(set) var tree = MerkleTree()
    private let kept: MerkleTree
    private let published: TileFolder.Reader?
    private let sha = SHA256()
    /// The complete subtree of the kept tree that is being compared: its number, its leaves so far, and where it began.
    private var subtree = 0
    private var part = MerkleTree()
    private var isComparing: Bool
    private let widths: [Int]
    /// How many entries both logs have in common at their beginning: at least, and at most.
    private var least: Int64 = 0
    private var most: Int64
    private var publishedLeaves: [[UInt8]] = []
    private var publishedDiffers = false

    /// - Parameters:
    ///   - kept: the other log's tree; nil if nothing is known of it.
    ///   - published: the other log's published files.
    public init(kept: MerkleTree?, published: TileFolder.Reader?) {
        self.kept = kept ?? MerkleTree()
        self.published = published
        let size = self.kept.size
        widths = (0..<Int64.bitWidth - 1).reversed().filter { size >> Int64($0) & 1 == 1 }
        (most, isComparing) = (size, size > 0)
    }

    public mutating func add(_ entry: [UInt8]) {
        let hash = KeptEntry.leafHash(of: entry, using: sha)
        comparePublished(hash)
        tree.append(leafHash: hash, using: sha)
        guard isComparing else { return }
        part.append(leafHash: hash, using: sha)
        // The sizes of the complete subtrees are the powers of two in the tree's size, largest first.
        guard part.size == 1 << Int64(widths[subtree]) else { return }
        if part.frontier[0] == kept.frontier[subtree] {
            least = max(least, tree.size)
        } else {
            most = min(most, tree.size - 1)
            isComparing = false
        }
        (part, subtree) = (MerkleTree(), subtree + 1)
        if subtree == widths.count { isComparing = false }
    }

    private mutating func comparePublished(_ hash: [UInt8]) {
        guard let published, !publishedDiffers, tree.size < published.size else { return }
        let offset = Int(tree.size % TileFolder.width)
        if offset == 0 { publishedLeaves = (try? published.leaves(tree.size / TileFolder.width)) ?? [] }
        if offset < publishedLeaves.count, publishedLeaves[offset] == hash { return }
        publishedDiffers = true
        if offset < publishedLeaves.count, tree.size < kept.size {
            least = max(least, tree.size)
            most = min(most, tree.size)
        }
    }

    /// Whether the log begins with everything that was kept of the other.
    public var continuesKept: Bool { kept.size == 0 || least == kept.size }

    /// Whether it begins with everything that was published of the other.
    public var continuesPublished: Bool { published.map { !publishedDiffers && tree.size >= $0.size } ?? true }

    /// How many entries both logs have in common at their beginning, at least and at most.
    public var shared: ClosedRange<Int64> {
        var least = least
        // Published entries of the kept log that this log has as well.
        if let published, !publishedDiffers { least = max(least, min(published.size, tree.size, kept.size)) }
        let most = max(least, min(most, tree.size))
        return least...most
    }
}
