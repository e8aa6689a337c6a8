/// What announces a name, and names that stand in a form behind it.
extension ChineseNameDetector {
    /// 雅婷店员, 找佳怡主管: a given name before a title, of two characters that given names have and no word of the language.
    func given(before cue: Cues.Cue) -> Candidate? {
        let end = cue.units.lowerBound
        let start = end - 2
        guard start >= 0, isHan(start), isHan(end - 1), !isHan(start - 1) || Self.beforeGiven.contains(text.units[start - 1]),
            !Self.offices.begins(at: cue.units.upperBound, in: text),
            text.units[start..<end].allSatisfy({ lexicon.given($0) < Self.likelyGiven && !Self.neverGiven.contains($0) }), lexicon.word(text.units[start..<end]) == nil,
            !Self.kin.contains(start..<end, in: text)
        else { return nil }
        return Candidate(range: start..<end, gain: 1.5, rule: "name.zh-title")
    }

    /// What a character costs that is common in given names.
    static let likelyGiven: Float = 7.5

    static let beforeGiven = UnitSet("找让请给跟和与问叫你那的")

    /// 胖姐, 胖子哥: who is called by looks.
    func byLook() -> [Candidate] {
        text.units.indices.compactMap { index in
            guard [0x80D6, 0x7626].contains(text.units[index]), !isHan(index - 1), index + 2 < text.count, Self.kinByLook.contains(text.units[index + 1]),
                Self.afterLook.contains(text.units[index + 2])
            else { return nil }
            return Candidate(range: index..<index + 2, gain: 1.2, rule: "name.zh-look")
        }
    }

    static let kinByLook = UnitSet("姐哥叔婶嫂妹")

    static let afterLook = UnitSet("那说的家给在来就人跟让:,")

    /// 收件人:次仁拉姆 138…: two to four characters up to a mark behind a word that announces a name are one, in no list or not.
    func announced(by cue: Cues.Cue) -> Candidate? {
        guard Self.announcing.contains(cue.units, in: text), !isCall(cue) else { return nil }
        var start = cue.units.upperBound
        while start < text.count, start - cue.units.upperBound < 2, [0x3A, 0x20].contains(text.units[start]) { start += 1 }
        var end = start
        while end < text.count, end - start < 5, FoldedText.isLatin(text.units[end]) { end += 1 }
        // 收件人 ljy: initials.
        if (2...4).contains(end - start), end == text.count || [0x20, 0x2C, 0x0A].contains(text.units[end]) {
            return Candidate(range: start..<end, gain: 1.5, rule: "name.zh-announced")
        }
        while isHan(end), end - start < 5 { end += 1 }
        guard (2...4).contains(end - start), !hasWord(start..<end), !(start..<end).contains(where: { Self.neverGiven.contains(text.units[$0]) }) else { return nil }
        return Candidate(range: start..<end, gain: 1.5, rule: "name.zh-announced")
    }

    static let announcing = PhraseList(["我叫", "名叫", "名字叫", "姓名", "联系人", "收件人", "收货人", "寄件人", "投诉人", "签收人", "收件", "寄件"])

    /// 给我叫出租车: who calls something names nobody.
    func isCall(_ cue: Cues.Cue) -> Bool {
        let start = cue.units.lowerBound
        return start > 0 && Self.favours.contains(text.units[start - 1]) && text.units[start] == 0x6211 && text.units[cue.units.upperBound - 1] == 0x53EB
    }

    static let favours = UnitSet("给帮替为")

    /// 客服七七, 我闺女果果: one character twice behind a cue, where the two are no word.
    func doubled(after cue: Cues.Cue) -> Candidate? {
        var start = cue.units.upperBound
        while start < text.count, start - cue.units.upperBound < 2, [0x3A, 0x20].contains(text.units[start]) { start += 1 }
        guard start + 1 < text.count, isHan(start), text.units[start] == text.units[start + 1], cue.units.count > 1,
            !isHan(start + 2) || text.units[start + 2] != text.units[start],
            !Self.neverGiven.contains(text.units[start]), !Self.seldomNames.contains(text.units[start]),
            lexicon.word(text.units[start..<start + 2]) == nil || Self.numberNames.contains(text.units[start])
        else { return nil }
        let range = start..<start + 2
        // A speaker's label says who talks; what he says may begin with anything.
        if Self.kin.contains(range, in: text) || start > cue.units.upperBound && Self.speakers.begins(at: cue.units.lowerBound, in: text) { return nil }
        return Candidate(range: range, gain: 2, rule: "name.zh-doubled")
    }

    /// 客服七七: numerals that double in nicknames; 一一 and 两两 count.
    static let numberNames = UnitSet("三五六七八九")

    /// 我是顺达物业的唐甜: who speaks names a company first.
    func member(after cue: Cues.Cue) -> Candidate? {
        guard Self.introducing.contains(cue.units, in: text) else { return nil }
        var index = cue.units.upperBound
        var start: Int?
        while isHan(index), index - cue.units.upperBound < 18 {
            if text.units[index] == 0x7684 { start = index + 1 }
            index += 1
        }
        guard let start, start - cue.units.upperBound >= 5, (2...3).contains(index - start), lexicon.surname(text.units[start..<start + 1]) != nil,
            lexicon.word(text.units[start..<index]) == nil,
            !hasWord(start..<index), !(start..<index).contains(where: { Self.neverGiven.contains(text.units[$0]) })
        else { return nil }
        return Candidate(range: start..<index, gain: 2, rule: "name.zh-member")
    }

    static let introducing = PhraseList(["我是", "这是"])

    /// Doubled, they are verbs, adverbs and forms of address.
    static let seldomNames = UnitSet("好很太真最多少大小高快慢早晚刚常爸妈爷奶哥姐弟妹叔姑舅姨婆公人天年月次件家处样谢降涨升哈嘿呵嘻嗯哦谁什啥咱试尝聊谈讲走跑坐站等想听写读算查修洗催催问改退换补赔")

    /// 参会:张力、王朝: in a list of names whatever begins with a surname is one.
    func listed(after cue: Cues.Cue) -> [Candidate]? {
        guard Self.listing.contains(cue.units, in: text), cue.units.upperBound < text.count else { return nil }
        var items: [Range<Int>] = []
        var start = cue.units.upperBound
        if [0x3A, 0x20].contains(text.units[start]) { start += 1 }
        while start < text.count {
            var end = start
            while isHan(end), end - start < 5 { end += 1 }
            guard (2...4).contains(end - start), lexicon.surname(text.units[start..<start + 1]) ?? lexicon.surname(text.units[start..<start + 2]) != nil else { break }
            items.append(start..<end)
            guard end < text.count, Self.commas.contains(text.units[end]) else { break }
            start = end + 1
        }
        return items.count > 1 ? items.map { Candidate(range: $0, gain: 2, rule: "name.zh-list") } : nil
    }

    static let listing = PhraseList(["参会", "参会人", "参会人员", "与会", "出席", "出席人员", "名单", "值班", "值班人员", "联系人", "收件人", "参加人员"])

    static let commas = UnitSet("、/,;")
}
