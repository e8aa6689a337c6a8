/// Finds postal addresses in Latin letters: 14 Harbor Road, Apt 3, Springfield, IL 62704; Hauptstraße 12, 80331 München; 15 rue de la
/// Paix; PSC 1437, Box 3833.
///
/// The text is read as tokens, words and numbers. A core says that an address stands here: a number with a street's name, a unit with its
/// number, a cue with a number near it. From the core it goes on to the right over capitals, numbers, commas and line breaks.
struct StreetAddressDetector {
    private typealias Token = StreetTokens.Token

    private let text: FoldedText
    private let cues: Cues
    private let tokens: [Token]
    /// In a text of small letters alone every word may be a name.
    private let isSmall: Bool
    private let hasCue: Bool

    static func detect(in text: FoldedText, _ cues: Cues, into found: inout [Entity]) {
        guard text.hasLatin, StreetTokens.hasNumber(in: text) else { return }
        StreetAddressDetector(text: text, cues: cues).scan(&found)
    }

    private init(text: FoldedText, cues: Cues) {
        let tokens = StreetTokens(of: text)
        (self.text, self.cues, self.tokens, isSmall) = (text, cues, tokens.all, tokens.isSmall)
        hasCue = cues.all.contains { $0.kind == .address }
    }

    private func scan(_ found: inout [Entity]) {
        var index = 0
        while index < tokens.count {
            guard let core = core(at: index) else {
                index += 1
                continue
            }
            let start = leftEnd(core.lowerBound, from: index)
            let end = rightEnd(core.upperBound)
            var range = tokens[start].range.lowerBound..<tokens[end - 1].range.upperBound
            // H.No. 4-21, Plot no. 12.
            if tokens[start].isNumber, let lead = Self.leads.last(before: range.lowerBound, in: text),
                range.lowerBound == lead.count || !StreetTokens.isWord(range.lowerBound - lead.count - 1, text)
            {
                range = range.lowerBound - lead.count..<range.upperBound
            }
            found.append(Entity(type: .address, bytes: text.bytes(range), score: 0.85, rule: "address.en", key: text.key(range)))
            index = max(end, index + 1)
        }
    }

    private static let leads = PhraseList([
        "h.no. ", "h.no.", "h. no. ", "h no ", "house no. ", "house no ", "house number ", "plot no. ", "plot no ", "door no. ", "d.no. ", "flat no. ", "shop no. ", "block no. ",
        "plot ", "no. ",
    ])

    // MARK: Cores

    private func isName(_ token: Token) -> Bool { (token.isCapital || isSmall && !StreetWords.labels.contains(token.hash)) && !token.isNumber }

    private func isHouseNumber(_ token: Token) -> Bool {
        token.isNumber && token.digits <= 6 && token.range.count <= token.digits + 4 && FoldedText.isDigit(text.units[token.range.lowerBound])
    }

    /// The tokens of a core that begins at a place.
    private func core(at index: Int) -> Range<Int>? {
        if isHouseNumber(tokens[index]) {
            if let end = street(after: index) { return index..<end }
            if let end = between(index) { return index..<end }
        }
        if let end = named(at: index) { return index..<end }
        if let end = unit(at: index) { return index..<end }
        return cued(at: index)
    }

    /// 14 Harbor Road, 12 acacia avenue.
    private func street(after number: Int) -> Int? {
        for count in 1...5 {
            let place = number + count
            guard place < tokens.count, tokens[place].isJoined, !tokens[place].hasBreak else { return nil }
            let token = tokens[place]
            if count > 1, StreetWords.endings.contains(token.hash) || token.isCapital && StreetWords.rareEndings.contains(token.hash) { return place + 1 }
            if count == 1, token.isCapital, token.hash == Self.broadway { return place + 1 }
            let isOrdinal = token.isNumber && FoldedText.isLatin(text.units[token.range.upperBound - 1])
            // 200 W 57th
            if count == 2, isOrdinal, Self.quarters.contains(tokens[place - 1].hash) { return place + 1 }
            guard
                token.isCapital || isOrdinal || isSmall && !token.isNumber && !StreetWords.labels.contains(token.hash) || StreetWords.particles.contains(token.hash) && count > 1
                    || count == 1 && token.isNumber
            else {
                // 15 rue de la Paix
                guard count == 1, StreetWords.beginnings.contains(token.hash), place + 1 < tokens.count else { return nil }
                return nameEnd(from: place + 1)
            }
            if count == 1, StreetWords.beginnings.contains(token.hash), let end = nameEnd(from: place + 1) { return end }
        }
        return nil
    }

    private static let quarters = WordSet("n s e w north south east west")
    private static let broadway = WordSet.hash("broadway")

    /// The end of one to four capitals, particles between them.
    private func nameEnd(from start: Int) -> Int? {
        var end = start
        var names = 0
        while end < tokens.count, end - start < 5, tokens[end].isJoined, !tokens[end].hasBreak, !tokens[end].hasComma {
            if isName(tokens[end]) { names += 1 } else if !StreetWords.particles.contains(tokens[end].hash) { break }
            end += 1
        }
        return names > 0 ? end : nil
    }

    /// Hauptstraße 12, Via Roma 5, Joaquín Suárez utca 19.
    private func named(at index: Int) -> Int? {
        let token = tokens[index]
        if isName(token), token.range.count >= 6, index + 1 < tokens.count, isNumber(index + 1), hasStreetSuffix(token) { return index + 2 }
        if StreetWords.beginnings.contains(token.hash), token.isCapital || text.units[token.range.upperBound..<min(text.count, token.range.upperBound + 1)].first == 0x2E,
            index + 1 < tokens.count,
            let end = nameEnd(from: index + 1), end < tokens.count, isNumber(end)
        {
            return end + 1
        }
        // Jókai utca 19, Luite tee 87
        if token.isCapital, let end = nameEnd(from: index), end + 1 < tokens.count, StreetWords.smallEndings.contains(tokens[end].hash), tokens[end].isJoined, isNumber(end + 1) {
            return end + 2
        }
        return nil
    }

    private func isNumber(_ index: Int) -> Bool { tokens[index].isJoined && !tokens[index].hasBreak && isHouseNumber(tokens[index]) && tokens[index].digits <= 5 }

    private func hasStreetSuffix(_ token: Token) -> Bool {
        StreetWords.suffixes.contains { suffix in
            token.range.count > suffix.count + 2 && zip(token.range.suffix(suffix.count), suffix).allSatisfy { PlainLetters.of(text.units[$0]) == $1 }
        }
    }

    /// 450 Præstevænget 15, with more of an address behind it.
    private func between(_ index: Int) -> Int? {
        var place = index + 1
        while place < tokens.count, place - index <= 4, tokens[place].isJoined, !tokens[place].hasBreak, !tokens[place].hasComma,
            isName(tokens[place]) || place > index + 1 && StreetWords.particles.contains(tokens[place].hash)
        { place += 1 }
        guard place > index + 1, place < tokens.count, isNumber(place), !tokens[place].hasComma, tokens[place].digits == tokens[place].range.count, place + 1 < tokens.count,
            tokens[place + 1].isJoined,
            tokens[index + 1..<place].contains(where: { $0.range.count >= 4 })
        else { return nil }
        let next = tokens[place + 1]
        return next.hasBreak || next.hasComma && next.isCapital || StreetWords.units.contains(next.hash) ? place + 1 : nil
    }

    /// Apt. 4B, Suite 680, PO Box 12, PSC 1437, Box 3833.
    private func unit(at index: Int) -> Int? {
        let token = tokens[index]
        guard StreetWords.units.contains(token.hash), token.isCapital || isSmall || token.hash == Self.apt, index + 1 < tokens.count, tokens[index + 1].isJoined,
            !tokens[index + 1].hasComma, isHouseNumber(tokens[index + 1])
        else { return nil }
        // Flat 7, Apt 4B say enough; a floor, a room, a number need a street beside them.
        let isSure =
            Self.sureUnits.contains(token.hash)
            || token.hash == Self.box && index > 0 && (tokens[index - 1].hash == Self.po || tokens[index - 1].range.count == 1 || tokens[index - 1].isNumber)
        let hasNeighbour =
            index > 0 && token.isJoined && (tokens[index - 1].isNumber || tokens[index - 1].isCapital)
            || index + 2 < tokens.count && tokens[index + 2].isJoined && tokens[index + 2].isNumber
        return isSure || hasNeighbour && Self.otherUnits.contains(token.hash) ? index + 2 : nil
    }

    private static let (apt, box, po) = (WordSet.hash("apt"), WordSet.hash("box"), WordSet.hash("po"))
    private static let (sureUnits, otherUnits) = (WordSet("apt apartment suite"), WordSet("flat unit ste"))

    /// Behind "lives at" or "address:", capitals and a number.
    private func cued(at index: Int) -> Range<Int>? {
        guard hasCue, cues.before(tokens[index].range.lowerBound, within: 6, where: { $0 == .address }) != nil, isName(tokens[index]) || isHouseNumber(tokens[index]) else {
            return nil
        }
        var end = index
        var (numbers, names) = (0, 0)
        while end < tokens.count, end - index < 7 {
            let token = tokens[end]
            if end > index, !token.isJoined { break }
            if token.isNumber { numbers += 1 } else if isName(token) { names += 1 } else if !StreetWords.particles.contains(token.hash) { break }
            end += 1
            if numbers > 0, names > 0, token.isNumber { break }
        }
        return numbers > 0 && names > 0 && tokens[index..<end].allSatisfy { $0.digits <= 6 } ? index..<end : nil
    }

    // MARK: Around a core

    /// Numbers and capitals on the same line before a core.
    private func leftEnd(_ start: Int, from: Int) -> Int {
        var start = start
        var steps = 0
        let isUnit = StreetWords.units.contains(tokens[start].hash)
        var breaks = 0
        while start > 0, steps < (isUnit ? 6 : 2), tokens[start].isJoined {
            let before = tokens[start - 1]
            if before.isNumber
                ? before.digits <= 6 && isHouseNumber(before)
                : isUnit && (before.isCapital || StreetWords.particles.contains(before.hash)) && !StreetWords.labels.contains(before.hash)
            {
                // Another line before a number is not its street, unless a unit follows it.
                if tokens[start].hasBreak {
                    breaks += 1
                    if !isUnit || breaks > 1 { break }
                }
                start -= 1
                steps += 1
            } else {
                break
            }
        }
        while StreetWords.particles.contains(tokens[start].hash), !tokens[start].isCapital, start + 1 < tokens.count { start += 1 }
        return min(start, from)
    }

    /// Unit, town, state, postcode and country behind a core.
    private func rightEnd(_ end: Int) -> Int {
        var end = end
        var index = end
        var steps = 0
        while index < tokens.count, steps < 12, tokens[index].isJoined {
            let token = tokens[index]
            let before = tokens[index - 1]
            if StreetWords.labels.contains(token.hash), !StreetWords.states.contains(token.hash) || !isAllUpper(token) || !token.isCapital { break }
            if token.range.upperBound < text.count, text.units[token.range.upperBound] == 0x3A || text.units[token.range.upperBound] == 0x40 { break }
            if token.isNumber {
                guard isHouseNumber(token) || token.range.count <= 8 && token.isCapital, !(before.isNumber && before.digits >= 5 && token.hasBreak) else { break }
                // A telephone number, a price.
                if token.digits > 6 { break }
                end = index + 1
                // A postcode ends it.
                if token.digits >= 4, !before.isNumber, !StreetWords.units.contains(before.hash), index + 1 < tokens.count, tokens[index + 1].hasBreak { break }
            } else if StreetWords.units.contains(token.hash) {
                end = index + 1
            } else if token.isCapital || isSmall {
                // A town counts only behind a comma or a line break, or after one.
                guard
                    token.hasComma || token.hasBreak || isSmall && steps == 0 && Lexicon.shared.listed(token.hash) & EnglishWords.Listed.place != 0 || steps > 0 && end == index
                        || isAllUpper(token) && token.range.count > 2 || StreetWords.rareEndings.contains(token.hash)
                else { break }
                end = index + 1
            } else if !StreetWords.particles.contains(token.hash) {
                break
            }
            steps += 1
            index += 1
        }
        return end
    }

    private func isAllUpper(_ token: Token) -> Bool { token.range.allSatisfy { text.isUpper($0) || !FoldedText.isLetter(text.units[$0]) } }
}
