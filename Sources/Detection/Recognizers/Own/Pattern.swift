/// A pattern that a deployment writes, matched without backtracking: all readings of a nondeterministic automaton are followed side by side
/// (Thompson 1968, "Regular Expression Search Algorithm"), so that a place costs at most states × ``longest`` steps, whatever the text.
///
/// It sees folded text: letters are small, widths and traditional characters are one. Characters, `.`, `[a-z]`, `[^…]`, `\d`, `\w`, `\s`,
/// groups, `|`, `?`, `*`, `+`, `{2}`, `{2,}`, `{2,4}` are understood; anchors, references and assertions are refused.
public struct Pattern: Sendable, Equatable {
    /// Why a pattern cannot be used.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        public var description: String
    }

    /// A match is at most so many characters long: longer identifiers are none.
    static let longest = 128
    /// What a pattern may have after its repetitions are written out.
    static let mostStates = 2_000

    enum Step: Sendable, Equatable {
        case take(CharacterSet)
        /// Both ways are followed.
        case split(Int, Int)
        case match
    }

    let steps: [Step]
    /// Which characters a match may begin with: those below 128, and whether any other may.
    private let beginnings: [Bool]
    private let mayBeginOther: Bool

    public init(_ source: String) throws(Failure) {
        var parser = PatternParser(source)
        let node = try parser.parse()
        var compiler = PatternCompiler()
        try compiler.add(node)
        let steps = compiler.steps + [.match]
        var reader = PatternReader()
        reader.begin(steps)
        guard !reader.isMatch else { throw Failure(description: "it matches an empty text, and so every place") }
        let sets = reader.states.compactMap { state -> CharacterSet? in if case .take(let set) = steps[state] { set } else { nil } }
        self.steps = steps
        beginnings = (0..<128).map { unit in sets.contains { $0.contains(UInt32(unit)) } }
        mayBeginOther = sets.contains { $0.mayContainOther }
    }

    /// False only where no match begins with a character.
    @inline(__always)
    func mayBegin(with unit: UInt32) -> Bool { unit < 128 ? beginnings[Int(unit)] : mayBeginOther }

    /// Where the longest match ends that begins at a place.
    ///
    /// - Parameters:
    ///   - reader: kept between calls, so that nothing is allocated for each.
    ///   - isEnd: where a match may end.
    func end(from start: Int, in units: [UInt32], _ reader: inout PatternReader, isEnd: (Int) -> Bool) -> Int? {
        var end: Int?
        reader.begin(steps)
        var index = start
        while index < units.count, index - start < Self.longest, !reader.states.isEmpty {
            reader.advance(over: units[index], steps)
            index += 1
            if reader.isMatch, isEnd(index) { end = index }
        }
        return end
    }
}

/// The states that an automaton is in, and whether what it has read matches.
struct PatternReader {
    private(set) var states: [Int] = []
    private(set) var isMatch = false
    private var next: [Int] = []
    private var waiting: [Int] = []
    /// In which round each state was entered last.
    private var entered: [Int] = []
    private var round = 0

    mutating func begin(_ steps: [Pattern.Step]) {
        if entered.count != steps.count { (entered, round) = (Array(repeating: 0, count: steps.count), 0) }
        startRound()
        enter(0, steps)
        swap(&states, &next)
    }

    /// Reads a character.
    mutating func advance(over unit: UInt32, _ steps: [Pattern.Step]) {
        startRound()
        for state in states {
            if case .take(let set) = steps[state], set.contains(unit) { enter(state + 1, steps) }
        }
        swap(&states, &next)
    }

    private mutating func startRound() {
        next.removeAll(keepingCapacity: true)
        (round, isMatch) = (round + 1, false)
    }

    private mutating func enter(_ first: Int, _ steps: [Pattern.Step]) {
        waiting.append(first)
        while let state = waiting.popLast() {
            guard entered[state] != round else { continue }
            entered[state] = round
            switch steps[state] {
            case .split(let one, let other):
                waiting.append(other)
                waiting.append(one)
            case .match: isMatch = true
            case .take: next.append(state)
            }
        }
    }
}

/// Characters by ranges.
struct CharacterSet: Sendable, Equatable {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    @inline(__always)
    func contains(_ unit: UInt32) -> Bool { ranges.contains { $0.contains(unit) } != isNegated }

    /// Whether any character beyond ASCII may be in it.
    var mayContainOther: Bool { isNegated || ranges.contains { $0.upperBound >= 128 } }

    static let digits = CharacterSet(ranges: [48...57])
    /// Letters of alphabets, Han, digits and _.
    static let word = CharacterSet(ranges: [48...57, 0x5F...0x5F, 97...122, 0xC0...0x24F, 0x370...0x52F, 0x1E00...0x1EFF, 0x3400...0x4DBF, 0x4E00...0x9FFF])
    static let blanks = CharacterSet(ranges: [0x09...0x0A, 0x0D...0x0D, 0x20...0x20])
    static let any = CharacterSet(ranges: [0x0A...0x0A], isNegated: true)
}
