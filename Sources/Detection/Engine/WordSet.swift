/// A set of words by the hash of their letters, small enough that a look-up costs a comparison or two.
struct WordSet: Sendable {
    private var slots: [UInt32]
    private let mask: Int

    init(_ words: String) {
        let hashes = Set(words.split(whereSeparator: \.isWhitespace).map { Self.hash($0) })
        var bits = 4
        while 1 << bits < hashes.count * 4 { bits += 1 }
        mask = (1 << bits) - 1
        slots = Array(repeating: 0, count: 1 << bits)
        for hash in hashes { insert(hash) }
    }

    private mutating func insert(_ hash: UInt32) {
        var slot = Int(hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = hash
    }

    @inline(__always)
    func contains(_ hash: UInt32) -> Bool {
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            if slots[slot] == hash { return true }
            slot = (slot + 1) & mask
        }
        return false
    }

    // MARK: Hashes

    /// FNV-1a.
    static let basis: UInt32 = 0x811C_9DC5

    @inline(__always)
    static func add(_ letter: UInt32, to hash: UInt32) -> UInt32 { (hash ^ letter) &* 0x0100_0193 }

    static func hash(_ word: some StringProtocol) -> UInt32 { word.utf8.reduce(basis) { add(UInt32($1), to: $0) } }
}
