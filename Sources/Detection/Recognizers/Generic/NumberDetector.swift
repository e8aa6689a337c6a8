/// Finds phones, identity and card numbers and IPv4 addresses: anything whose body is digits.
///
/// Digits stand in chunks (unbroken) and chunks in runs (one to three separators between). A
/// number begins where a chunk begins and ends where one ends, so that eleven digits inside a
/// longer order number are not a phone. At most 20 digits are looked at from each start: linear.
struct NumberDetector {
    private struct Chunk {
        var units: Range<Int>
        /// Index of its first digit in `digits`.
        var first: Int
    }

    private let text: FoldedText
    private let cues: Cues
    private var digits: [UInt8] = []
    private var chunks: [Chunk] = []
    private var found: [Entity] = []
    /// Where each run of two digits or more stands, and its digits.
    private var runs: [(units: Range<Int>, digits: [UInt8])] = []

    static func detect(in text: FoldedText, _ cues: Cues, into found: inout [Entity]) {
        var detector = NumberDetector(text: text, cues: cues)
        detector.scan()
        found += detector.found
    }

    private init(text: FoldedText, cues: Cues) { (self.text, self.cues) = (text, cues) }

    private mutating func scan() {
        guard text.digitCount >= 4 else { return }
        var index = text.next(.numeral, from: 0)
        while index < text.count {
            digits.removeAll(keepingCapacity: true)
            chunks.removeAll(keepingCapacity: true)
            index = collectRun(from: index)
            if digits.count >= 7 || chunks.count >= 4 { matchRun() }
            if text.digitCount >= 10, digits.count >= 2, digits.count <= 16 { runs.append((chunks[0].units.lowerBound..<chunks[chunks.count - 1].units.upperBound, digits)) }
            index = text.next(.numeral, from: index)
        }
        joinRuns()
    }

    /// 020 7946 yeah and then 0018: a telephone's or a card's number with nothing but fillers in it.
    private mutating func joinRuns() {
        guard runs.count > 1 else { return }
        for index in runs.indices.dropLast() {
            let (one, other) = (runs[index], runs[index + 1])
            let number = one.digits + other.digits
            guard (10...19).contains(number.count), !number.contains(10), other.digits.count >= 2, isFilled(one.units.upperBound..<other.units.lowerBound) else { continue }
            let isPhone = number.count == 11 && number[0] == 1 && number[1] >= 3 || isLandline(number) || number.count == 11 && number[0] == 0 && [1, 2, 7].contains(number[1])
            let isCard = (13...19).contains(number.count) && ((3...6).contains(number[0]) || isMastercard2(number)) && Checksums.luhn(number)
            guard isPhone || isCard else { continue }
            let key = String(decoding: number.map { $0 + 48 }, as: UTF8.self)
            for run in [one, other] {
                found.append(Entity(type: isCard ? .bankCard : .phone, bytes: text.bytes(run.units), score: 0.75, rule: isCard ? "bank-card.pieces" : "phone.pieces", key: key))
            }
        }
    }

    /// Whether a gap has fillers and nothing else, one at least.
    private func isFilled(_ gap: Range<Int>) -> Bool {
        guard (2...24).contains(gap.count) else { return false }
        var index = gap.lowerBound
        var count = 0
        while index < gap.upperBound {
            if FoldedText.isSeparator(text.units[index]) || text.units[index] == 0x3F {
                index += 1
            } else if let filler = Self.pauses.first(at: index, in: text), index + filler.count <= gap.upperBound {
                index += filler.count
                count += 1
            } else {
                return false
            }
        }
        return count > 0
    }

    private static let pauses = PhraseList([
        "followed by", "and then", "yeah", "and", "then", "um", "uh", "er", "so", "okay", "ok", "next", "that's", "it's", "right", "然后是", "然后", "嗯", "那个", "再", "后面是", "后面", "接着",
        "呃", "额", "对", "就是",
    ])

    /// Reads chunks until more than three separators, or anything else, come between.
    private mutating func collectRun(from start: Int) -> Int {
        var index = start
        while true {
            let chunkStart = index
            let firstDigit = digits.count
            while index < text.count, text.digits[index] != 255 {
                digits.append(text.digits[index])
                index += 1
            }
            // The check character of a resident id.
            if index < text.count, text.units[index] == 0x78, index - chunkStart <= 17, digits.count >= 17,
                index + 1 == text.count || !FoldedText.isLetter(text.units[index + 1])
            {
                digits.append(10)
                index += 1
            }
            chunks.append(Chunk(units: chunkStart..<index, first: firstDigit))
            let end = index
            while index < text.count, index - end < 3, FoldedText.isSeparator(text.units[index]) { index += 1 }
            guard index > end, index < text.count, text.digits[index] != 255 else { return end }
        }
    }

    private mutating func matchRun() {
        var first = 0
        while first < chunks.count {
            first = matchLongest(from: first) ?? first + 1
        }
    }

    /// The longest number that begins at a chunk; returns the chunk after it.
    private mutating func matchLongest(from first: Int) -> Int? {
        let start = chunks[first].first
        func end(of chunk: Int) -> Int { chunk + 1 < chunks.count ? chunks[chunk + 1].first : digits.count }
        var count = 0
        while first + count < chunks.count, end(of: first + count) - start <= 20 { count += 1 }
        for last in (first..<first + count).reversed() {
            let number = digits[start..<end(of: last)]
            let units = chunks[first].units.lowerBound..<chunks[last].units.upperBound
            guard let match = classify(number, units: units, chunks: first...last) else { continue }
            let widened = match.from..<(match.type == .phone ? extensionEnd(units.upperBound) : units.upperBound)
            let key = String(decoding: number.map { $0 < 10 ? $0 + 48 : 120 }, as: UTF8.self)
            found.append(Entity(type: match.type, bytes: text.bytes(widened), score: match.score, rule: match.rule, key: key))
            if match.type == .phone, let digits = spokenExtension(behind: units.upperBound) {
                found.append(Entity(type: .phone, bytes: text.bytes(digits), score: match.score, rule: "phone.extension", key: text.key(digits)))
            }
            return last + 1
        }
        return nil
    }

    /// ext. 22 behind a phone's number: the word stays.
    private func spokenExtension(behind end: Int) -> Range<Int>? {
        guard let word = Self.extensionWords.first(at: end, in: text) else { return nil }
        let start = end + word.count
        var index = start
        while index < text.count, index - start < 6, FoldedText.isDigit(text.units[index]) { index += 1 }
        return index > start ? start..<index : nil
    }

    private static let extensionWords = PhraseList([" ext. ", " ext: ", " ext ", ", ext. ", ", ext ", " extension ", ", extension ", " extn ", " 分机号", " 分机", "分机号", "分机", "转分机"])

    /// x123 behind a phone's number.
    private func extensionEnd(_ end: Int) -> Int {
        guard let word = Self.extensions.first(at: end, in: text) else { return end }
        var index = end + word.count
        while index < text.count, index - end - word.count < 6, FoldedText.isDigit(text.units[index]) { index += 1 }
        return index > end + word.count ? index : end
    }

    private static let extensions = PhraseList([" x", "x", "ext"])

    private typealias Match = (type: EntityType, score: Double, rule: String, from: Int)

    private func classify(_ number: ArraySlice<UInt8>, units: Range<Int>, chunks range: ClosedRange<Int>) -> Match? {
        let before = units.lowerBound > 0 ? text.units[units.lowerBound - 1] : 0x20
        let hasPlus = before == 0x2B
        let afterLetter = FoldedText.isLetter(before)
        let start = hasPlus || before == 0x28 ? units.lowerBound - 1 : units.lowerBound
        let d = Array(number)
        // Chinese numerals also write quantities (三三两两): they make a number less sure.
        func isSpelled() -> Bool { units.contains { text.digits[$0] != 255 && !FoldedText.isDigit(text.units[$0]) } }
        if isRow(range), cues.before(units.lowerBound, within: 6, where: { $0 == .phone || $0 == .bankCard || $0 == .residentID }) == nil { return nil }
        if d.last == 10 || d.count == 18, Checksums.residentID(d) { return (.residentID, 1, "resident-id.gb11643", units.lowerBound) }
        if d.count == 15, !afterLetter, !isSpelled(), Checksums.oldResidentID(d) { return (.residentID, 0.65, "resident-id.15", units.lowerBound) }
        if d.contains(10) { return nil }
        if let phone = phoneRule(d, hasPlus: hasPlus, chunks: range, units: units) {
            return (.phone, afterLetter ? 0.6 : isSpelled() ? 0.9 : phone.score, phone.rule, start)
        }
        if (13...19).contains(d.count), !afterLetter, (3...6).contains(d[0]) || isMastercard2(d), Checksums.luhn(d), !isSpelled(), !isPairOfDecimals(units) {
            return (.bankCard, 0.9, "bank-card.luhn", units.lowerBound)
        }
        if d.count <= 12, range.count == 4, isIPv4(range) { return (.ipAddress, 0.9, "ip.v4", units.lowerBound) }
        return nil
    }

    /// 31.230416,121.473701 is a place, whatever its digits add up to.
    private func isPairOfDecimals(_ units: Range<Int>) -> Bool { text.units[units].contains(0x2C) && text.units[units].count(where: { $0 == 0x2E }) > 1 }

    /// First digits 2221 to 2720, sixteen in all.
    private func isMastercard2(_ d: [UInt8]) -> Bool {
        d.count == 16 && (2221...2720).contains(d[..<4].reduce(0) { $0 * 10 + Int($1) })
    }

    /// Whether chunks are a row of numbers, not the groups of one: many of one or two digits, decimals, or thousands with commas.
    private func isRow(_ range: ClosedRange<Int>) -> Bool {
        guard range.count > 2 else { return false }
        if range.count > 5, range.count(where: { chunks[$0].units.count == 1 }) > 2 { return true }
        var (dots, commas, others) = (0, 0, 0)
        for index in range.dropFirst() {
            let gap = chunks[index - 1].units.upperBound..<chunks[index].units.lowerBound
            if gap.count == 1, text.units[gap.lowerBound] == 0x2E {
                dots += 1
            } else if gap.count == 1, text.units[gap.lowerBound] == 0x2C, chunks[index].units.count == 3 {
                commas += 1
            } else {
                others += 1
            }
        }
        return commas > 1 || commas > 0 && others > 0 || dots > 1 && others > 1
    }

    private func phoneRule(
        _ d: [UInt8], hasPlus: Bool, chunks range: ClosedRange<Int>, units: Range<Int>
    ) -> (rule: String, score: Double)? {
        func isMobile(_ tail: ArraySlice<UInt8>) -> Bool {
            tail.count == 11 && tail[tail.startIndex] == 1 && tail[tail.startIndex + 1] >= 3
        }
        if isMobile(d[...]) { return ("phone.cn-mobile", 1) }
        if d.count == 13, d[0] == 8, d[1] == 6, isMobile(d[2...]) { return ("phone.cn-mobile", 1) }
        if d.count == 15, d[0] == 0, d[1] == 0, d[2] == 8, d[3] == 6, isMobile(d[4...]) { return ("phone.cn-mobile", 1) }
        if isLandline(d), !text.units[units].contains(0x2F) { return ("phone.cn-landline", 0.9) }
        if hasPlus, (8...15).contains(d.count), d[0] != 0 { return ("phone.e164", 0.95) }
        if (11...15).contains(d.count), range.count >= 3, d[0] == 0, d[1] == 0, d[2] != 0, !text.units[units].contains(0x2C) { return ("phone.international", 0.8) }
        if let rule = NationalMobiles.rule(d, sizes(range), text.units[units].contains(0x2C)) { return rule }
        if d.count == 10, d[0] == 0, d[1] == 9 { return ("phone.tw-mobile", 0.85) }
        if d.count == 10, sizes(range) == [3, 3, 4], d[0] >= 2, d[3] >= 2, text.units[units].count(where: { $0 == 0x2E }) == 2 { return ("phone.us", 0.7) }
        let separated = range.count == 3 && text.units[units].contains { $0 != 0x2E && FoldedText.isSeparator($0) }
        // 250 300 1000 are round.
        if d.count == 10, separated, sizes(range) == [3, 3, 4], d[0] >= 2, d[3] >= 2, d[2] != 0 || d[5] != 0 || d[9] != 0 { return ("phone.us", 0.85) }
        if d.count == 11, d[0] == 1, range.count == 4, sizes(range) == [1, 3, 3, 4] { return ("phone.us", 0.9) }
        return nil
    }

    /// Area code of 2–3 digits after the 0, then 7–8 digits that do not begin with 0 or 1.
    private func isLandline(_ d: [UInt8]) -> Bool {
        guard d.count >= 10, d.count <= 12, d[0] == 0, d[1] != 0 else { return false }
        let areaLength = d[1] <= 2 ? 3 : 4
        let local = d.count - areaLength
        return (7...8).contains(local) && d[areaLength] >= 2
    }

    private func isIPv4(_ range: ClosedRange<Int>) -> Bool {
        for index in range {
            let chunk = chunks[index].units
            guard chunk.count <= 3, text.units[chunk].allSatisfy(FoldedText.isDigit) else { return false }
            let value = text.units[chunk].reduce(0) { $0 * 10 + Int($1 - 48) }
            guard value <= 255 else { return false }
            if index > range.lowerBound {
                let gap = chunks[index - 1].units.upperBound..<chunk.lowerBound
                guard gap.count == 1, text.units[gap.lowerBound] == 0x2E else { return false }
            }
        }
        return true
    }

    private func sizes(_ range: ClosedRange<Int>) -> [Int] { range.map { chunks[$0].units.count } }
}
