/// Finds what only its cue makes personal: accounts, codes, passwords, order numbers, dates of birth, ages.
struct CueValueDetector {
    private let text: FoldedText
    private let cues: Cues
    private let words: ValueWords
    private var found: [Entity] = []

    static func detect(in text: FoldedText, _ cues: Cues, _ words: ValueWords = .standard, into found: inout [Entity]) {
        var detector = CueValueDetector(text: text, cues: cues, words: words)
        for cue in cues.all where cue.kind.hasValue { detector.value(after: cue) }
        found += detector.found
    }

    private init(text: FoldedText, cues: Cues, words: ValueWords) { (self.text, self.cues, self.words) = (text, cues, words) }

    private mutating func add(_ type: EntityType, _ range: Range<Int>, _ score: Double, _ rule: String) {
        found.append(Entity(type: type, bytes: text.bytes(range), score: score, rule: rule, key: text.key(range)))
    }

    private static let fillers = UnitSet("\n :,=#\"'\u{201C}\u{201D}(\u{3010}\u{300C}[-\u{2764}")

    /// The place behind a cue and its links; whether something like "is" or ":" was among them.
    private func skipLinks(from start: Int) -> (place: Int, isStated: Bool) {
        var index = start
        var isStated = false
        var steps = 0
        while index < text.count, steps < 6 {
            if Self.fillers.contains(text.units[index]) {
                if text.units[index] == 0x3A || text.units[index] == 0x3D { isStated = true }
                index += 1
                // Spaces and punctuation are no step of their own.
                if index - start > 14 { break }
                continue
            }
            guard let link = words.links.first(at: index, in: text, where: { isWholeWord($0, at: index) }) else { break }
            isStated = true
            index += link.count
            steps += 1
        }
        return (index, isStated)
    }

    private func isWholeWord(_ link: [UInt32], at index: Int) -> Bool {
        let end = index + link.count
        return !FoldedText.isLatin(link[0]) || end == text.count || !(FoldedText.isLatin(text.units[end]) || FoldedText.isDigit(text.units[end]))
    }

    private func token(from start: Int, where isPart: (UInt32) -> Bool) -> Range<Int> {
        var end = start
        while end < text.count, end - start < 64, isPart(text.units[end]) { end += 1 }
        return start..<end
    }

    /// Digits in groups; an o between two of them is a zero: 3o92.
    private func number(from start: Int) -> Range<Int> {
        var end = start
        while end < text.count, end - start < 64 {
            let isZero = text.units[end] == 0x6F && end > start && text.digits[end - 1] != 255 && end + 1 < text.count && text.digits[end + 1] != 255
            guard isZero || FoldedText.digit(text.units[end]) != nil || [0x20, 0x2D, 0x28, 0x29, 0x2E].contains(text.units[end]) else { break }
            end += 1
        }
        return start..<end
    }

    private func digitCount(_ range: Range<Int>) -> Int { range.count { text.digits[$0] != 255 } }

    private static func isAlphanumeric(_ unit: UInt32) -> Bool { FoldedText.isLatin(unit) || FoldedText.isDigit(unit) }

    private mutating func value(after cue: Cues.Cue) {
        let (start, isStated) = skipLinks(from: cue.units.upperBound)
        guard start < text.count else {
            if cue.kind == .phone { phone(before: cue) }
            if cue.kind == .birthDate, words.hasDatesBefore { date(before: cue) }
            return
        }
        switch cue.kind {
        case .wechat:
            let range = token(from: start) { Self.isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2D }
            if (5...20).contains(range.count), FoldedText.isLatin(text.units[start]), isStated || digitCount(range) > 0 { add(.wechat, range, 0.95, "wechat.cue") }
            if range.count == 11, digitCount(range) == 11 { add(.wechat, range, 0.95, "wechat.cue") }
        case .qq:
            let range = token(from: start) { FoldedText.isDigit($0) }
            if (5...11).contains(range.count), isFree(range.upperBound) { add(.qq, range, 0.95, "qq.cue") }
        case .social:
            let at = text.units[start] == 0x40 ? start + 1 : start
            let range = token(from: at) { Self.isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D }
            let isHandle = at > start || digitCount(range) > 0 || (isStated && range.count >= 5)
            if (3...30).contains(range.count), isHandle { add(.social, start..<trimmed(range).upperBound, 0.8, "social.cue") }
        case .oneTimeCode:
            let range = token(from: start, where: Self.isAlphanumeric)
            if (4...8).contains(range.count), digitCount(range) >= max(3, range.count - 2) { add(.oneTimeCode, range, 0.95, "code.cue") }
            // 取件码8-3-407215
            let parts = token(from: start) { FoldedText.isDigit($0) || $0 == 0x2D }
            if parts.count > range.count, (4...12).contains(digitCount(parts)) { add(.oneTimeCode, trimmed(parts), 0.9, "code.cue") }
        case .cardCode:
            let range = token(from: start) { FoldedText.isDigit($0) }
            if (3...4).contains(range.count), isFree(range.upperBound) { add(.cardCode, range, 0.95, "card-code.cue") }
            // 09/27
            let expiry = token(from: start) { FoldedText.isDigit($0) || $0 == 0x2F }
            if expiry.count > range.count, (3...6).contains(digitCount(expiry)), cue.units.count >= 3, text.units[cue.units.lowerBound] == 0x65 { add(.cardCode, trimmed(expiry), 0.9, "card-code.expiry") }
        case .password:
            let range = token(from: start) { (0x21...0x7E).contains($0) && $0 != 0x2C && $0 != 0x3B }
            let isLike = digitCount(range) > 0 || isStated && !FoldedText.isLatin(text.units[cue.units.lowerBound])
            if (4...40).contains(range.count), isLike, FoldedText.isLatin(text.units[cue.units.lowerBound]) ? isStated : true {
                add(.password, trimmed(range), 0.9, "password.cue")
            }
        case .account:
            let range = token(from: start) { Self.isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }
            let isName = [0x75, 0x7528].contains(text.units[cue.units.lowerBound])
            if (5...34).contains(range.count), digitCount(range) >= (isName && isStated ? 0 : 4) { add(.account, range, 0.85, "account.cue") }
        case .order, .tracking:
            let range = trimmed(token(from: start) { Self.isAlphanumeric($0) || $0 == 0x2D })
            let digits = digitCount(range)
            // Six letters and digits are a booking; a word is none.
            let isBooking = FoldedText.isLatin(text.units[cue.units.lowerBound]) && (5...8).contains(range.count) && digits >= 1 && range.allSatisfy { !FoldedText.isLatin(text.units[$0]) || text.isUpper($0) }
            let isLocator = range.count == 6 && range.allSatisfy { text.isUpper($0) || FoldedText.isDigit(text.units[$0]) } && Self.locators.contains(text.string(cue.units))
            if (5...32).contains(range.count), digits >= 5 || isBooking || isLocator || range.count >= 7 && digits >= 3 {
                add(cue.kind == .order ? .order : .tracking, range, 0.9, cue.kind == .order ? "order.cue" : "tracking.cue")
            }
        case .plate:
            let range = trimmed(token(from: start) { Self.isAlphanumeric($0) || $0 == 0x2D || $0 == 0x20 })
            let plate = upperPrefix(range)
            if (5...9).contains(plate.count), (1...6).contains(digitCount(plate)), plate.contains(where: { FoldedText.isLatin(text.units[$0]) }) { add(.plate, plate, 0.9, "plate.cue") }
        case .socialSecurity:
            let range = trimmed(token(from: start) { FoldedText.isDigit($0) || [0x20, 0x2D, 0x2E].contains($0) })
            if digitCount(range) == 4, isStated { add(.socialSecurity, range, 0.8, "ssn.last-four") }
            if digitCount(range) == 9, range.count <= 11 { add(.socialSecurity, range, 0.95, "ssn.cue") }
        case .nationalID:
            let range = trimmed(token(from: start) { FoldedText.isDigit($0) || [0x20, 0x2D].contains($0) })
            if (8...12).contains(digitCount(range)), isFree(range.upperBound) { add(.identifier, range, 0.9, "national-id.cue") }
        case .nationalInsurance:
            let range = trimmed(token(from: start) { Self.isAlphanumeric($0) || [0x20, 0x2D].contains($0) })
            let units = range.filter { Self.isAlphanumeric(text.units[$0]) }.prefix(9)
            if units.count == 9, units.prefix(2).allSatisfy({ FoldedText.isLatin(text.units[$0]) }), units.dropFirst(2).prefix(6).allSatisfy({ FoldedText.isDigit(text.units[$0]) }) {
                add(.nationalInsurance, range.lowerBound..<units.last! + 1, 0.95, "nino.cue")
            }
        case .passport, .travelPermit, .military, .driving, .residentID, .regionalID, .creditCode, .imei, .vin:
            document(cue.kind, from: start)
        case .bankCard:
            let range = trimmed(token(from: start) { FoldedText.digit($0) != nil || $0 == 0x20 || $0 == 0x2D })
            let digits = digitCount(range)
            // 4111 11XX XXXX 1111
            let masked = trimmed(token(from: start) { FoldedText.isDigit($0) || [0x20, 0x2D, 0x78, 0x2A].contains($0) })
            if masked.count > range.count, (12...19).contains(masked.count { text.units[$0] != 0x20 && text.units[$0] != 0x2D }), digitCount(masked) >= 4 {
                add(.bankCard, masked, 0.85, "bank-card.masked")
                return
            }
            if (12...19).contains(digits) { add(.bankCard, trimmed(range), 0.8, "bank-card.cue") }
            if digits == 4, isStated || text.units[cue.units.lowerBound] == 0x6C { add(.bankCard, trimmed(range), 0.7, "bank-card.last-four") }
        case .postcode:
            let range = token(from: start) { FoldedText.isDigit($0) }
            if (3...6).contains(range.count), isFree(range.upperBound) {
                // ZIP+4
                let plus = token(from: range.upperBound) { FoldedText.isDigit($0) || $0 == 0x2D }
                add(.postcode, plus.count == 5 ? range.lowerBound..<plus.upperBound : range, 0.95, "postcode.cue")
            }
        case .phone:
            // Local numbers, those of other countries, and ones with a digit too many or too few.
            let plus = text.units[start] == 0x2B ? start + 1 : start
            let range = trimmed(number(from: plus))
            let digits = digitCount(range) + range.count { text.units[$0] == 0x6F }
            let isTail = (3...4).contains(digits) && Self.tails.contains(text.string(cue.units))
            if (7...15).contains(digits) || isTail, isFree(range.upperBound), isStated || range.count < 20 {
                let hasBracket = plus > 0 && text.units[plus - 1] == 0x28
                add(.phone, (hasBracket ? plus - 1 : start)..<range.upperBound, 0.75, "phone.cue")
            }
            if !isStated || digits < 7 { phone(before: cue) }
        case .birthDate:
            if let range = date(from: start) { add(.birthDate, range, 0.95, "birth-date.cue") } else if words.hasDatesBefore { date(before: cue) }
        default: break
        }
    }

    /// A number right before its word: "416 60 039 office".
    private mutating func phone(before cue: Cues.Cue) {
        guard FoldedText.isLatin(text.units[cue.units.lowerBound]) else { return }
        var end = cue.units.lowerBound
        while end > 0, cue.units.lowerBound - end < 2, [0x20, 0x2D].contains(text.units[end - 1]) { end -= 1 }
        var start = end
        while start > 0, end - start < 20, FoldedText.isDigit(text.units[start - 1]) || [0x20, 0x2D, 0x28, 0x29, 0x2E].contains(text.units[start - 1]) { start -= 1 }
        let range = trimmed(start..<end)
        let hasBracket = range.lowerBound > start && text.units[range.lowerBound - 1] == 0x28
        if (7...15).contains(digitCount(range)), end < cue.units.lowerBound { add(.phone, (hasBracket ? range.lowerBound - 1 : range.lowerBound)..<range.upperBound, 0.7, "phone.cue") }
    }

    /// A document's number behind its name.
    private mutating func document(_ kind: Cues.Kind, from start: Int) {
        var range = token(from: start) { Self.isAlphanumeric($0) || $0 == 0x20 || $0 == 0x2D }
        range = trimmed(range)
        // A word behind a space is no part of the number.
        if let space = range.first(where: { text.units[$0] == 0x20 && $0 + 1 < range.upperBound && !FoldedText.isDigit(text.units[$0 + 1]) }) { range = range.lowerBound..<space }
        let digits = digitCount(range)
        let length = range.count { Self.isAlphanumeric(text.units[$0]) }
        switch kind {
        case .passport where (6...9).contains(length) && digits >= 5: add(.passport, range, 0.95, "passport.cue")
        case .travelPermit where (8...11).contains(length) && digits >= 7: add(.travelPermit, range, 0.95, "travel-permit.cue")
        case .military where (6...10).contains(length) && digits >= 5: add(.militaryID, range, 0.9, "military-id.cue")
        case .driving where (8...18).contains(length) && digits >= 6: add(.drivingLicence, range, 0.9, "driving-licence.cue")
        case .residentID where length == 15 || length == 18, .residentID where (16...17).contains(length) && digits >= 15:
            // A digit misheard or mistyped does not make it public.
            if digits >= 14 { add(.residentID, range, 0.85, "resident-id.cue") }
        case .regionalID where (8...10).contains(length) && digits >= 6: add(.regionalID, range, 0.9, "regional-id.cue")
        case .creditCode where (15...20).contains(length) && digits >= 6: add(.creditCode, range, 0.9, "credit-code.cue")
        case .imei where (14...17).contains(length) && digits == length: add(.imei, range, 0.95, "imei.cue")
        default: break
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while upper > lower, [0x20, 0x2D, 0x2E, 0x21, 0x3F, 0x28, 0x29, 0x22, 0x27].contains(text.units[upper - 1]) { upper -= 1 }
        while lower < upper, [0x20, 0x2D].contains(text.units[lower]) { lower += 1 }
        return lower..<max(upper, lower)
    }

    private func isFree(_ end: Int) -> Bool { end == text.count || !Self.isAlphanumeric(text.units[end]) }

    // MARK: Dates of birth

    /// The longest date that ends right before a cue.
    private mutating func date(before cue: Cues.Cue) {
        let end = cue.units.lowerBound
        for start in max(0, end - 24)..<end where FoldedText.isDigit(text.units[start]) && (start == 0 || !FoldedText.isDigit(text.units[start - 1])) {
            if let range = date(from: start), range.upperBound <= end, end - range.upperBound <= 1 { return add(.birthDate, range, 0.9, "birth-date.cue") }
        }
    }

    /// 1990年5月17日, 1990-05-17, 5/17/1990, 19900517, 90年5月, 17 May 1990.
    private func date(from start: Int) -> Range<Int>? {
        var index = start
        var numbers = 0
        var hasMonthName = false
        var digits = 0
        var end = start
        while index < text.count, index - start < 24 {
            let unit = text.units[index]
            if text.digits[index] != 255 {
                let first = index
                while index < text.count, text.digits[index] != 255 { index += 1 }
                numbers += 1
                digits += index - first
                end = index
            } else if [0x5E74, 0x6708, 0x65E5, 0x53F7].contains(unit), numbers > 0 {
                index += 1
                end = index
            } else if [0x2D, 0x2F, 0x2E, 0x20, 0x2C].contains(unit) || (unit == 0x5341 && numbers >= 0) {
                index += 1
                if unit == 0x5341 {
                    numbers += 1
                    digits += 1
                    end = index
                }
            } else if let month = words.months.first(at: index, in: text) {
                index += month.count
                while index < text.count, FoldedText.isLatin(text.units[index]) { index += 1 }
                hasMonthName = true
                end = index
            } else if numbers > 0, let ordinal = words.ordinals.first(at: index, in: text) {
                index += ordinal.count
            } else {
                break
            }
        }
        let isDate = digits >= 8 || (numbers >= 2 && digits >= 3) || (hasMonthName && numbers >= 1)
        return isDate && digits <= 10 && end > start ? start..<end : nil
    }

    private static let locators: Set<String> = ["pnr", "locator", "record locator", "confirmation", "confirmation code", "conf", "booking reference", "booking ref", "booking", "reservation"]
    private static let tails: Set<String> = ["尾号", "末三码", "末四码"]

    /// A number plate in capitals: AB12 CDE; what follows in small letters is no part of it.
    private func upperPrefix(_ range: Range<Int>) -> Range<Int> {
        var end = range.lowerBound
        while end < range.upperBound, !FoldedText.isLatin(text.units[end]) || text.isUpper(end) { end += 1 }
        // Half a word behind a blank.
        if end < range.upperBound, let blank = (range.lowerBound..<end).last(where: { text.units[$0] == 0x20 }) { end = blank }
        return trimmed(range.lowerBound..<end)
    }
}
