import Sealing

/// Hashes of a tree's complete subtrees. `level` 0 is the leaves; `index` counts subtrees of `2^level` leaves from the left.
public protocol NodeSource {
    func node(level: Int, index: Int64) throws -> [UInt8]
}

/// Inclusion and consistency proofs of RFC 9162 §2.1.3 and §2.1.4. Hashes are 32 bytes each, from the leaf upwards.
public struct TreeProofs<Source: NodeSource> {
    private let source: Source
    private let sha = SHA256()

    public init(source: Source) { self.source = source }

    /// Root of the tree of the first `size` leaves.
    public func root(size: Int64) throws -> [UInt8] {
        size == 0 ? SHA256.hash([]) : try subtree(0, size)
    }

    /// Proves that leaf `index` is in the tree of the first `size` leaves.
    public func inclusion(of index: Int64, in size: Int64) throws -> [[UInt8]] {
        precondition(index >= 0 && index < size)
        var (low, high) = (Int64(0), size)
        var path: [[UInt8]] = []
        while high - low > 1 {
            let middle = low + Self.split(high - low)
            if index < middle {
                path.append(try subtree(middle, high))
                high = middle
            } else {
                path.append(try subtree(low, middle))
                low = middle
            }
        }
        return path.reversed()
    }

    /// Proves that the tree of the first `old` leaves is the beginning of the tree of the first `size`.
    public func consistency(from old: Int64, to size: Int64) throws -> [[UInt8]] {
        precondition(old >= 0 && old <= size)
        guard old > 0, old < size else { return [] }
        var (low, high) = (Int64(0), size)
        var path: [[UInt8]] = []
        // Whether what is left is the old tree, whose root the verifier knows.
        var isWhole = true
        while old != high {
            let middle = low + Self.split(high - low)
            if old <= middle {
                path.append(try subtree(middle, high))
                high = middle
            } else {
                path.append(try subtree(low, middle))
                (low, isWhole) = (middle, false)
            }
        }
        if !isWhole { path.append(try subtree(low, high)) }
        return path.reversed()
    }

    /// Hash of the leaves from `low` to before `high`, where `low` begins a complete subtree.
    private func subtree(_ low: Int64, _ high: Int64) throws -> [UInt8] {
        let count = high - low
        if count & (count - 1) == 0, low % count == 0 {
            return try source.node(level: count.trailingZeroBitCount, index: low / count)
        }
        let middle = low + Self.split(count)
        return MerkleTree.nodeHash(try subtree(low, middle), try subtree(middle, high), using: sha)
    }

    /// The largest power of two below `count`.
    private static func split(_ count: Int64) -> Int64 {
        1 << (Int64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}

/// Verification of proofs, as in RFC 9162 §2.1.3.2 and §2.1.4.2.
public enum ProofCheck {
    /// Whether `path` leads from the leaf to the root.
    public static func inclusion(
        leaf: [UInt8], index: Int64, size: Int64, path: [[UInt8]], root: [UInt8]
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        let sha = SHA256()
        var (first, last) = (index, size - 1)
        var hash = leaf
        for sibling in path {
            guard last > 0 else { return false }
            if first & 1 == 1 || first == last {
                hash = MerkleTree.nodeHash(sibling, hash, using: sha)
                while first & 1 == 0, first != 0 { (first, last) = (first >> 1, last >> 1) }
            } else {
                hash = MerkleTree.nodeHash(hash, sibling, using: sha)
            }
            (first, last) = (first >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    /// Whether `path` proves that the old tree is the beginning of the new one.
    public static func consistency(
        old: Int64, oldRoot: [UInt8], size: Int64, root: [UInt8], path: [[UInt8]]
    ) -> Bool {
        if old == size { return path.isEmpty && oldRoot == root }
        guard old > 0, old < size else { return old == 0 && path.isEmpty }
        var path = path
        if old & (old - 1) == 0 { path.insert(oldRoot, at: 0) }
        guard var oldHash = path.first else { return false }
        let sha = SHA256()
        var hash = oldHash
        var (first, last) = (old - 1, size - 1)
        while first & 1 == 1 { (first, last) = (first >> 1, last >> 1) }
        for sibling in path.dropFirst() {
            guard last > 0 else { return false }
            if first & 1 == 1 || first == last {
                oldHash = MerkleTree.nodeHash(sibling, oldHash, using: sha)
                hash = MerkleTree.nodeHash(sibling, hash, using: sha)
                while first & 1 == 0, first != 0 { (first, last) = (first >> 1, last >> 1) }
            } else {
                hash = MerkleTree.nodeHash(hash, sibling, using: sha)
            }
            (first, last) = (first >> 1, last >> 1)
        }
        return last == 0 && oldHash == oldRoot && hash == root
    }
}
