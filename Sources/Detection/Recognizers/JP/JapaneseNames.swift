/// Finds names in Japanese: before 様 and さん, behind 氏名 and 私は, before と申します, and a listed family name with a given name.
struct JapaneseNames {
    private let place: PackText
    private var text: FoldedText { place.text }
    private var units: [UInt32] { text.units }

    static func detect(in place: PackText, into found: inout [Entity]) {
        let names = JapaneseNames(place: place)
        var index = 0
        while index < place.text.count {
            guard place.isReadable(index) else {
                index += 1
                continue
            }
            if let name = names.titled(at: index) ?? names.stated(before: index) { found.append(place.entity(.person, name.range, name.score, name.rule)) }
            if let name = names.announced(at: index) ?? names.whole(at: index) {
                found.append(place.entity(.person, name.range, name.score, name.rule))
                index = max(index + 1, name.range.upperBound)
            } else {
                index += 1
            }
        }
    }

    private typealias Name = (range: Range<Int>, score: Double, rule: String)

    private func runStart(before end: Int, most: Int, _ isPart: (UInt32) -> Bool) -> Int {
        var start = end
        while start > 0, end - start < most, isPart(units[start - 1]) { start -= 1 }
        return start
    }

    private func runEnd(from start: Int, most: Int, _ isPart: (UInt32) -> Bool) -> Int {
        var end = start
        while end < units.count, end - start < most, isPart(units[end]) { end += 1 }
        return end
    }

    private func isHanAt(_ index: Int) -> Bool { index >= 0 && index < units.count && Japan.isHan(units[index]) }

    // MARK: Titles

    /// 田中様, 佐々木さん, スミスさん.
    private func titled(at index: Int) -> Name? {
        guard let title = JapaneseWords.titles.first(at: index, in: text), !JapaneseWords.notTitles.begins(at: index, in: text) else { return nil }
        // 長 behind a title's characters is another one's.
        var end = index
        if end > 1, units[end - 1] == 0x20 { end -= 1 }
        guard end > 0 else { return nil }
        if Japan.isKatakana(units[end - 1]) {
            let start = runStart(before: end, most: 16) { Japan.isKatakana($0) || $0 == 0xB7 }
            guard end - start >= 2, !isHanAt(start - 1), JapaneseWords.notKatakanaNames.last(before: end, in: text) == nil else { return nil }
            return (start..<end, 0.8, "name.ja-title")
        }
        let start = runStart(before: end, most: 7, Japan.isHan)
        guard start < end else { return nil }
        if end - start > 1, JapaneseWords.surnames.contains(start..<end, in: text) { return (start..<end, 0.95, "name.ja-title") }
        // 者, 員, 師: what somebody does.
        if JapaneseWords.notNames.last(before: end, in: text) != nil { return nil }
        for first in start..<end {
            guard let family = JapaneseWords.surnames.first(at: first, in: text), first + family.count <= end, end - first - family.count <= 3, first == start || family.count > 1
            else { continue }
            return (withFamily(first)..<end, 0.95, "name.ja-title")
        }
        // A name of no list, before what is said of persons alone; 社長 and 先生 may stand behind any word.
        guard JapaneseWords.honorifics.contains(index..<index + title.count, in: text), (2...4).contains(end - start) else { return nil }
        return (withFamily(start)..<end, 0.75, "name.ja-title")
    }

    /// 田中 太郎様: the family name before a blank.
    private func withFamily(_ start: Int) -> Int {
        guard start > 1, units[start - 1] == 0x20 else { return start }
        let family = runStart(before: start - 1, most: 4, Japan.isHan)
        return family < start - 1 && JapaneseWords.surnames.contains(family..<start - 1, in: text) ? family : start
    }

    // MARK: Words before and behind

    /// 田中花子と申します.
    private func stated(before index: Int) -> Name? {
        guard let word = JapaneseWords.statements.first(at: index, in: text) else { return nil }
        var start = runStart(before: index, most: 8) { Japan.isHan($0) || Japan.isKatakana($0) || $0 == 0xB7 }
        if start > 1, units[start - 1] == 0x20 { start = min(start, withFamily(start)) }
        guard start < index else { return hiragana(before: index) }
        let isSure = word.count > 2 && word[1] == Self.moushi
        if !isSure, JapaneseWords.surnames.first(at: start, in: text) == nil, !Japan.isKatakana(units[start]) { return nil }
        return JapaneseWords.notNames.last(before: index, in: text) == nil ? (start..<index, 0.9, "name.ja-cue") : nil
    }

    private static let moushi = FoldedText.units(of: "申")[0]

    /// さくらと申します, behind a mark or は.
    private func hiragana(before index: Int) -> Name? {
        let start = runStart(before: index, most: 6) { Japan.isHiragana($0) && $0 != 0x306F && $0 != 0x306E }
        let isFree = start == 0 || !Japan.isHiragana(units[start - 1]) || [0x306F, 0x306E].contains(units[start - 1])
        return isFree && (2...5).contains(index - start) ? (start..<index, 0.75, "name.ja-cue") : nil
    }

    /// 氏名:田中 太郎, 担当の鈴木, 私は山田です.
    private func announced(at index: Int) -> Name? {
        guard let cue = JapaneseWords.cues.first(at: index, in: text) else { return nil }
        var start = index + cue.count
        let isSpeaker = JapaneseWords.speakers.contains(index..<start, in: text)
        var hasMark = false
        while start < units.count, start - index - cue.count < 3, JapaneseWords.links.contains(units[start]) {
            hasMark = hasMark || units[start] == 0x3A
            start += 1
        }
        guard start < units.count else { return nil }
        if let family = JapaneseWords.surnames.first(at: start, in: text) {
            let end = isSpeaker ? givenEnd(from: start + family.count) : kanaEnd(from: givenEnd(from: start + family.count))
            // 私は田中です: who speaks is no 林業者.
            if isSpeaker, !JapaneseWords.statements.begins(at: end, in: text), !JapaneseWords.copulas.begins(at: end, in: text) { return nil }
            let isWord = end > start + family.count && JapaneseWords.notNames.last(before: end, in: text) != nil
            return isWord ? nil : (start..<end, 0.85, "name.ja-cue")
        }
        let hasLink = start > index + cue.count
        if hasLink, JapaneseWords.kin.contains(index..<index + cue.count, in: text), let end = givenAlone(from: start) { return (start..<end, 0.65, "name.ja-cue") }
        if hasLink, !isSpeaker, Japan.isKatakana(units[start]), let end = katakanaEnd(from: start) { return (start..<end, 0.75, "name.ja-cue") }
        guard !isSpeaker, hasMark || JapaneseWords.readings.contains(index..<index + cue.count, in: text) else { return nil }
        let end = runEnd(from: start, most: 12) { Japan.isKatakana($0) || $0 == 0x20 }
        if end - start >= 3, Japan.isKatakana(units[start]) { return (start..<trimmed(end, start), 0.8, "name.ja-cue") }
        let han = runEnd(from: start, most: 7, Japan.isHan)
        guard (2...6).contains(han - start), han == units.count || !Japan.isHiragana(units[han]), JapaneseWords.notNames.last(before: han, in: text) == nil else { return nil }
        return (start..<givenEnd(from: han), 0.75, "name.ja-cue")
    }

    /// 夫の和也が: two or three characters that end as given names do.
    private func givenAlone(from start: Int) -> Int? {
        let end = runEnd(from: start, most: 4, Japan.isHan)
        return (2...3).contains(end - start) && isGiven(start..<end) && (end == units.count || JapaneseWords.subjects.begins(at: end, in: text) || !Japan.isHiragana(units[end]))
            ? end : nil
    }

    /// 名義はカトウ ミホです: katakana with a blank or before です.
    private func katakanaEnd(from start: Int) -> Int? {
        let end = trimmed(runEnd(from: start, most: 14) { Japan.isKatakana($0) || $0 == 0x20 || $0 == 0xB7 }, start)
        let isWhole = end == units.count || JapaneseWords.copulas.begins(at: end, in: text) || JapaneseWords.statements.begins(at: end, in: text)
        return end - start >= 3 && isWhole && JapaneseWords.notKatakanaNames.last(before: end, in: text) == nil ? end : nil
    }

    /// 渡辺さくらです: a given name in kana behind a family name.
    private func kanaEnd(from start: Int) -> Int {
        for end in start + 2..<start + 6 where end <= units.count && units[start..<end].allSatisfy(Japan.isHiragana) {
            if JapaneseWords.copulas.begins(at: end, in: text) || JapaneseWords.statements.begins(at: end, in: text) { return end }
        }
        return start
    }

    private func trimmed(_ end: Int, _ start: Int) -> Int {
        var end = end
        while end > start + 1, units[end - 1] == 0x20 { end -= 1 }
        return end
    }

    /// The end of a given name behind a family name: up to three characters, or up to five kana behind a blank.
    private func givenEnd(from start: Int) -> Int {
        let end = runEnd(from: start, most: 4, Japan.isHan)
        if end > start { return end - start <= 3 && JapaneseWords.titles.last(before: end, in: text) == nil ? end : start }
        guard start + 1 < units.count, units[start] == 0x20 else { return start }
        let han = runEnd(from: start + 1, most: 4, Japan.isHan)
        if han > start + 1 { return han - start <= 4 ? han : start }
        let kana = runEnd(from: start + 1, most: 6) { Japan.isHiragana($0) || Japan.isKatakana($0) }
        let isFree = kana == units.count || !Japan.isHiragana(units[kana])
        return (2...5).contains(kana - start - 1) && isFree ? kana : start
    }

    // MARK: Names alone

    /// 田中一郎, 田中 一郎: a listed family name and what ends as given names do.
    private func whole(at index: Int) -> Name? {
        guard place.isCertain(index), !isHanAt(index - 1), let family = JapaneseWords.surnames.first(at: index, in: text, where: { $0.count > 1 }) else { return nil }
        let start = index + family.count
        if start < units.count, units[start] == 0x20 {
            let end = givenEnd(from: start)
            return end > start && !isHanAt(end) && (!isHanAt(end - 1) || isGiven(start + 1..<end)) ? (index..<end, 0.7, "name.ja-full") : nil
        }
        let end = runEnd(from: start, most: 4, Japan.isHan)
        // 佐竹晴雄: up to a mark or a particle, and no shop, town or office.
        let isName = (2...3).contains(end - start) && isGiven(start..<end) || (1...2).contains(end - start) && JapaneseWords.notGivenEnds.last(before: end, in: text) == nil
        if isName, end == units.count || !Japan.isHiragana(units[end]) || JapaneseWords.subjects.begins(at: end, in: text) { return (index..<end, 0.65, "name.ja-full") }
        if end == start, let kana = kanaGiven(from: start) { return (index..<kana, 0.6, "name.ja-full") }
        // 田中が対応: who did something.
        if end == start, JapaneseWords.subjects.begins(at: end, in: text), !JapaneseWords.places.contains(index..<end, in: text) { return (index..<end, 0.55, "name.ja-full") }
        return nil
    }

    /// 土屋アンナ: a given name in katakana behind a family name.
    private func kanaGiven(from start: Int) -> Int? {
        let end = runEnd(from: start, most: 6, Japan.isKatakana)
        let isWhole = end == units.count || JapaneseWords.subjects.begins(at: end, in: text) || !Japan.isHiragana(units[end]) && !isHanAt(end)
        return (2...5).contains(end - start) && isWhole && JapaneseWords.notKatakanaNames.last(before: end, in: text) == nil ? end : nil
    }

    private func isGiven(_ range: Range<Int>) -> Bool { JapaneseWords.givenEnds.contains(units[range.upperBound - 1]) }
}
