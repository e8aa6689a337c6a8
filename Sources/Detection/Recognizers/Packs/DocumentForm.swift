/// Numbers of documents that have a form or a check digit: of identity cards, taxpayers, insured, companies, vehicles.
struct DocumentForm: Sendable {
    /// Whether it stands without a cue, and how sure it is then.
    enum Alone: Sendable {
        case never
        case score(Double)
        /// Only in groups of these sizes.
        case groups([Int], Double)
    }

    let rule: String
    let type: EntityType
    /// A character each: 9 a digit, a a letter, A a capital, * either.
    let form: [UInt8]
    let alone: Alone
    /// Words before it.
    let cues: PhraseList
    let holds: @Sendable ([UInt32]) -> Bool

    init(_ rule: String, _ type: EntityType, _ form: String, alone: Alone = .never, cues: String = "", holds: @escaping @Sendable ([UInt32]) -> Bool = { _ in true }) {
        (self.rule, self.type, self.form, self.alone, self.cues, self.holds) = (rule, type, Array(form.utf8), alone, PhraseList(folding: cues), holds)
    }

    /// How far before a number its cue may begin.
    private static let reach = 40
    /// What may stand between groups, one at a time.
    private static let joints = UnitSet(" -./")

    static func detect(_ forms: [DocumentForm], in place: PackText, into found: inout [Entity]) {
        let text = place.text
        guard text.digitCount >= 3 else { return }
        var index = 0
        while index < text.count {
            let start = text.next([.letter, .digit], from: index)
            index = text.end(of: [.letter, .digit], from: start)
            guard start < text.count, place.isReadable(start) else { continue }
            for form in forms {
                if let (range, score) = form.match(at: start, in: place) { found.append(place.entity(form.type, range, score, form.rule)) }
            }
        }
    }

    private func match(at start: Int, in place: PackText) -> (range: Range<Int>, score: Double)? {
        let text = place.text
        var index = start
        var units: [UInt32] = []
        var groups = [0]
        for sign in form {
            if index < text.count, !units.isEmpty, Self.joints.contains(text.units[index]) {
                index += 1
                groups.append(0)
            }
            guard index < text.count, Self.fits(sign, text.units[index], isUpper: text.isUpper(index)) else { return nil }
            units.append(text.units[index])
            groups[groups.count - 1] += 1
            index += 1
        }
        guard place.isFree(index), holds(units) else { return nil }
        if hasCue(before: start, in: text) { return (start..<index, 0.95) }
        switch alone {
        case .never: return nil
        case .score(let score): return groups.count <= 7 ? (start..<index, score) : nil
        case .groups(let sizes, let score): return groups == sizes ? (start..<index, score) : nil
        }
    }

    private static func fits(_ sign: UInt8, _ unit: UInt32, isUpper: Bool) -> Bool {
        switch sign {
        case 0x39: FoldedText.isDigit(unit)
        case 0x61: FoldedText.isLatin(unit)
        case 0x41: FoldedText.isLatin(unit) && isUpper
        default: FoldedText.isDigit(unit) || FoldedText.isLatin(unit)
        }
    }

    private func hasCue(before start: Int, in text: FoldedText) -> Bool {
        (max(0, start - Self.reach)..<start).contains {
            cues.begins(at: $0, in: text) && ($0 == 0 || !FoldedText.isLetter(text.units[$0]) || !FoldedText.isLetter(text.units[$0 - 1]))
        }
    }
}

extension Checksums {
    /// The values of digits, and of letters from a: 10, b: 11 …
    static func values(_ units: some Sequence<UInt32>) -> [Int] { units.map { digit($0) ?? Int($0) - 87 } }

    /// What digits are as a number.
    static func number(_ units: some Sequence<UInt32>) -> Int { units.reduce(0) { $0 * 10 + (digit($1) ?? 0) } }

    static func weighted(_ values: some Sequence<Int>, _ weights: some Sequence<Int>) -> Int { zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } }

    /// Whether the two digits are a month and the two behind them a day.
    static func isMonthAndDay(_ units: ArraySlice<UInt32>) -> Bool { (1...12).contains(number(units.prefix(2))) && (1...31).contains(number(units.dropFirst(2).prefix(2))) }
}
