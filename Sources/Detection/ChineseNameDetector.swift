import Foundation

/// Finds Chinese names that were not given to the detector.
///
/// A class-based language model (Gao, Li, Wu, Huang 2005, "Chinese Word Segmentation and Named Entity Recognition: A Pragmatic
/// Approach"): a stretch is a name if reading it as surname and given name costs less, in its context, than reading it as words.
/// Costs come from the ``Lexicon``; cue words and titles beside the stretch lower the name's cost. The ``NameTagger``, which was
/// trained on sentences, then decides: its margin is weighed against the costs.
struct ChineseNameDetector {
    private let text: FoldedText
    private let cues: Cues
    private let lexicon = Lexicon.shared
    private var found: [Entity] = []

    /// Cost of a word being a person's name at all.
    private static let prior: Float = 5.5
    /// Characters of context on either side.
    private static let context = 3
    /// Weight of the tagger's margin against the costs.
    private static let trust: Float = 0.3
    /// Added to each margin, because missing a name does more harm than covering a word.
    private static let caution: Float = 3
    /// A name that costs more than this above words is not given to the tagger.
    private static let hopeless: Float = -9
    /// Upper bound of ``evidence(_:)``.
    private static let bestEvidence: Float = 16
    /// From this margin on, the tagger decides without the lexicon.
    private static let sure: Float = 3

    static func detect(in text: FoldedText, _ cues: Cues, into found: inout [Entity]) {
        guard text.hasHan else { return }
        var detector = ChineseNameDetector(text: text, cues: cues)
        detector.scan()
        found += detector.found
    }

    private init(text: FoldedText, cues: Cues) { (self.text, self.cues) = (text, cues) }

    /// What has been read of the text so far. It is passed along, because as part of the detector it would be copied with each
    /// call of the detector's methods.
    private struct Readings {
        var margins = NameMargins()
        var words = WordCosts()
    }

    private mutating func scan() {
        let units = text.units
        var readings = Readings()
        var index = 0
        while index < units.count {
            let unit = units[index]
            if unit == 0xB7, let range = dottedName(at: index) {
                add(range, 0.85, "name.zh-dotted")
                index = range.upperBound
            } else if lexicon.beginsSurname(unit), var best = self.best(from: index, &readings) {
                // One that begins inside may fit better: 上周王伟 has 周王伟 and 王伟.
                for start in index + 1..<min(best.range.upperBound, index + 3) where lexicon.beginsSurname(units[start]) {
                    if let other = self.best(from: start, &readings), other.gain > best.gain { best = other }
                }
                add(best.range, best.score, best.rule)
                index = best.range.upperBound
            } else {
                index += 1
            }
        }
    }

    private mutating func add(_ range: Range<Int>, _ score: Double, _ rule: String) {
        found.append(Entity(type: .person, bytes: text.bytes(range), score: score, rule: rule, key: text.key(range)))
    }

    private func isHan(_ index: Int) -> Bool { index >= 0 && index < text.count && FoldedText.isHan(text.units[index]) }

    // MARK: Surname and given name

    private struct Candidate {
        var range: Range<Int>
        /// How much cheaper it is as a name than as words.
        var gain: Float
        var rule: String

        var score: Double { (100 / (1 + exp(-Double(gain)))).rounded() / 100 }
    }

    private func best(from start: Int, _ readings: inout Readings) -> Candidate? {
        var best: Candidate?
        for surnameLength in [2, 1] where start + surnameLength <= text.count {
            guard let surname = lexicon.surname(text.units[start..<start + surnameLength]) else { continue }
            if let candidate = titled(start, surnameLength, surname), candidate.gain > best?.gain ?? 0 { best = candidate }
            for givenLength in [2, 1] {
                let range = start..<start + surnameLength + givenLength
                guard range.upperBound <= text.count, let candidate = name(range, surnameLength, surname, &readings) else { continue }
                if candidate.gain > best?.gain ?? 0 { best = candidate }
            }
        }
        return best
    }

    private func name(_ range: Range<Int>, _ surnameLength: Int, _ surname: Float, _ readings: inout Readings) -> Candidate? {
        var cost = surname + Self.prior
        // Characters that no given name of the lexicon has need a cue, or a tagger that is certain.
        var isRare = false
        for index in range.dropFirst(surnameLength) {
            guard isHan(index) else { return nil }
            let isNever = Self.neverGiven.contains(text.units[index])
            let given = isNever ? Lexicon.rareGiven : lexicon.given(text.units[index])
            isRare = isRare || isNever || given >= Lexicon.rareGiven && (range.count - surnameLength == 1 || !hasCue(range.lowerBound))
            cost += given
        }
        let reach = lower(range.lowerBound)..<upper(range.upperBound)
        let asWords = readings.words.cheapest(reach, in: text.units)
        let after = readings.words.cheapest(range.upperBound..<reach.upperBound, in: text.units)
        let asName = asWords[range.lowerBound - reach.lowerBound] + cost + after[reach.upperBound - range.upperBound]
        let loss = asWords[reach.count] - asName
        guard loss + Self.bestEvidence > Self.hopeless else { return nil }
        let (bonus, rule) = evidence(range)
        let gain = loss + bonus
        guard gain > Self.hopeless else { return nil }
        let margin = readings.margins.margin(of: range, in: text.units)
        guard !isRare || margin > Self.sure else { return nil }
        // Where a cue or title announces a name, the tagger can only add to it.
        let decided = gain + Self.trust * (rule == "name.zh" ? margin + Self.caution : max(margin, 0))
        guard decided > 0 else { return nil }
        return Candidate(range: range, gain: decided, rule: rule)
    }

    /// How much the context of a stretch lowers the name's cost.
    private func evidence(_ range: Range<Int>) -> (Float, String) {
        var bonus: Float = 0
        var rule = "name.zh"
        if let cue = cueBefore(range.lowerBound) {
            bonus += cue.units.count == 1 ? 2 : 5
            rule = "name.zh-cue"
        }
        if isTitle(at: range.upperBound) {
            bonus += 5
            rule = "name.zh-title"
        }
        // Names often stand between punctuation marks, after forms of address, and before verbs of speech.
        if !isHan(range.lowerBound - 1) { bonus += 1 }
        if !isHan(range.upperBound) { bonus += 0.7 }
        if range.lowerBound > 0, Self.beforeNames.contains(text.units[range.lowerBound - 1]) { bonus += 1.2 }
        if Self.speech.begins(at: range.upperBound, in: text) { bonus += 2.5 }
        return (bonus, rule)
    }

    private func hasCue(_ start: Int) -> Bool { cueBefore(start).map { $0.units.count > 1 } ?? false }

    private func cueBefore(_ start: Int) -> Cues.Cue? {
        var end = start
        while end > 0, start - end < 2, [0x3A, 0x20, 0x201C, 0x22, 0x300C, 0x3010].contains(text.units[end - 1]) { end -= 1 }
        return cues.before(end, within: 0) { $0 == .name || $0 == .title }
    }

    private func isTitle(at index: Int) -> Bool { cues.at(index, .title) != nil }

    /// Surname and title: 王先生.
    private func titled(_ start: Int, _ length: Int, _ surname: Float) -> Candidate? {
        guard surname < 8 || length == 2 || (surname < 11 && !isHan(start - 1)) else { return nil }
        guard let title = cues.at(start + length, .title) else { return short(start, length, surname) }
        // 那先生, 和女士: here the character is a word, unless a mark or a cue precedes it.
        if let word = lexicon.word(text.units[start..<start + length]), !hasCue(start) {
            if word < 4.5 || (word < 5.5 && isHan(start - 1)) || (word < 7.5 && surname > 7.5) { return nil }
        }
        // The preceding character may form a word with the surname: 紧张老师.
        if isHan(start - 1), lexicon.word(text.units[start - 1..<start + length]).map({ $0 < 13 }) == true, !hasCue(start) { return nil }
        return Candidate(range: start..<title.units.upperBound, gain: 2.2, rule: "name.zh-surname-title")
    }

    /// 王总, 小王, 老李.
    private func short(_ start: Int, _ length: Int, _ surname: Float) -> Candidate? {
        let end = start + length
        if surname < 6, end < text.count, text.units[end] == 0x603B, !isHan(end + 1) || !Self.afterZong.contains(text.units[end + 1]) {
            if isHan(start - 1), lexicon.word(text.units[start - 1..<end]).map({ $0 < 13 }) == true { return nil }
            return Candidate(range: start..<end + 1, gain: 1.1, rule: "name.zh-surname-title")
        }
        guard length == 1, surname < 5.5, start > 0, [0x5C0F, 0x8001].contains(text.units[start - 1]) else { return nil }
        if lexicon.word(text.units[start - 1..<end]).map({ $0 < 12.5 }) == true { return nil }
        if isHan(end), lexicon.word(text.units[start..<end + 1]) != nil { return nil }
        let isExpected = start > 1 && Self.beforeFamiliar.contains(text.units[start - 2])
        guard cueBefore(start - 1) != nil || !isHan(end) || isTitle(at: end) || isExpected else { return nil }
        return Candidate(range: start - 1..<end, gain: 0.9, rule: "name.zh-familiar")
    }

    // MARK: Reading as words

    private func lower(_ start: Int) -> Int {
        var index = start
        while index > 0, start - index < Self.context, isHan(index - 1) { index -= 1 }
        return index
    }

    private func upper(_ end: Int) -> Int {
        var index = end
        while index < text.count, index - end < Self.context, isHan(index) { index += 1 }
        return index
    }

    // MARK: Names in other forms

    /// 阿依古丽·买买提: parts joined by a dot.
    private func dottedName(at dot: Int) -> Range<Int>? {
        var start = dot
        while isHan(start - 1), dot - start < 7, !Self.aroundNames.contains(text.units[start - 1]) { start -= 1 }
        if let cue = cues.before(dot, within: dot - start - 1, where: { $0 == .name }) { start = cue.units.upperBound }
        var end = dot + 1
        while end - dot < 8, isHan(end), !Self.aroundNames.contains(text.units[end]) {
            // A word ends the name: 买买提反映.
            if end - dot > 2, end + 1 < text.count, lexicon.word(text.units[end..<end + 2]).map({ $0 < 12 }) == true { break }
            end += 1
        }
        guard dot - start >= 2, end - dot - 1 >= 2 else { return nil }
        return start..<end
    }

    private static let neverGiven = UnitSet("的了是在不我你他她它这那就都也和与或把被给从到对很又再没有会要能可吗呢吧啊呀哦们个些么来去说看打买换用装修送退收寄接")
    private static let aroundNames = UnitSet("我是叫的了在和与或给找说来去:,。")
    private static let beforeNames = UnitSet("让请给跟和与及由")
    private static let speech = PhraseList([
        "说", "表示", "反映", "反馈", "来电", "来过", "投诉", "要求", "询问", "咨询", "告知", "回复", "接待", "答应", "承诺", "联系我", "回电", "打电话", "上门", "和", "来修", "来装", "来安装", "来了", "过来", "帮我", "处理", "负责", "维修",
    ])
    private static let beforeFamiliar = UnitSet("找叫烦让请给系排服员傅售问跟和是由,")
    private static let afterZong = UnitSet("是共计算结之部经体会有在")
}

/// Costs of reading stretches of one text as words. Neighbouring stretches share positions.
private struct WordCosts {
    private let lexicon = Lexicon.shared
    private var places = InlineArray<16, Int>(repeating: -1)
    private var costs = InlineArray<16, SIMD4<Float>>(repeating: SIMD4(repeating: 0))

    /// The cheapest readings of a stretch as words (Viterbi): the cost up to each of its positions, the end included.
    ///
    /// - Parameter range: at most 15 characters; two names of four with their context are shorter.
    mutating func cheapest(_ range: Range<Int>, in units: [UInt32]) -> InlineArray<16, Float> {
        var best = InlineArray<16, Float>(repeating: .infinity)
        best[0] = 0
        for offset in 0..<range.count {
            let words = words(at: range.lowerBound + offset, in: units)
            let before = best[offset]
            for length in 1...min(4, range.count - offset) { best[offset + length] = min(best[offset + length], before + words[length - 1]) }
        }
        return best
    }

    private mutating func words(at place: Int, in units: [UInt32]) -> SIMD4<Float> {
        let slot = place & 15
        if places[slot] != place {
            places[slot] = place
            costs[slot] = lexicon.words(at: place, in: units)
        }
        return costs[slot]
    }
}
