/// Names in forms of their own.
extension ChineseNameDetector {
    /// 阿依古丽·买买提: two or three parts with a dot between, none of them words.
    func dottedName(at dot: Int) -> Range<Int>? {
        guard !isDotted(before: dot) else { return nil }
        var start = dot
        while isHan(start - 1), dot - start < 6, !Self.aroundNames.contains(text.units[start - 1]) { start -= 1 }
        if let cue = cues.before(dot, within: dot - start - 1, where: { $0 == .name }) { start = cue.units.upperBound }
        guard dot - start >= 2, !hasWord(start..<dot) else { return nil }
        var end = dot
        var parts = 1
        while end < text.count, text.units[end] == 0xB7 {
            guard parts < 3, let next = partEnd(from: end + 1) else { return nil }
            end = next
            parts += 1
        }
        return start..<end
    }

    /// Whether a dot stands before the part that ends at one.
    func isDotted(before dot: Int) -> Bool {
        var start = dot
        while isHan(start - 1), dot - start < 7 { start -= 1 }
        return start > 0 && text.units[start - 1] == 0xB7
    }

    func partEnd(from start: Int) -> Int? {
        var end = start
        while end - start < 7, isHan(end), !Self.aroundNames.contains(text.units[end]) {
            // A word ends the name: 买买提反映.
            if end - start >= 2, end + 1 < text.count, lexicon.word(text.units[end..<end + 2]).map({ $0 < 12 }) == true { break }
            end += 1
        }
        return end - start >= 2 && end - start < 7 && !hasWord(start..<end) ? end : nil
    }

    /// Whether a common word stands in a part of a name.
    func hasWord(_ range: Range<Int>) -> Bool {
        range.dropLast().contains { lexicon.word(text.units[$0..<$0 + 2]).map { $0 < 10.5 } == true }
    }

    static let aroundNames = UnitSet("我是叫的了在和与或给找说来去:,。")
}
