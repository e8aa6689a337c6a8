/// How a language with Latin letters writes the street of an address.
struct PackStreetWords: Sendable {
    enum Order: Sendable {
        /// 27 rue des Lilas
        case numberFirst
        /// Lindenstraße 47, calle Mayor 27
        case nameFirst
    }

    let order: Order
    /// Words that a street's name begins with, small ones among them.
    let beginnings: WordPhrases
    /// What its one word ends with, without accents.
    let suffixes: [String]
    /// Whether a name with one of the beginnings is a street only before a postcode: Am Mühlbach 3.
    let needsTown: Bool
}

/// Finds addresses by street and number, and by a postcode of five digits with a town; what ``StreetAddressDetector`` finds in every text
/// needs capitals.
struct PackStreets {
    private let place: PackText
    private let streets: PackStreetWords
    private var text: FoldedText { place.text }
    private var words: [EnglishWords.Word] { place.words.words }

    static func detect(_ streets: PackStreetWords, in place: PackText, into found: inout [Entity]) {
        guard place.text.digitCount > 0 else { return }
        PackStreets(place: place, streets: streets).scan(&found)
    }

    private func scan(_ found: inout [Entity]) {
        for index in words.indices where place.isReadable(words[index].units.lowerBound) {
            if let range = street(at: index) { found.append(place.entity(.address, range, 0.8, "address.pack-street")) }
            // 80331 München, without a street.
            if words[index].list & EnglishWords.Listed.place != 0, let start = postcode(before: index) {
                found.append(place.entity(.address, start..<townEnd(index), 0.75, "address.pack-town"))
            }
        }
    }

    // MARK: Streets

    private func street(at index: Int) -> Range<Int>? {
        switch streets.order {
        case .numberFirst:
            guard streets.beginnings.contains(index, words), let start = houseNumber(before: index), let end = nameEnd(from: index + 1) else { return nil }
            return start..<(town(behind: words[end - 1].units.upperBound) ?? words[end - 1].units.upperBound)
        case .nameFirst:
            if words[index].isCapital, hasSuffix(words[index]), let number = houseNumber(from: words[index].units.upperBound) {
                return words[index].units.lowerBound..<(town(behind: number) ?? number)
            }
            let count = streets.beginnings.count(before: index + 1, words)
            guard count > 0, let end = nameEnd(from: index + 1), !hasSuffix(words[end - 1]), let number = houseNumber(from: words[end - 1].units.upperBound) else { return nil }
            let town = town(behind: number)
            return streets.needsTown && town == nil ? nil : words[index + 1 - count].units.lowerBound..<(town ?? number)
        }
    }

    private func hasSuffix(_ word: EnglishWords.Word) -> Bool {
        let letters = String(String.UnicodeScalarView(word.units.compactMap { Unicode.Scalar(PlainLetters.of(text.units[$0])) }))
        return streets.suffixes.contains { letters.hasSuffix($0) && letters.count > $0.count + 2 }
    }

    /// The word behind a street's name: one to five words, a capital among them.
    private func nameEnd(from start: Int) -> Int? {
        var end = start
        var names = 0
        while end < words.count, end - start < 5, words[end].follows || end == start && words[end].gap <= 3 {
            if words[end].isCapital { names += 1 } else if !Self.particles.contains(words[end].hash) { break }
            end += 1
        }
        while end > start, !words[end - 1].isCapital { end -= 1 }
        return names > 0 ? end : nil
    }

    private static let particles = WordSet("de la las los del des du le les l d a au aux et y e der dem den am im von zur zum und saint st sainte")

    // MARK: Numbers

    /// 27, 12 bis, before a street's word.
    private func houseNumber(before index: Int) -> Int? {
        var end = words[index].units.lowerBound
        if index > 0, Self.additions.contains(words[index - 1].hash), words[index].units.lowerBound - words[index - 1].units.upperBound <= 2 {
            end = words[index - 1].units.lowerBound
        }
        var start = end
        while start > 0, end - start < 2, [0x20, 0x2C].contains(text.units[start - 1]) { start -= 1 }
        let last = start
        while start > 0, FoldedText.isDigit(text.units[start - 1]) { start -= 1 }
        return (1...4).contains(last - start) && place.isFree(start - 1) ? start : nil
    }

    private static let additions = WordSet("bis ter quater")

    /// The end of a number with its letter, floor and door behind a name: 47, 3b, nº 12, 27, 3º B.
    private func houseNumber(from start: Int) -> Int? {
        var index = start
        var steps = 0
        while index < text.count, steps < 6, [0x20, 0x2C, 0x2E, 0xBA, 0xB0, 0x6E].contains(text.units[index]) || text.units[index] == 0x6F && steps > 0 {
            index += 1
            steps += 1
        }
        let first = index
        while index < text.count, FoldedText.isDigit(text.units[index]) { index += 1 }
        guard (1...4).contains(index - first), first > start else { return nil }
        if index + 1 <= text.count, index < text.count, FoldedText.isLatin(text.units[index]), place.isFree(index + 1) { index += 1 }
        guard place.isFree(index) else { return nil }
        return floorEnd(index)
    }

    /// , 3º B
    private func floorEnd(_ start: Int) -> Int {
        var index = start
        while index < text.count, index - start < 2, [0x20, 0x2C].contains(text.units[index]) { index += 1 }
        let first = index
        while index < text.count, FoldedText.isDigit(text.units[index]) { index += 1 }
        guard (1...2).contains(index - first), index < text.count, [0xBA, 0xB0, 0xAA].contains(text.units[index]) else { return start }
        index += 1
        guard index + 1 < text.count, text.units[index] == 0x20, FoldedText.isLatin(text.units[index + 1]), text.isUpper(index + 1), place.isFree(index + 2) else { return index }
        return index + 2
    }

    // MARK: Towns

    /// The end of the postcode and town that stand behind a street: , 50674 Köln.
    private func town(behind end: Int) -> Int? {
        var index = end
        while index < text.count, index - end < 3, [0x20, 0x2C, 0x0A].contains(text.units[index]) { index += 1 }
        guard index > end, index + 6 < text.count, (index..<index + 5).allSatisfy({ FoldedText.isDigit(text.units[$0]) }), text.units[index + 5] == 0x20 else { return nil }
        let word = halving(words.count) { words[$0].units.lowerBound >= index + 6 }
        guard word < words.count, words[word].units.lowerBound == index + 6, words[word].isCapital else { return nil }
        return townEnd(word)
    }

    private func postcode(before index: Int) -> Int? {
        let start = words[index].units.lowerBound - 6
        guard words[index].isCapital, start >= 0, text.units[start + 5] == 0x20, place.isFree(start - 1), (start..<start + 5).allSatisfy({ FoldedText.isDigit(text.units[$0]) })
        else { return nil }
        return start
    }

    /// Paris Cedex 08, Frankfurt am Main.
    private func townEnd(_ index: Int) -> Int {
        var last = index
        if last + 2 < words.count, words[last + 1].follows, words[last + 2].follows, Self.rivers.contains(words[last + 1].hash), words[last + 2].isCapital { last += 2 }
        guard last + 1 < words.count, words[last + 1].follows, words[last + 1].hash == Self.cedex else { return words[last].units.upperBound }
        let end = words[last + 1].units.upperBound
        return end + 3 <= text.count && text.units[end] == 0x20 && FoldedText.isDigit(text.units[end + 1]) && FoldedText.isDigit(text.units[end + 2]) ? end + 3 : end
    }

    private static let rivers = WordSet("am an sur de la")
    private static let cedex = WordSet.hash("cedex")
}
