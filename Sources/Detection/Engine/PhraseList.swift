/// Phrases that a text is compared with at a place; the first in their order counts.
///
/// Only those are compared that have the character there, which most places rule out.
struct PhraseList: Sendable {
    private let phrases: [[UInt32]]
    private let firsts: PhraseIndex
    private let lasts: PhraseIndex

    init(_ phrases: [String]) {
        self.phrases = phrases.map { $0.unicodeScalars.map(\.value) }
        firsts = PhraseIndex(self.phrases) { $0[0] }
        lasts = PhraseIndex(self.phrases) { $0[$0.count - 1] }
    }

    /// The first character of each.
    var beginnings: [UInt32] { phrases.map { $0[0] } }

    /// The phrase that begins at a place.
    ///
    /// - Parameter accept: what else must be true of it.
    @inline(__always)
    func first(at place: Int, in text: FoldedText, where accept: ([UInt32]) -> Bool = { _ in true }) -> [UInt32]? {
        guard place < text.count else { return nil }
        for entry in firsts.entries(text.units[place]) where firsts.stands(entry, at: place, in: text) {
            let phrase = phrases[firsts.number(entry)]
            if accept(phrase) { return phrase }
        }
        return nil
    }

    /// The phrase that ends before a place.
    ///
    /// - Parameter accept: what else must be true of it.
    @inline(__always)
    func last(before place: Int, in text: FoldedText, where accept: ([UInt32]) -> Bool = { _ in true }) -> [UInt32]? {
        guard place > 0 else { return nil }
        for entry in lasts.entries(text.units[place - 1]) where lasts.stands(entry, at: place - lasts.length(entry), in: text) {
            let phrase = phrases[lasts.number(entry)]
            if accept(phrase) { return phrase }
        }
        return nil
    }

    /// Whether a stretch is one of the phrases.
    func contains(_ range: Range<Int>, in text: FoldedText) -> Bool {
        guard text.units.indices.contains(range.lowerBound) else { return false }
        return firsts.entries(text.units[range.lowerBound]).contains { firsts.length($0) == range.count && firsts.stands($0, at: range.lowerBound, in: text) }
    }

    func begins(at place: Int, in text: FoldedText) -> Bool {
        place < text.count && firsts.entries(text.units[place]).contains { firsts.stands($0, at: place, in: text) }
    }
}

/// A list's phrases by one of their characters, in the list's order: a hash table, small enough for the fastest cache.
struct PhraseIndex: Sendable {
    private struct Slot {
        var unit: UInt32 = 0
        var begin: UInt16 = 0
        var end: UInt16 = 0
    }

    private var slots: [Slot]
    private let mask: Int
    /// The phrases' numbers in the list, and where their characters stand in `units`: one array, not an array each, which would be counted
    /// whenever it is looked at.
    private var phrases: [(number: Int, units: Range<Int>)] = []
    private var units: [UInt32] = []

    /// - Parameter unit: a phrase's character.
    init(_ list: [[UInt32]], by unit: ([UInt32]) -> UInt32) {
        let groups = Dictionary(grouping: list.indices) { unit(list[$0]) }
        var bits = 2
        while 1 << bits < groups.count * 2 { bits += 1 }
        mask = (1 << bits) - 1
        slots = Array(repeating: Slot(), count: 1 << bits)
        for (unit, group) in groups {
            var slot = Self.slot(unit) & mask
            while slots[slot].unit != 0 { slot = (slot + 1) & mask }
            slots[slot] = Slot(unit: unit, begin: UInt16(phrases.count), end: UInt16(phrases.count + group.count))
            for number in group {
                phrases.append((number, units.count..<units.count + list[number].count))
                units += list[number]
            }
        }
    }

    @inline(__always)
    private static func slot(_ unit: UInt32) -> Int { Int((unit &* 0x9E37_79B1) >> 16) }

    /// The phrases that have a character.
    @inline(__always)
    func entries(_ unit: UInt32) -> Range<Int> {
        var slot = Self.slot(unit) & mask
        while slots[slot].unit != 0 {
            if slots[slot].unit == unit { return Int(slots[slot].begin)..<Int(slots[slot].end) }
            slot = (slot + 1) & mask
        }
        return 0..<0
    }

    @inline(__always)
    func number(_ entry: Int) -> Int { phrases[entry].number }

    @inline(__always)
    func length(_ entry: Int) -> Int { phrases[entry].units.count }

    /// Whether a phrase stands at a place.
    @inline(__always)
    func stands(_ entry: Int, at place: Int, in text: FoldedText) -> Bool {
        let phrase = phrases[entry].units
        guard place >= 0, place + phrase.count <= text.count else { return false }
        for offset in 0..<phrase.count where units[phrase.lowerBound + offset] != text.units[place + offset] { return false }
        return true
    }
}

extension FoldedText {
    /// Whether a phrase stands at a place.
    func has(_ phrase: [UInt32], at place: Int) -> Bool {
        guard place + phrase.count <= count else { return false }
        for offset in phrase.indices where units[place + offset] != phrase[offset] { return false }
        return true
    }
}
