/// Phrases by their beginnings, for finding those that a text has at a place.
///
/// The edges are one table with open addressing, so that a step costs one look-up in memory that lies together.
struct PhraseTrie: Sendable {
    private var keys: [UInt64]
    private var targets: [Int32]
    private var edges = 0
    /// What ends at each node, or -1.
    private var values: [Int32] = [-1]

    init() {
        keys = Array(repeating: 0, count: 1 << 10)
        targets = Array(repeating: 0, count: 1 << 10)
    }

    /// The value that the phrase has then: an earlier one, or this.
    mutating func insert(_ phrase: some Sequence<UInt32>, value: Int32) -> Int32 {
        var node: Int32 = 0
        for scalar in phrase {
            let next = step(node, scalar)
            if next > 0 {
                node = next
            } else {
                values.append(-1)
                let new = Int32(values.count - 1)
                add(node, scalar, new)
                node = new
            }
        }
        if values[Int(node)] < 0 { values[Int(node)] = value }
        return values[Int(node)]
    }

    /// Phrases that begin at a place and end before `end`, the shortest first: where each ends, and its value.
    @inline(__always)
    func matches(in scalars: [UInt32], at start: Int, before end: Int, _ found: (_ end: Int, _ value: Int32) -> Void) {
        var node: Int32 = 0
        var place = start
        while place < end {
            node = step(node, scalars[place])
            if node == 0 { return }
            place += 1
            let value = values[Int(node)]
            if value >= 0 { found(place, value) }
        }
    }

    private static func slot(_ key: UInt64, _ mask: Int) -> Int {
        let mixed = key &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32) & mask
    }

    /// The next node, or 0.
    @inline(__always)
    private func step(_ node: Int32, _ scalar: UInt32) -> Int32 {
        // One more than the node, so that no key is 0, which marks an empty slot.
        let key = (UInt64(node) + 1) << 21 | UInt64(scalar)
        let mask = keys.count - 1
        var slot = Self.slot(key, mask)
        while keys[slot] != 0 {
            if keys[slot] == key { return targets[slot] }
            slot = (slot + 1) & mask
        }
        return 0
    }

    private mutating func add(_ node: Int32, _ scalar: UInt32, _ target: Int32) {
        if edges * 2 >= keys.count { grow() }
        place((UInt64(node) + 1) << 21 | UInt64(scalar), target)
        edges += 1
    }

    private mutating func place(_ key: UInt64, _ target: Int32) {
        let mask = keys.count - 1
        var slot = Self.slot(key, mask)
        while keys[slot] != 0 { slot = (slot + 1) & mask }
        keys[slot] = key
        targets[slot] = target
    }

    private mutating func grow() {
        let (oldKeys, oldTargets) = (keys, targets)
        keys = Array(repeating: 0, count: oldKeys.count * 2)
        targets = Array(repeating: 0, count: oldKeys.count * 2)
        for (key, target) in zip(oldKeys, oldTargets) where key != 0 { place(key, target) }
    }
}
