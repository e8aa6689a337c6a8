/// Finds what the record's customer block says, wherever and however the text repeats it.
struct KnownValueDetector {
    private static let titles = PhraseList(["先生", "女士", "小姐", "师傅", "师父", "老师", "经理", "总", "太太", "阿姨", "大哥", "同学", "医生", "主任"])
    /// Two-character surnames, both characters in one number.
    private static let compoundSurnames: Set<UInt64> = Set(
        ["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "端木", "宇文", "长孙", "南宫", "独孤", "轩辕"]
            .map { name in name.unicodeScalars.reduce(0) { $0 << 32 | UInt64($1.value) } })

    let text: FoldedText

    func detect(_ known: KnownValue, into found: inout [Entity]) {
        guard mayOccur(known) else { return }
        var pattern = FoldedText.units(of: known.bytes.span)
        switch known.spelling {
        case .digits:
            let digits = pattern.compactMap { FoldedText.digit($0).map { UInt32($0) + 48 } }
            let hasCheckLetter = pattern.last == 0x78
            search(hasCheckLetter ? digits + [0x78] : digits, known, minimum: 5, digits: true, into: &found)
            // A national number may be written with or without its country code.
            if digits.count == 13, digits.starts(with: [56, 54]) {
                search(Array(digits.dropFirst(2)), known, minimum: 5, digits: true, into: &found)
            }
        case .compact:
            pattern.removeAll { FoldedText.isSeparator($0) }
            // Two Han characters say as much as four letters.
            search(pattern, known, minimum: pattern.contains(where: FoldedText.isHan) ? 2 : 4, digits: false, into: &found)
        case .name:
            let whole = pattern.contains(where: FoldedText.isSeparator) ? pattern.filter { !FoldedText.isSeparator($0) } : pattern
            search(whole, known, minimum: 2, digits: false, into: &found)
            if whole.allSatisfy(FoldedText.isHan) {
                searchChineseParts(of: whole, known, into: &found)
            } else if whole.count < pattern.count {
                for part in pattern.split(whereSeparator: FoldedText.isSeparator) {
                    search(Array(part), known, minimum: 3, digits: false, into: &found)
                }
            }
        }
    }

    /// Rules out most values before anything is made of them: the text has too few digits, or lacks a pair of their
    /// first characters, or, of a name, all pairs and its surname.
    private func mayOccur(_ known: KnownValue) -> Bool {
        if known.spelling == .digits {
            let digits = known.bytes.count { $0 &- 48 < 10 }
            // Its country code may be missing, and its check digit a letter.
            return text.digitCount >= max(5, digits - (digits >= 13 ? 3 : 1))
        }
        var first: UInt32 = 0
        var before: UInt32 = 0
        var seen = 0
        let bytes = known.bytes.span
        var index = 0
        while index < bytes.count {
            let (scalar, length) = FoldedText.decode(bytes, at: index)
            index += length
            guard let unit = FoldedText.fold(scalar), !FoldedText.isSeparator(unit) else { continue }
            if seen == 0 {
                first = unit
            } else if known.spelling == .name {
                if text.filter.mayContain(before, unit) { return true }
            } else {
                if !text.filter.mayContain(before, unit) { return false }
                if seen == 3 { return true }
            }
            before = unit
            seen += 1
        }
        // A surname may stand alone with a title.
        return known.spelling == .compact ? seen > 1 : FoldedText.isHan(first) && text.filter.mayContain(first)
    }

    /// The given name alone (two characters or more), and the surname with a title.
    private func searchChineseParts(of name: [UInt32], _ known: KnownValue, into found: inout [Entity]) {
        guard name.count >= 2 else { return }
        let leading = UInt64(name[0]) << 32 | UInt64(name[1])
        let surnameLength = name.count > 2 && Self.compoundSurnames.contains(leading) ? 2 : 1
        if name.count - surnameLength >= 2 {
            search(Array(name[surnameLength...]), known, minimum: 2, digits: false, into: &found)
        }
        guard text.filter.mayContain(name[0]), text.filter.mayContain(name[surnameLength - 1]) else { return }
        for start in text.units.indices where text.units[start] == name[0] {
            guard surnameLength == 1 || (start + 1 < text.count && text.units[start + 1] == name[1]),
                let title = Self.titles.first(at: start + surnameLength, in: text)
            else { continue }
            found.append(entity(known, start..<start + surnameLength + title.count))
        }
    }

    private func entity(_ known: KnownValue, _ range: Range<Int>) -> Entity {
        Entity(
            type: known.type, bytes: text.bytes(range), score: 1, rule: Self.rules[known.type]!,
            key: String(decoding: known.bytes, as: UTF8.self))
    }

    private static let rules = Dictionary(uniqueKeysWithValues: EntityType.allCases.map { ($0, "known." + $0.rawValue.lowercased()) })

    /// All places where the pattern stands, with up to three separators between its characters.
    private func search(
        _ pattern: [UInt32], _ known: KnownValue, minimum: Int, digits: Bool, into found: inout [Entity]
    ) {
        guard pattern.count >= minimum, let first = pattern.first, mayContain(pattern, digits) else { return }
        let asciiEdges = FoldedText.isLatin(first) || FoldedText.isDigit(first)
        let units = text.units
        let last = text.count - pattern.count
        var index = 0
        while index <= last {
            guard units[index] == first || digits && matches(index, first, true), let end = match(pattern, from: index, digits) else {
                index += 1
                continue
            }
            // `ann` is not found in `planned`, nor a number inside a longer one.
            if !asciiEdges || (isFree(before: index, like: first) && isFree(after: end, like: pattern.last!)) {
                found.append(entity(known, index..<end))
            }
            index = end
        }
    }

    private func mayContain(_ pattern: [UInt32], _ digits: Bool) -> Bool {
        digits ? text.digitCount + 1 >= pattern.count : zip(pattern, pattern.dropFirst()).allSatisfy { text.filter.mayContain($0, $1) }
    }

    private func matches(_ index: Int, _ wanted: UInt32, _ digits: Bool) -> Bool {
        text.units[index] == wanted || (digits && UInt32(text.digits[index]) + 48 == wanted)
    }

    private func match(_ pattern: [UInt32], from start: Int, _ digits: Bool) -> Int? {
        var index = start + 1
        for position in 1..<pattern.count {
            let wanted = pattern[position]
            var skipped = 0
            while index < text.count, skipped < 3, !matches(index, wanted, digits),
                FoldedText.isSeparator(text.units[index])
            {
                index += 1
                skipped += 1
            }
            guard index < text.count, matches(index, wanted, digits) else { return nil }
            index += 1
        }
        return index
    }

    private func isFree(before index: Int, like edge: UInt32) -> Bool {
        guard index > 0 else { return true }
        let unit = text.units[index - 1]
        return FoldedText.isDigit(edge) ? !FoldedText.isDigit(unit) : !FoldedText.isLatin(unit)
    }

    private func isFree(after index: Int, like edge: UInt32) -> Bool {
        guard index < text.count else { return true }
        let unit = text.units[index]
        return FoldedText.isDigit(edge) ? !FoldedText.isDigit(unit) : !FoldedText.isLatin(unit)
    }
}
