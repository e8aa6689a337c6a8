/// What a pattern says, as a tree.
indirect enum PatternNode {
    case take(CharacterSet)
    case sequence([PatternNode])
    case either([PatternNode])
    case repeated(PatternNode, least: Int, most: Int?)
}

/// Reads a pattern as people write it.
struct PatternParser {
    private let source: [Unicode.Scalar]
    private var place = 0
    private var depth = 0

    /// Groups within groups.
    private static let deepest = 20
    /// The greatest number in braces.
    private static let mostTimes = 100

    init(_ source: String) { self.source = Array(source.unicodeScalars) }

    mutating func parse() throws(Pattern.Failure) -> PatternNode {
        guard !source.isEmpty else { throw Pattern.Failure(description: "it is empty") }
        let node = try either()
        if place < source.count { throw failure("')' at character \(place + 1) closes nothing") }
        return node
    }

    private func failure(_ message: String) -> Pattern.Failure { Pattern.Failure(description: message) }

    private var next: Unicode.Scalar? { place < source.count ? source[place] : nil }

    private mutating func either() throws(Pattern.Failure) -> PatternNode {
        var branches = [try sequence()]
        while next == "|" {
            place += 1
            branches.append(try sequence())
        }
        return branches.count == 1 ? branches[0] : .either(branches)
    }

    private mutating func sequence() throws(Pattern.Failure) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let part = try one(scalar)
            parts.append(try repeated(part))
        }
        return .sequence(parts)
    }

    private mutating func one(_ scalar: Unicode.Scalar) throws(Pattern.Failure) -> PatternNode {
        place += 1
        switch scalar {
        case "(": return try group()
        case "[": return .take(try set())
        case ".": return .take(.any)
        case "\\": return .take(try escaped())
        case "?", "*", "+", "{": throw failure("'\(scalar)' at character \(place) repeats nothing; write \\\(scalar) for the character itself")
        case "^", "$": throw failure("'\(scalar)' is not needed: a match never begins or ends inside a word or a number; write \\\(scalar) for the character itself")
        default:
            let unit = try folded(scalar)
            return .take(CharacterSet(ranges: [unit...unit]))
        }
    }

    private mutating func group() throws(Pattern.Failure) -> PatternNode {
        let start = place
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw failure("groups lie more than \(Self.deepest) deep") }
        if next == "?" {
            guard place + 1 < source.count, source[place + 1] == ":" else {
                throw failure("'(?' at character \(start) begins an assertion, an option or a named group, which are not supported; write (…) or (?:…)")
            }
            place += 2
        }
        let inner = try either()
        guard next == ")" else { throw failure("'(' at character \(start) is not closed") }
        place += 1
        return inner
    }

    private mutating func repeated(_ part: PatternNode) throws(Pattern.Failure) -> PatternNode {
        let result: PatternNode
        switch next {
        case "?": result = .repeated(part, least: 0, most: 1)
        case "*": result = .repeated(part, least: 0, most: nil)
        case "+": result = .repeated(part, least: 1, most: nil)
        case "{":
            let start = place + 1
            guard let close = source[place...].firstIndex(of: "}") else { throw failure("'{' at character \(start) is not closed") }
            let bounds = String(String.UnicodeScalarView(source[place + 1..<close])).split(separator: ",", omittingEmptySubsequences: false)
            guard (1...2).contains(bounds.count), let least = Int(bounds[0]), (0...Self.mostTimes).contains(least) else {
                throw failure("'{' at character \(start) must be followed by a number to \(Self.mostTimes), as in {8}, {2,} or {6,10}")
            }
            let most = bounds.count == 1 ? least : bounds[1].isEmpty ? nil : Int(bounds[1]) ?? -1
            if let most, !(max(least, 1)...Self.mostTimes).contains(most) {
                throw failure("'{' at character \(start): the second number must be between the first and \(Self.mostTimes)")
            }
            place = close
            result = .repeated(part, least: least, most: most)
        default: return part
        }
        place += 1
        if let again = next, ["?", "*", "+", "{"].contains(again) {
            throw failure("'\(again)' at character \(place + 1) follows a repetition; a match is always the longest")
        }
        return result
    }

    private mutating func set() throws(Pattern.Failure) -> CharacterSet {
        let start = place
        var set = CharacterSet()
        if next == "^" {
            set.isNegated = true
            place += 1
        }
        while let scalar = next, scalar != "]" {
            place += 1
            if scalar == "\\" {
                let escaped = try escaped()
                if escaped.ranges.count > 1 || escaped.ranges[0].count > 1 || escaped.isNegated {
                    guard !escaped.isNegated else { throw failure("a class such as \\D cannot stand in brackets") }
                    set.ranges += escaped.ranges
                    continue
                }
                try addRange(from: escaped.ranges[0].lowerBound, to: &set)
            } else {
                try addRange(from: try folded(scalar), to: &set)
            }
        }
        guard next == "]" else { throw failure("'[' at character \(start) is not closed") }
        guard !set.ranges.isEmpty else { throw failure("'[]' at character \(start) is empty") }
        place += 1
        return set
    }

    /// A character, or the first of a range.
    private mutating func addRange(from first: UInt32, to set: inout CharacterSet) throws(Pattern.Failure) {
        guard next == "-", place + 1 < source.count, source[place + 1] != "]" else {
            set.ranges.append(first...first)
            return
        }
        let last = try folded(source[place + 1])
        guard first <= last else { throw failure("the range at character \(place) runs backwards") }
        set.ranges.append(first...last)
        place += 2
    }

    private mutating func escaped() throws(Pattern.Failure) -> CharacterSet {
        guard let scalar = next else { throw failure("'\\' stands at the end") }
        place += 1
        switch scalar {
        case "d": return .digits
        case "w": return .word
        case "s": return .blanks
        case "D", "W", "S":
            var set: CharacterSet = scalar == "D" ? .digits : scalar == "W" ? .word : .blanks
            set.isNegated = true
            return set
        case "n": return CharacterSet(ranges: [0x0A...0x0A])
        case "t": return CharacterSet(ranges: [0x09...0x09])
        case "b", "B", "A", "z", "Z": throw failure("'\\\(scalar)' is not needed: a match never begins or ends inside a word or a number")
        case "0"..."9": throw failure("'\\\(scalar)' refers to a group, which is not supported")
        case "a"..."z", "A"..."Z": throw failure("'\\\(scalar)' is not supported; known: \\d \\w \\s \\D \\W \\S \\n \\t")
        default:
            let unit = try folded(scalar)
            return CharacterSet(ranges: [unit...unit])
        }
    }

    /// A character as the text has it.
    private func folded(_ scalar: Unicode.Scalar) throws(Pattern.Failure) -> UInt32 {
        guard let unit = FoldedText.fold(scalar.value) else { throw failure("character \(place) is invisible, and no text has it") }
        return unit
    }
}

/// Writes a tree out as steps, each of which goes on to the next.
struct PatternCompiler {
    private(set) var steps: [Pattern.Step] = []

    mutating func add(_ node: PatternNode) throws(Pattern.Failure) {
        guard steps.count < Pattern.mostStates else {
            throw Pattern.Failure(description: "its repetitions make more than \(Pattern.mostStates) states")
        }
        switch node {
        case .take(let set): steps.append(.take(set))
        case .sequence(let parts): for part in parts { try add(part) }
        case .either(let branches): try add(branches[...])
        case .repeated(let part, let least, let most):
            for _ in 0..<least { try add(part) }
            guard let most else { return try addLoop(part) }
            for _ in least..<max(least, most) {
                let split = steps.count
                steps.append(.match)
                try add(part)
                steps[split] = .split(split + 1, steps.count)
            }
        }
    }

    private mutating func add(_ branches: ArraySlice<PatternNode>) throws(Pattern.Failure) {
        guard branches.count > 1, let first = branches.first else {
            if let first = branches.first { try add(first) }
            return
        }
        let split = steps.count
        steps.append(.match)
        try add(first)
        let jump = steps.count
        steps.append(.match)
        steps[split] = .split(split + 1, steps.count)
        try add(branches.dropFirst())
        steps[jump] = .split(steps.count, steps.count)
    }

    private mutating func addLoop(_ part: PatternNode) throws(Pattern.Failure) {
        let split = steps.count
        steps.append(.match)
        try add(part)
        steps.append(.split(split, split))
        steps[split] = .split(split + 1, steps.count)
    }
}
