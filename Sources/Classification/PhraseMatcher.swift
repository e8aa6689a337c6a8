/// Finds which of many phrases occur in a text, in one pass (Aho, Corasick 1975).
struct PhraseMatcher: Sendable {
    private struct Node: Sendable {
        var next: [UInt8: Int32] = [:]
        var fallback: Int32 = 0
        var phrases: [Int32] = []
    }

    private var nodes = [Node()]
    /// Phrases of Latin letters count as whole words only.
    private let needsEdges: [Bool]
    private let lengths: [Int]

    init(_ phrases: [String]) {
        let folded = phrases.map { Array($0.lowercased().utf8) }
        needsEdges = folded.map { ($0.first ?? 0) < 128 }
        lengths = folded.map(\.count)
        for (index, bytes) in folded.enumerated() where !bytes.isEmpty {
            var node = 0
            for byte in bytes {
                if let next = nodes[node].next[byte] {
                    node = Int(next)
                } else {
                    nodes.append(Node())
                    nodes[node].next[byte] = Int32(nodes.count - 1)
                    node = nodes.count - 1
                }
            }
            nodes[node].phrases.append(Int32(index))
        }
        var queue = nodes[0].next.values.map(Int.init)
        var head = 0
        while head < queue.count {
            let node = queue[head]
            head += 1
            for (byte, child) in nodes[node].next {
                var fallback = Int(nodes[node].fallback)
                while fallback != 0, nodes[fallback].next[byte] == nil { fallback = Int(nodes[fallback].fallback) }
                let target = nodes[fallback].next[byte] ?? 0
                nodes[Int(child)].fallback = target == child ? 0 : target
                nodes[Int(child)].phrases += nodes[Int(nodes[Int(child)].fallback)].phrases
                queue.append(Int(child))
            }
        }
    }

    /// How often each phrase occurs in a text, by the phrase's position in the list.
    func counts(in text: String) -> [Int: Int] {
        let bytes = Array(text.lowercased().utf8)
        var found: [Int: Int] = [:]
        var node = 0
        for (index, byte) in bytes.enumerated() {
            while node != 0, nodes[node].next[byte] == nil { node = Int(nodes[node].fallback) }
            node = Int(nodes[node].next[byte] ?? 0)
            for phrase in nodes[node].phrases {
                let start = index + 1 - lengths[Int(phrase)]
                if needsEdges[Int(phrase)], (start > 0 && Self.isWord(bytes[start - 1])) || (index + 1 < bytes.count && Self.isWord(bytes[index + 1])) { continue }
                found[Int(phrase), default: 0] += 1
            }
        }
        return found
    }

    private static func isWord(_ byte: UInt8) -> Bool { byte &- 97 < 26 || byte &- 48 < 10 }
}
