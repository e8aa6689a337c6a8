/// Words with what they say, by their first two characters: where one may begin, few are left to compare.
struct WordTable<Value: Sendable>: Sendable {
    private struct Slot {
        /// The first two characters; of a word of one, a zero behind it.
        var key: UInt32 = 0
        /// The words that begin so, the longest first.
        var begin: UInt16 = 0
        var end: UInt16 = 0
        /// A bit for the low six bits of each third character, which rules most places out; all, where a word has two.
        var thirds: UInt64 = 0
    }

    private struct Entry {
        /// Where its characters stand in `units`.
        var units: Range<Int>
        var value: Value
    }

    private var slots: [Slot]
    private let mask: Int
    private var entries: [Entry] = []
    /// The characters of all words, one word after another.
    private var units: [UInt32] = []

    /// - Parameter words: folded, of the basic plane's characters; of those that are alike the first counts.
    init(_ words: [(units: [UInt32], value: Value)]) {
        let groups = Dictionary(grouping: words) { Self.key($0.units[0], $0.units.count > 1 ? $0.units[1] : 0) }
        var bits = 4
        while 1 << bits < groups.count * 2 { bits += 1 }
        mask = (1 << bits) - 1
        slots = Array(repeating: Slot(), count: 1 << bits)
        for (key, group) in groups {
            var slot = Self.slot(key) & mask
            while slots[slot].key != 0 { slot = (slot + 1) & mask }
            let thirds: UInt64 = group.reduce(0) { $0 | ($1.units.count < 3 ? .max : 1 << UInt64($1.units[2] & 63)) }
            slots[slot] = Slot(key: key, begin: UInt16(entries.count), end: UInt16(entries.count + group.count), thirds: thirds)
            let longestFirst = group.enumerated().sorted { ($1.element.units.count, $0.offset) < ($0.element.units.count, $1.offset) }
            for (_, word) in longestFirst {
                entries.append(Entry(units: units.count..<units.count + word.units.count, value: word.value))
                units += word.units
            }
        }
    }

    /// The first character of each.
    var beginnings: [UInt32] { entries.map { units[$0.units.lowerBound] } }

    @inline(__always)
    private static func key(_ first: UInt32, _ second: UInt32) -> UInt32 { first << 16 | second }

    @inline(__always)
    private static func slot(_ key: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> 16) }

    /// The longest word at a place; one in Latin letters only where no letter stands beside it.
    func longest(at place: Int, in text: FoldedText) -> (value: Value, length: Int)? {
        let first = text.units[place]
        guard first < 0x10000 else { return nil }
        let isLatin = FoldedText.isLatin(first)
        if isLatin, place > 0, FoldedText.isLetter(text.units[place - 1]) { return nil }
        if place + 1 < text.count, text.units[place + 1] < 0x10000, let word = word(Self.key(first, text.units[place + 1]), at: place, in: text, isLatin) { return word }
        return word(Self.key(first, 0), at: place, in: text, isLatin)
    }

    @inline(__always)
    private func word(_ key: UInt32, at place: Int, in text: FoldedText, _ isLatin: Bool) -> (value: Value, length: Int)? {
        var slot = Self.slot(key) & mask
        while slots[slot].key != key {
            if slots[slot].key == 0 { return nil }
            slot = (slot + 1) & mask
        }
        let third = place + 2 < text.count ? text.units[place + 2] & 63 : 0
        guard slots[slot].thirds & 1 << UInt64(third) != 0 else { return nil }
        for number in Int(slots[slot].begin)..<Int(slots[slot].end) where stands(entries[number].units, at: place, in: text) {
            let end = place + entries[number].units.count
            if isLatin, end < text.count, FoldedText.isLetter(text.units[end]) { continue }
            return (entries[number].value, end - place)
        }
        return nil
    }

    /// Whether a word whose beginning does stands there.
    @inline(__always)
    private func stands(_ word: Range<Int>, at place: Int, in text: FoldedText) -> Bool {
        guard place + word.count <= text.count else { return false }
        for offset in 2..<max(2, word.count) where units[word.lowerBound + offset] != text.units[place + offset] { return false }
        return true
    }
}
