/// Finds street addresses in English: 14 Harbor Road, Apt 3, Springfield, IL 62704.
enum EnglishAddressDetector {
    private static let suffixes: Set<String> = [
        "street", "st", "avenue", "ave", "road", "rd", "lane", "ln", "drive", "dr", "boulevard", "blvd", "court", "ct", "way", "place", "pl", "terrace", "square", "sq", "parkway",
        "pkwy", "highway", "hwy", "crescent", "close", "gardens", "grove", "circle", "cir", "trail", "row", "mews", "hill", "walk", "quay",
    ]
    /// Rarer ones (USPS Publication 28, appendix C1): only with a capital.
    private static let rareSuffixes: Set<String> = Set(
        """
        alley annex arcade bayou beach bend bluff bottom branch bridge brook burg bypass camp canyon cape causeway center centre cliff cliffs club common commons corner corners course crossroad curve \
        cove creek crest crossing dale dam divide estate estates expressway extension fall falls ferry field fields flat flats ford forest forge fork forks fort freeway garden gateway \
        glen glens green greens groves harbor harbors haven heights hills hollow inlet island islands isle junction key keys knoll knolls lake lakes land landing light lights loaf lock \
        locks lodge loop mall manor manors meadow meadows mill mills mission motorway mount mountain mountains neck orchard oval overpass park parks pass passage path pike pine pines \
        plain plains plaza point points port ports prairie radial ramp ranch rapid rapids rest ridge ridges river roads route rue run shoal shoals shore shores skyway spring springs \
        spur squares station stravenue stream streets summit throughway trace track trafficway tunnel turnpike underpass union unions valley valleys via viaduct view views village \
        villages ville vista walks wall ways well wells
        """.split(separator: " ").map(String.init))
    private static let units: Set<String> = ["apt", "apartment", "unit", "suite", "ste", "floor", "flat", "room", "rm"]
    private static let states: Set<String> = Set(
        """
        al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr vi gu mp as fm mh pw aa ae ap
        """.split { $0 == " " || $0 == "\n" }.map(String.init))

    static func detect(in text: FoldedText, into found: inout [Entity]) {
        guard text.digitCount > 0 else { return }
        var index = 0
        while index < text.count {
            if FoldedText.isDigit(text.units[index]), index == 0 || !isWord(text.units[index - 1]), let end = street(from: index, text) ?? box(index, text) {
                let whole = index..<locality(after: end, text)
                found.append(Entity(type: .address, bytes: text.bytes(whole), score: 0.85, rule: "address.en", key: text.key(whole)))
                index = whole.upperBound
            } else {
                index += 1
            }
        }
    }

    private static func isWord(_ unit: UInt32) -> Bool { FoldedText.isLetter(unit) || FoldedText.isDigit(unit) }

    private static func wordEnd(_ start: Int, _ text: FoldedText) -> Int {
        var end = start
        while end < text.count, isWord(text.units[end]) || (text.units[end] == 0x27 && end > start) { end += 1 }
        return end
    }

    /// House number, one to four capitalised words, a street word.
    private static func street(from start: Int, _ text: FoldedText) -> Int? {
        var index = start
        while index < text.count, FoldedText.isDigit(text.units[index]) { index += 1 }
        guard index - start <= 6 else { return nil }
        // 221B, 12-14
        if index < text.count, FoldedText.isLatin(text.units[index]), index + 1 < text.count, text.units[index + 1] == 0x20 { index += 1 }
        for words in 0..<5 {
            guard index < text.count, text.units[index] == 0x20 || text.units[index] == 0x2C else { return nil }
            while index < text.count, text.units[index] == 0x20 || text.units[index] == 0x2C { index += 1 }
            let end = wordEnd(index, text)
            guard end > index else { return nil }
            let word = text.string(index..<end)
            let isOrdinal = FoldedText.isDigit(text.units[index]) && FoldedText.isLatin(text.units[end - 1])
            let singular = word.hasSuffix("s") ? String(word.dropLast()) : word
            if words > 0, suffixes.contains(word) || (text.isUpper(index) && (rareSuffixes.contains(word) || rareSuffixes.contains(singular) || suffixes.contains(singular))) {
                // The street word must look like part of a name: 12 Main street, not "3 nice close friends".
                return end < text.count && text.units[end] == 0x2E ? end + 1 : end
            }
            guard text.isUpper(index) || isOrdinal else { return nil }
            index = end
        }
        return nil
    }

    /// The end of a post-office box's number.
    private static func box(_ start: Int, _ text: FoldedText) -> Int? {
        guard start >= 4, text.units[start - 4..<start].elementsEqual([0x62, 0x6F, 0x78, 0x20]), start == 4 || !isWord(text.units[start - 5]) else { return nil }
        let end = wordEnd(start, text)
        return end - start <= 6 ? end : nil
    }

    /// Apartment, town, state and postcode after a street.
    private static func locality(after street: Int, _ text: FoldedText) -> Int {
        var end = street
        var index = street
        var words = 0
        var isUnit = false
        while words < 7, index < text.count {
            var gap = index
            // Apt. 3
            while gap < text.count, gap - index < 3, [0x20, 0x2C, 0x23, 0x0A].contains(text.units[gap]) || (isUnit && text.units[gap] == 0x2E) { gap += 1 }
            guard gap > index, gap < text.count else { break }
            let hasComma = text.units[index..<gap].contains(0x2C)
            let stop = wordEnd(gap, text)
            guard stop > gap else { break }
            let word = text.string(gap..<stop)
            let digits = text.units[gap..<stop].count { FoldedText.isDigit($0) }
            let isPostcode = (digits == 5 && stop - gap == 5) || (digits >= 1 && stop - gap <= 4 && text.isUpper(gap) && stop - gap >= 2)
            isUnit = units.contains(word)
            if isUnit || (digits > 0 && stop - gap <= 4 && words > 0) || isPostcode || (states.contains(word) && text.isUpper(gap) && text.isUpper(stop - 1)) {
                end = stop
            } else if text.isUpper(gap), hasComma || words > 0 && end == index, digits == 0 {
                // A town counts only after a comma.
                end = stop
            } else {
                break
            }
            words += 1
            index = stop
            // ZIP+4
            if digits == 5, stop + 5 <= text.count, text.units[stop] == 0x2D, text.units[stop + 1..<stop + 5].allSatisfy(FoldedText.isDigit) {
                end = stop + 5
                break
            }
        }
        return end
    }
}
