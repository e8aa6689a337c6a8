import Foundation

/// Finds Chinese names that nobody told the detector.
///
/// A class-based language model (Gao, Li, Wu, Huang 2005, "Chinese Word Segmentation and Named Entity
/// Recognition: A Pragmatic Approach"): a stretch is a name when reading it as surname and given name, in the
/// words around it, costs less than reading it as words. Costs come from the ``Lexicon``; cue words and titles
/// beside the stretch lower that of the name. Then the ``NameTagger``, which has read sentences, decides: its margin
/// is weighed against the costs.
struct ChineseNameDetector {
    let text: FoldedText
    let cues: Cues
    let lexicon = Lexicon.shared
    var found: [Entity] = []
    let notes: DismissalNotes?

    /// What it costs that a word is a person's name at all.
    static let prior: Float = 5.5
    /// How many characters of context are read on either side.
    static let context = 3
    /// How much the tagger's margin counts beside the costs.
    static let trust: Float = 1
    /// Below it a margin speaks no more against a name that a cue or a title announces.
    static let floor: Float = -5
    /// What is added to a margin where neither a cue nor a title stands.
    static let caution: Float = -3
    /// What costs more than this above words is not shown to the tagger.
    static let hopeless: Float = -9
    /// More than ``evidence(_:)`` ever gives.
    static let bestEvidence: Float = 16
    /// A margin at which the tagger needs no lexicon.
    static let sure: Float = 3
    /// What the tagger's own spans score more when it reads them, in its steps.
    static let bonus: Int32 = -10
    /// The margin that a span of the tagger's own needs without any evidence.
    static let doubt: Float = 7

    static func detect(in text: FoldedText, _ cues: Cues, into found: inout [Entity], _ notes: DismissalNotes? = nil) {
        guard text.hasHan else { return }
        var detector = ChineseNameDetector(text: text, cues: cues, notes: notes)
        detector.scan()
        found += detector.found
    }

    init(text: FoldedText, cues: Cues, notes: DismissalNotes?) { (self.text, self.cues, self.notes) = (text, cues, notes) }

    func entity(_ candidate: Candidate) -> Entity {
        Entity(type: .person, bytes: text.bytes(candidate.range), score: candidate.score, rule: candidate.rule, key: text.key(candidate.range))
    }

    /// Collects what may be a name, and keeps the best wherever several overlap.
    mutating func scan() {
        let words = TextWords(of: text.units)
        var readings = NameReadings(of: text.units, words)
        var candidates: [Candidate] = []
        let beginnings: CharacterTraits = [.middleDot, .transcribedName, .surname]
        var index = text.next(beginnings, from: 0)
        while index < text.count {
            let traits = text.traits[index]
            if traits.contains(.middleDot) {
                if let range = dottedName(at: index) { candidates.append(Candidate(range: range, gain: 60, rule: "name.zh-dotted")) }
            } else if traits.contains(.transcribedName), let end = TranscribedNames.end(at: index, in: text, isAnnounced: { evidence($0).0 >= 2 }) {
                candidates.append(Candidate(range: index..<end, gain: 30, rule: "name.zh-transcribed"))
            } else if traits.contains(.surname) {
                propose(from: index, &readings, words, into: &candidates)
            }
            index = text.next(beginnings, from: index + 1)
        }
        for span in readings.spans(bonus: Self.bonus) {
            if let candidate = tagged(span) { candidates.append(candidate) }
        }
        for cue in cues.all where cue.kind == .name {
            if let candidate = announced(by: cue) ?? doubled(after: cue) { candidates.append(candidate) }
            if let listed = listed(after: cue) { candidates += listed }
            if let member = member(after: cue) { candidates.append(member) }
        }
        for cue in cues.all where cue.kind == .title && cue.units.count > 1 {
            if let candidate = given(before: cue) { candidates.append(candidate) }
        }
        if text.filter.mayContain(0x80D6) || text.filter.mayContain(0x7626) { candidates += byLook() }
        if !candidates.isEmpty {
            removeThings(&candidates)
            shortenTitled(&candidates)
            let words = judgements
            if words > 0 { judge(&candidates, isSure: words > 2) }
        }
        keepBest(candidates)
    }

    mutating func keepBest(_ candidates: [Candidate]) {
        guard !candidates.isEmpty else { return }
        var isTaken = [Bool](repeating: false, count: text.count)
        for var candidate in candidates.sorted(by: { ($0.gain, $1.range.lowerBound) > ($1.gain, $0.range.lowerBound) }) where !candidate.range.contains(where: { isTaken[$0] }) {
            // 小李子, 老王头: the word before belongs to it.
            let start = candidate.range.lowerBound
            if candidate.range.count == 2, start > 0, Self.familiar.contains(text.units[start - 1]), !isTaken[start - 1], lexicon.beginsSurname(text.units[start]) {
                candidate.range = start - 1..<candidate.range.upperBound
            }
            // 阿贤超nice: how it is comes behind.
            let last = candidate.range.upperBound
            if candidate.range.count > 2, last < text.count, FoldedText.isLatin(text.units[last]), Self.degrees.contains(text.units[last - 1]) { candidate.range = candidate.range.lowerBound..<last - 1 }
            for place in candidate.range { isTaken[place] = true }
            found.append(entity(candidate))
        }
    }

    static let familiar = UnitSet("小老阿")
    static let degrees = UnitSet("超很好真太巨蛮挺")

    func isHan(_ index: Int) -> Bool { index >= 0 && index < text.count && FoldedText.isHan(text.units[index]) }

    // MARK: Surname and given name

    struct Candidate {
        var range: Range<Int>
        /// By how much it reads cheaper as a name than as words.
        var gain: Float
        var rule: String

        var score: Double { (100 / (1 + exp(-Double(gain)))).rounded() / 100 }
    }

    func propose(from start: Int, _ readings: inout NameReadings, _ words: TextWords, into candidates: inout [Candidate]) {
        for surnameLength in [2, 1] where start + surnameLength <= text.count {
            guard let surname = lexicon.surname(text.units[start..<start + surnameLength]) else { continue }
            if let candidate = stated(start, surnameLength) ?? titled(start, surnameLength, surname) { candidates.append(candidate) }
            for givenLength in [2, 1] {
                let range = start..<start + surnameLength + givenLength
                guard range.upperBound <= text.count, let candidate = name(range, surnameLength, surname, &readings, words) else { continue }
                candidates.append(candidate)
            }
        }
    }

    /// What the tagger reads as a name by itself: given names alone, 小 and 阿 with a name, names in transcription.
    func tagged(_ span: SpanDecoder.Span) -> Candidate? {
        guard span.range.count <= 6 else { return nil }
        let margin = Float(span.score) * NameTagger.scale
        let (bonus, rule) = evidence(span.range)
        var doubt = Self.doubt
        // 李娜接, 王帅发: the last character belongs to the verb.
        if span.range.count > 2, Self.neverGiven.contains(text.units[span.range.upperBound - 1]) { doubt += 8 }
        // 张名字: a surname before a common word.
        if span.range.count == 3, lexicon.beginsSurname(text.units[span.range.lowerBound]), let word = lexicon.word(text.units[span.range.dropFirst()]), word < 10 { doubt += 8 }
        // A word of the language needs more.
        if span.range.count <= 4, let word = lexicon.word(text.units[span.range]) { doubt += max(0, 14 - word) * 1.2 }
        let gain = 0.6 * (margin - doubt) + bonus * 0.4
        if Self.kin.contains(span.range, in: text), rule != "name.zh-cue" { return nil }
        // 王经理: the surname with its title.
        if span.range.count == 1, lexicon.beginsSurname(text.units[span.range.lowerBound]), let title = cues.at(span.range.upperBound, .title), gain > 0 {
            return Candidate(range: span.range.lowerBound..<title.units.upperBound, gain: gain, rule: "name.zh-surname-title")
        }
        guard gain > 0 else { return nil }
        // 丹丹姐 is called 丹丹.
        if span.range.count == 3, text.units[span.range.lowerBound] == text.units[span.range.lowerBound + 1], cues.at(span.range.upperBound - 1, .title) != nil {
            return Candidate(range: span.range.lowerBound..<span.range.upperBound - 1, gain: gain, rule: "name.zh-title")
        }
        // 斯琴高娃大姐: behind a whole name the title stays.
        var range = span.range
        if range.count >= 4, cues.at(range.upperBound - 2, .title)?.units.count == 2 { range = range.lowerBound..<range.upperBound - 2 }
        return Candidate(range: range, gain: gain, rule: rule == "name.zh" ? "name.zh-tagger" : rule)
    }

    func name(_ range: Range<Int>, _ surnameLength: Int, _ surname: Float, _ readings: inout NameReadings, _ words: TextWords) -> Candidate? {
        var cost = surname + Self.prior
        // What no given name of the lexicon has needs a cue, or a tagger that is sure.
        var isRare = false
        for index in range.dropFirst(surnameLength) {
            guard isHan(index) else { return nil }
            let isNever = Self.neverGiven.contains(text.units[index])
            let given = isNever ? Lexicon.rareGiven : lexicon.given(text.units[index])
            isRare = isRare || isNever || given >= Lexicon.rareGiven && (range.count - surnameLength == 1 || !hasCue(range.lowerBound))
            cost += given
        }
        // 张名字: a surname before a common word.
        if range.count - surnameLength == 2, let word = lexicon.word(text.units[range.dropFirst(surnameLength)]), word < 9 { isRare = true }
        let reach = lower(range.lowerBound)..<upper(range.upperBound)
        let asWords = words.cheapest(reach)
        let after = words.cheapest(range.upperBound..<reach.upperBound)
        let asName = asWords[range.lowerBound - reach.lowerBound] + cost + after[reach.upperBound - range.upperBound]
        let loss = asWords[reach.count] - asName
        guard loss + Self.bestEvidence > Self.hopeless else { return nil }
        let (bonus, rule) = evidence(range)
        let gain = loss + bonus
        guard gain > Self.hopeless else { return nil }
        let margin = readings.margin(of: range)
        guard !isRare || margin > Self.sure else { return nil }
        // Where a cue or a title tells that a name comes, the tagger can only add to it.
        let decided = gain + Self.trust * (rule == "name.zh" ? margin + Self.caution : max(margin, Self.floor))
        let verb: Float = range.count > surnameLength + 1 && Self.neverGiven.contains(text.units[range.upperBound - 1]) ? 8 : 0
        guard decided - verb > 0 else {
            if let notes { notes.add(entity(Candidate(range: range, gain: decided - verb, rule: rule)), "reads rather as words") }
            return nil
        }
        return Candidate(range: range, gain: decided - verb, rule: rule)
    }

    /// What stands beside a stretch: how much it lowers the name's cost.
    func evidence(_ range: Range<Int>) -> (Float, String) {
        var bonus: Float = 0
        var rule = "name.zh"
        if let cue = cueBefore(range.lowerBound) {
            bonus += cue.units.count == 1 || cue.kind == .title ? 2 : 5
            rule = "name.zh-cue"
        }
        if isTitle(at: range.upperBound) {
            bonus += 5
            rule = "name.zh-title"
        }
        // A name often stands between marks, behind words that address someone, before words of speech.
        if !isHan(range.lowerBound - 1) { bonus += 1 }
        if !isHan(range.upperBound) { bonus += 0.7 }
        if range.lowerBound > 0, Self.beforeNames.contains(text.units[range.lowerBound - 1]) { bonus += 1.2 }
        if Self.speech.begins(at: range.upperBound, in: text) { bonus += 2.5 }
        return (bonus, rule)
    }

    func hasCue(_ start: Int) -> Bool { cueBefore(start).map { $0.units.count > 1 } ?? false }

    /// Whether a word that announces a name stands before; 小姐 in 小姐和先生 is none.
    func isAnnounced(_ start: Int) -> Bool { cueBefore(start).map { $0.units.count > 1 && $0.kind == .name } ?? false }

    func cueBefore(_ start: Int) -> Cues.Cue? {
        var end = start
        while end > 0, start - end < 2, [0x3A, 0x20, 0x201C, 0x22, 0x300C, 0x3010].contains(text.units[end - 1]) { end -= 1 }
        guard let cue = cues.before(end, within: 0, where: { $0 == .name || $0 == .title }) else { return nil }
        if isCall(cue) { return nil }
        // 通知单 is another word.
        if end == start, cue.units.count == 2, start < text.count, isHan(start), lexicon.word(text.units[cue.units.lowerBound..<start + 1]) != nil { return nil }
        // 客服: and 用户: say who speaks in a transcript, not who is named.
        if end < start, Self.speakers.begins(at: cue.units.lowerBound, in: text) { return nil }
        return cue
    }

    func isTitle(at index: Int) -> Bool { cues.at(index, .title) != nil }

    /// Surname and title: 王先生.
    func titled(_ start: Int, _ length: Int, _ surname: Float) -> Candidate? {
        // 向主管, 和老师: the character joins words here.
        if length == 1, Self.joiners.contains(text.units[start]), !isAnnounced(start), isHan(start - 1) || text.units[start] == 0x5411 { return nil }
        guard surname < 8 || length == 2 || (surname < 11 && !isHan(start - 1)) else { return nil }
        guard let title = cues.at(start + length, .title) else { return short(start, length, surname) }
        // 主管机关, 主管单位: who is in charge is no person.
        if Self.offices.begins(at: title.units.upperBound, in: text) { return nil }
        // 那先生, 和女士: the character is a word here, unless a mark or a cue stands before.
        if let word = lexicon.word(text.units[start..<start + length]), !hasCue(start) {
            if word < 4.5 || (word < 5.5 && isHan(start - 1)) || (word < 7.5 && surname > 7.5) { return nil }
        }
        // 班主任, 向导购: surname and title begin a word together.
        for count in [3, 2] where start + length + count - 1 <= text.count {
            if lexicon.word(text.units[start..<min(text.count, start + length + count - 1)]).map({ $0 < 15 }) == true { return nil }
        }
        // 哥, 姐 alone: 张姐, not 王哥哥 nor 高姐妹.
        if title.units.count == 1 {
            guard surname < 6, !isHan(start - 1) || Self.beforeNames.contains(text.units[start - 1]) || hasCue(start) else { return nil }
            if isHan(title.units.upperBound), lexicon.word(text.units[title.units.lowerBound..<title.units.upperBound + 1]) != nil { return nil }
        }
        // The character before may take the surname into a word of its own: 紧张老师.
        if isHan(start - 1), lexicon.word(text.units[start - 1..<start + length]).map({ $0 < 13 }) == true, !hasCue(start) { return nil }
        return Candidate(range: start..<title.units.upperBound, gain: 2.2, rule: "name.zh-surname-title")
    }

    static let offices = PhraseList(["机关", "单位", "部门", "机构", "当局", "科", "处"])
    static let joiners = UnitSet("向和从于由任对连全单关时")
    /// Who serves and who is kin, without a name.
    static let kin = PhraseList([
        "师傅", "大哥", "大姐", "大叔", "大爷", "大妈", "阿姨", "叔叔", "小哥", "小妹", "小弟", "小姐", "帅哥", "美女", "太太", "先生", "女士", "哥哥", "姐姐", "弟弟", "妹妹", "姊姊", "爷爷", "奶奶", "骑士", "骑手", "亲亲", "宝宝", "宝贝", "老板",
        "老师", "同学", "小主", "小编", "博主", "楼主", "网友", "新娘", "新郎", "长子", "次子", "老大", "老二", "前台", "领班", "小强", "恩恩", "您您", "小姨", "老姨", "咱爸", "咱妈", "麻麻", "粑粑",
    ])

    /// 王总, 小王, 老李.
    func short(_ start: Int, _ length: Int, _ surname: Float) -> Candidate? {
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

    /// 姓王, 免贵姓尹: the surname alone.
    func stated(_ start: Int, _ length: Int) -> Candidate? {
        // Mr.陈
        if !isHan(start + length), let cue = cues.before(start, within: 1, where: { $0 == .name }), ["mr", "mrs", "ms", "miss", "dr"].contains(text.string(cue.units)) {
            return Candidate(range: start..<start + length, gain: 3, rule: "name.zh-surname")
        }
        guard start > 0, text.units[start - 1] == 0x59D3 else { return nil }
        if start > 1, Self.beforeSurnameWord.contains(text.units[start - 2]) { return nil }
        let end = start + length
        let isCommon = lexicon.surname(text.units[start..<end]).map { $0 < 7 } ?? false
        guard !isHan(end) || isCommon || Self.afterSurname.contains(text.units[end]) else { return nil }
        return Candidate(range: start..<end, gain: 40, rule: "name.zh-surname")
    }

    static let speakers = PhraseList(["客服", "用户", "顾客", "客户"])
    /// 百姓, 同姓, 贵姓.
    static let beforeSurnameWord = UnitSet("百同复贵大小")
    static let afterSurname = UnitSet("的先女小师老经主总叫是吗吧啊呢呀哦嗯那名电这他她您")

    // MARK: Reading as words

    func lower(_ start: Int) -> Int {
        var index = start
        while index > 0, start - index < Self.context, isHan(index - 1) { index -= 1 }
        return index
    }

    func upper(_ end: Int) -> Int {
        var index = end
        while index < text.count, index - end < Self.context, isHan(index) { index += 1 }
        return index
    }

    static let neverGiven = UnitSet("的了是在不我你他她它这那就都也发打拨和与或把被给从到对很又再没有会要能可吗呢吧啊呀哦们个些么来去说看打买换用装修送退收寄接")
    static let beforeNames = UnitSet("让请给跟和与及由")
    static let speech = PhraseList([
        "说", "表示", "反映", "反馈", "来电", "来过", "投诉", "要求", "询问", "咨询", "告知", "回复", "接待", "答应", "承诺", "联系我", "回电", "打电话", "上门", "和", "来修", "来装", "来安装", "来了", "过来", "帮我", "处理", "负责", "维修",
    ])
    static let beforeFamiliar = UnitSet("找叫烦让请给系排服员傅售问跟和是由,")
    static let afterZong = UnitSet("是共计算结之部经体会有在额量数价站行")
}
