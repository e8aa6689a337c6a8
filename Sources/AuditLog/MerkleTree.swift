import Sealing

/// Append-only Merkle log, signed checkpoints, proofs.
///
/// The tree of RFC 9162 §2.1 over SHA-256: a leaf's hash is `SHA-256(0x00 ‖ entry)`, a node's `SHA-256(0x01 ‖ left ‖ right)`.
/// Only the frontier is kept between appends: the roots of the complete subtrees from left to right, one for each bit that is set
/// in the size.
public struct MerkleTree: Sendable, Equatable {
    /// Number of leaves.
    public private(set) var size: Int64
    /// 32-byte roots of the complete subtrees, largest first.
    public private(set) var frontier: [[UInt8]]

    public init() { (size, frontier) = (0, []) }

    /// Restores a tree; nil if the frontier does not fit the size.
    public init?(size: Int64, frontier bytes: [UInt8]) {
        guard size >= 0, bytes.count == size.nonzeroBitCount * 32 else { return nil }
        self.size = size
        frontier = stride(from: 0, to: bytes.count, by: 32).map { Array(bytes[$0..<$0 + 32]) }
    }

    /// The frontier as a byte string.
    public var frontierBytes: [UInt8] { frontier.flatMap { $0 } }

    /// Appends an entry as it is kept (``KeptEntry``).
    public mutating func append(_ entry: [UInt8], using sha: SHA256) {
        append(leafHash: KeptEntry.leafHash(of: entry, using: sha), using: sha)
    }

    /// Appends an entry whose hash is known.
    public mutating func append(leafHash: [UInt8], using sha: SHA256) {
        var hash = leafHash
        var rest = size
        while rest & 1 == 1 {
            hash = Self.nodeHash(frontier.removeLast(), hash, using: sha)
            rest >>= 1
        }
        frontier.append(hash)
        size += 1
    }

    /// The root hash. An empty tree's is the hash of no bytes.
    public func root(using sha: SHA256) -> [UInt8] {
        guard var hash = frontier.last else { return SHA256.hash([]) }
        for left in frontier.dropLast().reversed() { hash = Self.nodeHash(left, hash, using: sha) }
        return hash
    }

    public static func leafHash(_ entry: [UInt8], using sha: SHA256) -> [UInt8] {
        sha.hash(prefix: 0, entry.span)
    }

    public static func nodeHash(_ left: [UInt8], _ right: [UInt8], using sha: SHA256) -> [UInt8] {
        sha.hash(prefix: 1, left.span, right.span)
    }
}
