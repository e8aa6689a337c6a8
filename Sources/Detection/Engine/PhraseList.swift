/// Phrases that a text is compared with at a place; the first in their order counts.
///
/// Most places are ruled out by one character.
struct PhraseList: Sendable {
    private let phrases: [[UInt32]]
    /// The characters that they begin with, and end with.
    private let firsts: UnitSet
    private let lasts: UnitSet

    init(_ phrases: [String]) {
        self.phrases = phrases.map { $0.unicodeScalars.map(\.value) }
        firsts = UnitSet(self.phrases.map { $0[0] })
        lasts = UnitSet(self.phrases.map { $0[$0.count - 1] })
    }

    /// The first character of each.
    var beginnings: [UInt32] { phrases.map { $0[0] } }

    /// The phrase that begins at a place.
    ///
    /// - Parameter accept: what else must be true of it.
    @inline(__always)
    func first(at place: Int, in text: FoldedText, where accept: ([UInt32]) -> Bool = { _ in true }) -> [UInt32]? {
        guard place < text.count, firsts.contains(text.units[place]) else { return nil }
        return phrases.first { text.has($0, at: place) && accept($0) }
    }

    /// The phrase that ends before a place.
    ///
    /// - Parameter accept: what else must be true of it.
    @inline(__always)
    func last(before place: Int, in text: FoldedText, where accept: ([UInt32]) -> Bool = { _ in true }) -> [UInt32]? {
        guard place > 0, lasts.contains(text.units[place - 1]) else { return nil }
        return phrases.first { place >= $0.count && text.has($0, at: place - $0.count) && accept($0) }
    }

    /// Whether a stretch is one of the phrases.
    func contains(_ range: Range<Int>, in text: FoldedText) -> Bool {
        guard text.units.indices.contains(range.lowerBound), firsts.contains(text.units[range.lowerBound]) else { return false }
        return phrases.contains { $0.count == range.count && text.has($0, at: range.lowerBound) }
    }

    func begins(at place: Int, in text: FoldedText) -> Bool { first(at: place, in: text) != nil }
}

extension FoldedText {
    /// Whether a phrase stands at a place.
    func has(_ phrase: [UInt32], at place: Int) -> Bool {
        guard place + phrase.count <= count else { return false }
        for offset in phrase.indices where units[place + offset] != phrase[offset] { return false }
        return true
    }
}
