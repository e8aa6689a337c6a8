/// Finds what a text says of somebody's health, belief, origin and the like (GDPR Art. 9, PIPL Art. 28): types of their own.
///
/// A word alone says nothing of anyone: 糖尿病人能吃吗 asks about a dish. It counts where somebody is said to have it: walking back from the
/// word, nothing but words that link (有, 确诊, 三年前; "was diagnosed with") may stand before whom it is said of (我, 孩子; "my wife"). What denies
/// (没有, "not"), doubts or supposes is no such word. What somebody tells of a product (吃完拉肚子, 用了过敏) stays: it is what analysts count.
struct SpecialCategories {
    private let text: FoldedText
    private var found: [Entity] = []
    /// Where what was found begins, by where it ends.
    private var foundEnds: [Int: Int] = [:]
    /// How many words are walked back over.
    private static let longestWay = 10
    private static let score = 0.9

    static func detect(in text: FoldedText, into found: inout [Entity]) {
        var detector = SpecialCategories(text: text)
        detector.scan()
        guard !detector.found.isEmpty else { return }
        // 帕金森 is no name where somebody has it.
        found.removeAll { entity in
            entity.type == .person && detector.found.contains { $0.bytes.lowerBound <= entity.bytes.lowerBound && entity.bytes.upperBound <= $0.bytes.upperBound }
        }
        found += detector.found
    }

    private init(text: FoldedText) { self.text = text }

    private mutating func scan() {
        let table = SpecialTerms.table
        var index = text.next(.specialTerm, from: 0)
        while index < text.count {
            var end: Int?
            if let (term, length) = table.longest(at: index, in: text) { end = consider(term, index..<index + length) }
            index = text.next(.specialTerm, from: end ?? index + 1)
        }
        if text.digitCount > 0 || text.filter.mayContain(0x5341) { ages() }
    }

    /// Adds a term that is said of somebody; returns where it ends.
    private mutating func consider(_ term: SpecialTerms.Term, _ range: Range<Int>) -> Int? {
        var range = range
        switch term.needs {
        case .nothing: break
        case .school:
            guard isChilds(before: range.lowerBound) else { return nil }
            add(.minor, range, "special.minor-school")
            return range.upperBound
        case .income: return amount(range)
        case .owner:
            guard isSaid(of: range) || isOwners(behind: range.upperBound) || isOwn(range) || isNamed(range) else { return nil }
        case .predicate:
            guard isPredicate(range), isSaid(of: range) else { return nil }
        case .allergy:
            guard let cause = allergy(range) else { return nil }
            range = cause
        }
        // "Blind without my glasses".
        if text.has(Self.without, at: range.upperBound) { return nil }
        // 我不是同性恋 and 我是同性恋吗 were walked over; 糖尿病吗 asks.
        if text.has([0x5417], at: range.upperBound) || text.has([0x5417], at: range.upperBound + 1), term.needs != .nothing { return nil }
        add(term.type, range, "special.\(term.type.rawValue.lowercased())")
        return range.upperBound
    }

    private mutating func add(_ type: EntityType, _ range: Range<Int>, _ rule: String) {
        foundEnds[range.upperBound] = range.lowerBound
        found.append(Entity(type: type, bytes: text.bytes(range), score: Self.score, rule: rule, key: text.key(range)))
    }

    // MARK: Of whom

    /// Whether nothing but words that link stands between a stretch and whom it is said of.
    private func isSaid(of range: Range<Int>) -> Bool {
        owner(before: range.lowerBound, isOwner: SpecialWords.isOwner)
    }

    /// 坐轮椅的母亲, 藏族朋友: whom it is said of stands behind.
    private func isOwners(behind end: Int) -> Bool {
        let place = end < text.count && text.units[end] == 0x7684 ? end + 1 : end
        guard let owner = SpecialWords.owners.first(at: place, in: text), owner.count > 1 else { return false }
        let next = place + owner.count
        return next == text.count || text.units[next] != 0x4EEC
    }

    /// 做完开颅手术, 患干燥综合征: up to five characters more between the verb and the word.
    private func isNamed(_ range: Range<Int>) -> Bool {
        guard SpecialWords.general.contains(range, in: text) else { return false }
        for start in stride(from: range.lowerBound - 1, through: max(1, range.lowerBound - 5), by: -1) {
            guard FoldedText.isHan(text.units[start]) else { return false }
            if SpecialWords.strong.last(before: start, in: text) != nil { return isSaid(of: start..<range.upperBound) }
        }
        return false
    }

    /// 因为怀孕不能坐: a sentence without a subject, which tells and does not ask.
    private func isOwn(_ range: Range<Int>) -> Bool {
        guard FoldedText.isHan(text.units[range.lowerBound]), range.upperBound == text.count || ![0x7684, 0x8005, 0x4EBA].contains(text.units[range.upperBound]) else {
            return false
        }
        var end = range.lowerBound
        var isOpened = false
        for _ in 0..<Self.longestWay {
            if end == 0 || !FoldedText.isHan(text.units[end - 1]) && text.digits[end - 1] == 255 { break }
            if let opening = SpecialWords.openings.last(before: end, in: text) {
                isOpened = true
                end -= opening.count
            } else if let link = SpecialWords.links.last(before: end, in: text) {
                end -= link.count
            } else {
                return false
            }
        }
        guard isOpened, end == 0 || !FoldedText.isHan(text.units[end - 1]) else { return false }
        var place = end
        while place < text.count, ![0x3002, 0x21, 0x0A, 0x2C].contains(text.units[place]) {
            if SpecialWords.asking.begins(at: place, in: text) { return false }
            place += 1
        }
        return true
    }

    /// "I am black and": a copula before, and no noun behind.
    private func isPredicate(_ range: Range<Int>) -> Bool {
        let before = skipBlanks(before: range.lowerBound)
        guard before > 0, SpecialWords.copulas.contains(hash(word(endingAt: before))) else { return false }
        guard range.upperBound < text.count, text.units[range.upperBound] == 0x20 else { return true }
        return SpecialWords.predicateEnds.contains(hash(wordBeginning(at: range.upperBound + 1)))
    }

    private func owner(before place: Int, isOwner: (Range<Int>, FoldedText) -> Bool) -> Bool {
        var end = place
        for _ in 0..<Self.longestWay {
            end = skipBlanks(before: end)
            // 糖尿病,高血压都有: what was said before goes on.
            if let last = foundEnds[end] {
                end = last
                continue
            }
            guard end > 0 else { return false }
            if FoldedText.isLetter(text.units[end - 1]) || text.units[end - 1] == 0x27 || text.units[end - 1] == 0x2019 {
                let word = word(endingAt: end)
                if isOwner(word, text), isRole(word) { return !isSupposed(before: word.lowerBound) }
                guard SpecialWords.links(word, text) else { return false }
                end = word.lowerBound
            } else if FoldedText.isDigit(text.units[end - 1]) {
                while end > 0, FoldedText.isDigit(text.units[end - 1]) || text.units[end - 1] == 0x2E { end -= 1 }
            } else if let owner = SpecialWords.owners.last(before: end, in: text), isOwner(end - owner.count..<end, text) {
                return !isSupposed(before: end - owner.count)
            } else if let link = SpecialWords.links.last(before: end, in: text) {
                end -= link.count
            } else {
                return false
            }
        }
        return false
    }

    /// "As a diabetic" speaks of somebody, "such as diabetes" does not.
    private func isRole(_ word: Range<Int>) -> Bool {
        guard text.string(word) == "as" else { return true }
        return [" a ", " an "].contains { text.has(Array($0.unicodeScalars.map(\.value)), at: word.upperBound) }
    }

    private func skipBlanks(before place: Int) -> Int {
        var end = place
        while end > 0, [0x20, 0x2C, 0x2D, 0x3001, 0x28].contains(text.units[end - 1]) { end -= 1 }
        return end
    }

    private func word(endingAt end: Int) -> Range<Int> {
        var start = end
        while start > 0, FoldedText.isLetter(text.units[start - 1]) || text.units[start - 1] == 0x27 || text.units[start - 1] == 0x2019 { start -= 1 }
        return start..<end
    }

    /// 如果我有糖尿病, "if I were pregnant": nobody is.
    private func isSupposed(before place: Int) -> Bool {
        let end = skipBlanks(before: place)
        if SpecialWords.suppositions.last(before: end, in: text) != nil { return true }
        guard end > 0, FoldedText.isLatin(text.units[end - 1]) else { return false }
        return SpecialWords.supposing.contains(hash(word(endingAt: end)))
    }

    private func hash(_ range: Range<Int>) -> UInt32 { range.reduce(WordSet.basis) { WordSet.add(text.units[$1], to: $0) } }

    // MARK: Allergies

    /// 对花生过敏, 海鲜过敏, "allergic to nuts", "a peanut allergy": with what somebody is allergic to, where it is named.
    private func allergy(_ range: Range<Int>) -> Range<Int>? {
        guard FoldedText.isHan(text.units[range.lowerBound]) else {
            if text.has(Array("allergic".unicodeScalars.map(\.value)), at: range.lowerBound) {
                guard isSaid(of: range), text.has(Self.to, at: range.upperBound) else { return nil }
                var end = range.upperBound + Self.to.count
                var words = 0
                while end < text.count, words < 3, FoldedText.isLetter(text.units[end]) {
                    while end < text.count, FoldedText.isLetter(text.units[end]) || text.units[end] == 0x27 { end += 1 }
                    words += 1
                    guard end + 1 < text.count, text.units[end] == 0x20, !SpecialWords.ending.contains(hash(wordBeginning(at: end + 1))) else { break }
                    if words < 3 { end += 1 }
                }
                return words == 0 ? nil : range.lowerBound..<end
            }
            // A nut allergy: what it is against stands before.
            let start = skipBlanks(before: range.lowerBound)
            let cause = word(endingAt: start)
            guard !cause.isEmpty, SpecialWords.allergens.contains(hash(cause)) else { return isSaid(of: range) ? range : nil }
            return isSaid(of: cause) ? cause.lowerBound..<range.upperBound : nil
        }
        var start = range.lowerBound
        while start > 0, range.lowerBound - start < 8, FoldedText.isHan(text.units[start - 1]), text.units[start - 1] != 0x5BF9 { start -= 1 }
        if start > 0, start < range.lowerBound, text.units[start - 1] == 0x5BF9 { return isSaid(of: start - 1..<range.upperBound) ? start..<range.upperBound : nil }
        // 一吃芒果就过敏.
        if let bite = (max(0, range.lowerBound - 8)..<range.lowerBound).first(where: { SpecialWords.bites.begins(at: $0, in: text) }) {
            return isSaid(of: bite..<bite) ? range : nil
        }
        guard let cause = SpecialWords.causes.last(before: range.lowerBound, in: text) else { return nil }
        let whole = range.lowerBound - cause.count..<range.upperBound
        return isSaid(of: whole) ? whole : nil
    }

    private func wordBeginning(at start: Int) -> Range<Int> {
        var end = start
        while end < text.count, FoldedText.isLetter(text.units[end]) { end += 1 }
        return start..<end
    }

    private static let without = Array(" without ".unicodeScalars.map(\.value))
    private static let to = Array(" to ".unicodeScalars.map(\.value))

    // MARK: Children

    /// A child's age below 14 (PIPL Art. 31): 儿子六岁, "my 7 year old", "my son is 8".
    private mutating func ages() {
        func isPart(_ index: Int) -> Bool { text.digits[index] != 255 || text.units[index] == 0x5341 }
        var index = text.next([.numeral, .multiple], from: 0)
        while index < text.count {
            if isPart(index), index == 0 || !isPart(index - 1), let age = childAge(at: index) { add(.minor, age, "special.minor-age") }
            index = text.next([.numeral, .multiple], from: index + 1)
        }
    }

    private func isChilds(before place: Int) -> Bool { owner(before: place, isOwner: SpecialWords.isChild) }

    private func childAge(at start: Int) -> Range<Int>? {
        var end = start
        var value = 0
        while end < text.count, end - start < 3, text.digits[end] != 255 || text.units[end] == 0x5341 {
            value =
                text.units[end] == 0x5341 ? max(1, value) * 10 : end > start && text.units[end - 1] == 0x5341 ? value + Int(text.digits[end]) : value * 10 + Int(text.digits[end])
            end += 1
        }
        guard (1..<14).contains(value), end == text.count || text.digits[end] == 255, start == 0 || text.units[start - 1] != 0x2E else { return nil }
        if let unit = SpecialWords.years.first(at: end, in: text) {
            let whole = start..<end + unit.count
            return isChilds(before: start) || isSaid(of: whole) && isOwnChild(behind: whole.upperBound) ? whole : nil
        }
        // "my son is 8".
        let isEnd = end == text.count || [0x2C, 0x2E, 0x21, 0x3F, 0x29, 0x0A].contains(text.units[end]) || text.has([0x20, 0x61, 0x6E, 0x64, 0x20], at: end)
        return isEnd && FoldedText.isDigit(text.units[start]) && SpecialWords.isAged.last(before: start, in: text) != nil && isChilds(before: start) ? start..<end : nil
    }

    /// My 7 year old son, my 7 year old.
    private func isOwnChild(behind end: Int) -> Bool {
        guard end + 1 < text.count else { return end > 0 && FoldedText.isLatin(text.units[end - 1]) }
        if FoldedText.isHan(text.units[end]) {
            return SpecialWords.children.begins(at: end, in: text) || text.units[end] == 0x7684 && SpecialWords.children.begins(at: end + 1, in: text)
        }
        guard text.units[end] == 0x20, FoldedText.isLatin(text.units[end - 1]) else { return FoldedText.isLatin(text.units[end - 1]) && !FoldedText.isLetter(text.units[end]) }
        let word = wordBeginning(at: end + 1)
        return SpecialWords.isChild(word, text) || SpecialWords.doings.contains(hash(word))
    }

    // MARK: Income

    /// 月薪八千, "my salary is $40,000": what somebody earns, owes or has, behind the word for it; returns where it ends.
    private mutating func amount(_ word: Range<Int>) -> Int? {
        guard isSaid(of: word.lowerBound..<word.lowerBound) || SpecialWords.ownIncomes.begins(at: word.lowerBound, in: text) else { return nil }
        var end = word.upperBound
        while end - word.upperBound < 4, let link = SpecialWords.amountLinks.first(at: end, in: text) { end += link.count }
        let start = end
        while end < text.count, end - start < 12, text.digits[end] != 255 || SpecialWords.amounts.contains(text.units[end]) { end += 1 }
        while end > start, [0x20, 0x2C, 0x2E].contains(text.units[end - 1]) { end -= 1 }
        guard (start..<end).contains(where: { text.digits[$0] != 255 || text.units[$0] == 0x5341 }) else { return nil }
        add(.finances, start..<end, "special.finances-amount")
        return end
    }
}
