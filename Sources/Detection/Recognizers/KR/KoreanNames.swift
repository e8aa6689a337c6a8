/// Finds names in Korean: before 님 and 씨, behind 이름 and 저는, before 라고 합니다 and 드림.
///
/// A name is a family name of the list and one to three syllables; no words that are written the same.
struct KoreanNames {
    private let place: PackText
    private var text: FoldedText { place.text }
    private var units: [UInt32] { text.units }

    static func detect(in place: PackText, into found: inout [Entity]) {
        let names = KoreanNames(place: place)
        for index in place.text.units.indices where Korea.isHangul(place.text.units[index]) && place.isReadable(index) {
            guard let name = names.titled(at: index) ?? names.announced(at: index) ?? names.signed(at: index) else { continue }
            found.append(place.entity(.person, name.range, name.score, name.rule))
        }
    }

    private typealias Name = (range: Range<Int>, score: Double, rule: String)

    /// Where the run of syllables begins that ends before a place.
    private func runStart(before end: Int) -> Int {
        var start = end
        while start > 0, end - start < 8, Korea.isHangul(units[start - 1]) { start -= 1 }
        return start
    }

    private func runEnd(from start: Int) -> Int {
        var end = start
        while end < units.count, end - start < 12, Korea.isHangul(units[end]) { end += 1 }
        return end
    }

    /// Whether syllables are a family and a given name, and no word.
    private func isName(_ range: Range<Int>) -> Bool {
        guard !KoreanWords.notNames.contains(range, in: text) else { return false }
        switch range.count {
        case 2, 3: return KoreanWords.surnames.contains(units[range.lowerBound]) || range.count == 3 && KoreanWords.compounds.begins(at: range.lowerBound, in: text)
        case 4: return KoreanWords.compounds.begins(at: range.lowerBound, in: text)
        default: return false
        }
    }

    // MARK: Titles

    /// 김철수님, 이영희 고객님, 박 과장님.
    private func titled(at index: Int) -> Name? {
        guard let title = KoreanWords.titles.first(at: index, in: text) else { return nil }
        let hasBlank = index > 1 && units[index - 1] == 0x20
        let end = hasBlank ? index - 1 : index
        let start = runStart(before: end)
        let behind = index + title.count
        guard start < end, behind == units.count || !Korea.isHangul(units[behind]) || KoreanWords.particles.begins(at: behind, in: text) else { return nil }
        let isPolite = KoreanWords.honorifics.contains(index..<behind, in: text)
        switch end - start {
        // 박 과장님: a family name alone.
        case 1:
            return KoreanWords.loneSurnames.contains(units[start]) && (isPolite && hasBlank || !KoreanWords.plain.contains(index..<behind, in: text))
                ? (start..<end, 0.8, "name.ko-title") : nil
        case 2: return isName(start..<end) && (isPolite || !hasBlank) ? (start..<end, 0.8, "name.ko-title") : nil
        case 3, 4: return isName(start..<end) ? (start..<end, 0.9, "name.ko-title") : nil
        default: return nil
        }
    }

    // MARK: Words before

    /// 성함은 김철수, 저는 김철수입니다, 남편 김철수.
    private func announced(at index: Int) -> Name? {
        guard index == 0 || !Korea.isHangul(units[index - 1]), let cue = KoreanWords.cues.first(at: index, in: text) else { return nil }
        var start = index + cue.count
        let isSpeaker = KoreanWords.speakers.contains(index..<start, in: text)
        var isStated = false
        while start < units.count, start - index - cue.count < 4, KoreanWords.links.contains(units[start]) {
            isStated = isStated || units[start] == 0x3A
            start += 1
        }
        guard start > index + cue.count, start < units.count, Korea.isHangul(units[start]) else { return nil }
        let run = start..<runEnd(from: start)
        for length in [3, 4, 2] where length <= run.count && isName(start..<start + length) {
            let end = start + length
            let isWhole = end == run.upperBound
            guard isWhole || KoreanWords.particles.begins(at: end, in: text) else { continue }
            // 저는 주부입니다: what somebody is.
            if length == 2, !isStated { continue }
            if isSpeaker, !KoreanWords.copulas.begins(at: end, in: text) { continue }
            return (start..<end, isSpeaker ? 0.75 : 0.8, "name.ko-cue")
        }
        return nil
    }

    // MARK: Words behind

    /// 김철수라고 합니다, 김철수 드림.
    private func signed(at index: Int) -> Name? {
        guard let word = KoreanWords.statements.first(at: index, in: text) else { return nil }
        let isClosing = KoreanWords.closings.contains(index..<index + word.count, in: text)
        let end = index > 0 && units[index - 1] == 0x20 ? index - 1 : index
        guard isClosing || end == index else { return nil }
        let start = runStart(before: end)
        guard (2...4).contains(end - start), isName(start..<end), !isClosing || isFinal(index + word.count) else { return nil }
        return (start..<end, 0.8, "name.ko-cue")
    }

    private func isFinal(_ place: Int) -> Bool { place == units.count || !Korea.isHangul(units[place]) }
}
