/// Finds numbers that have letters too, or a form of their own: documents, vehicles, devices, accounts.
///
/// Walks the text token by token (letters and digits without a break) and lets checksums, forms and the
/// cue before decide. Every token is looked at once.
struct TokenDetector {
    private let text: FoldedText
    private let cues: Cues
    private var found: [Entity] = []

    static func detect(in text: FoldedText, _ cues: Cues, into found: inout [Entity]) {
        guard text.digitCount >= 3 else { return }
        var detector = TokenDetector(text: text, cues: cues)
        detector.scan()
        found += detector.found
    }

    private init(text: FoldedText, cues: Cues) { (self.text, self.cues) = (text, cues) }

    private func isWord(_ index: Int) -> Bool { FoldedText.isLatin(text.units[index]) || FoldedText.isDigit(text.units[index]) }

    private mutating func scan() {
        var index = text.next([.latin, .digit], from: 0)
        while index < text.count {
            let start = index
            var traits: CharacterTraits = []
            while index < text.count, !text.traits[index].isDisjoint(with: [.latin, .digit]) {
                traits.formUnion(text.traits[index])
                index += 1
            }
            // Words are none, but for half of a device's address, and what a province may stand before.
            if traits.contains(.digit) || index - start == 2 || start > 0 && text.traits[start - 1].contains(.han) { token(start..<index) }
            index = text.next([.latin, .digit], from: index)
        }
    }

    private mutating func add(_ type: EntityType, _ range: Range<Int>, _ score: Double, _ rule: String) {
        found.append(Entity(type: type, bytes: text.bytes(range), score: score, rule: rule, key: text.key(range)))
    }

    private func cue(before start: Int, _ kinds: Cues.Kind...) -> Bool {
        cues.before(start, within: 8) { kinds.contains($0) } != nil
    }

    // MARK: Tokens

    private mutating func token(_ range: Range<Int>) {
        let units = text.units[range]
        let digits = units.count { FoldedText.isDigit($0) }
        let letters = units.count - digits
        if FoldedText.isLatin(units.first!) { plate(range) }
        guard digits > 0 || (range.count == 2 && text.units[range].allSatisfy(Self.isHex)) else { return }
        if macAddress(range) || iban(range) || separatedNumber(range, digits) { return }
        guard digits > 0 else { return }
        let lead = units.prefix { FoldedText.isLatin($0) }.count
        switch units.count {
        case 18 where letters > 0 && Checksums.creditCode(units): add(.creditCode, range, 1, "credit-code.gb32100")
        case 17 where Checksums.vin(units) && letters >= 2: add(.vin, range, 0.95, "vin.check-digit")
        case 17 where cue(before: range.lowerBound, .vin) && letters >= 1: add(.vin, range, 0.9, "vin.cue")
        case 15 where letters == 0: fifteenDigits(range)
        case 9 where lead == 1 && digits == 8:
            if cue(before: range.lowerBound, .travelPermit) {
                add(.travelPermit, range, 1, "travel-permit.cue")
            } else if "egdpshmc".unicodeScalars.contains(where: { $0.value == units.first }) {
                let hasCue = cue(before: range.lowerBound, .passport)
                if hasCue || isPlainContext(range) { add(.passport, range, hasCue ? 1 : 0.6, "passport.cn") }
            }
        case 9 where lead == 2 && digits == 7 && units.first == 0x65 && isPlainContext(range): add(.passport, range, 0.6, "passport.cn-ea")
        case 11 where lead == 1 && digits == 10 && [0x68, 0x6D].contains(units.first):
            add(.travelPermit, range, cue(before: range.lowerBound, .travelPermit) ? 1 : 0.7, "travel-permit.hk-mo")
        case 10 where lead == 2 && digits == 8 && cue(before: range.lowerBound, .regionalID): add(.regionalID, range, 0.9, "regional-id.tw-resident")
        case 8 where lead == 0 && cue(before: range.lowerBound, .creditCode): add(.creditCode, range, 0.9, "credit-code.tw")
        case 10 where lead == 1 && digits == 9 && Checksums.taiwanID(units): add(.regionalID, range, 0.9, "regional-id.tw")
        case 9 where lead == 2 && digits == 6 && isNationalInsurance(units): add(.nationalInsurance, range, 0.9, "nino")
        case 7...9 where lead >= 1 && lead <= 2: hongKongID(range, lead)
        default: break
        }
    }

    /// Not right behind a counter-cue such as 型号.
    private func isPlainContext(_ range: Range<Int>) -> Bool {
        !cue(before: range.lowerBound, .counter, .order, .tracking)
    }

    private mutating func fifteenDigits(_ range: Range<Int>) {
        let digits = text.units[range].map { UInt8($0 - 48) }
        let hasCue = cue(before: range.lowerBound, .imei)
        if hasCue || ((digits.starts(with: [3, 5]) || digits.starts(with: [8, 6])) && Checksums.luhn(digits) && isPlainContext(range)) {
            add(.imei, range, hasCue ? 1 : 0.7, "imei.luhn")
        }
    }

    private func isNationalInsurance(_ units: ArraySlice<UInt32>) -> Bool {
        // HMRC: neither D, F, I, Q, U, V first or second, nor O second; suffix A to D.
        let list = Array(units)
        return !Self.barred.contains(list[0]) && !Self.barred.contains(list[1]) && list[1] != 0x6F && (0x61...0x64).contains(list[8])
    }

    /// A123456(7): check digit in brackets, or without them.
    private mutating func hongKongID(_ range: Range<Int>, _ lead: Int) {
        var body = Array(text.units[range])
        var end = range.upperBound
        if body.count == lead + 6, end + 2 < text.count, text.units[end] == 0x28, text.units[end + 2] == 0x29 {
            body.append(text.units[end + 1])
            end += 3
        }
        guard body.count == lead + 7, body[lead..<lead + 6].allSatisfy(FoldedText.isDigit), Checksums.hongKongID(body, letters: lead) else { return }
        let isBracketed = end > range.upperBound
        let hasCue = cue(before: range.lowerBound, .regionalID, .residentID)
        if isBracketed || hasCue { add(.regionalID, range.lowerBound..<end, 0.95, "regional-id.hk") }
    }

    // MARK: Forms across tokens

    /// Six pairs of hex digits, colons or hyphens between.
    private mutating func macAddress(_ range: Range<Int>) -> Bool {
        guard range.count == 2, range.upperBound + 15 <= text.count else { return false }
        let separator = text.units[range.upperBound]
        guard separator == 0x3A || separator == 0x2D else { return false }
        if range.lowerBound > 0, text.units[range.lowerBound - 1] == separator { return false }
        for pair in 0..<6 {
            let start = range.lowerBound + pair * 3
            guard Self.isHex(text.units[start]), Self.isHex(text.units[start + 1]) else { return false }
            if pair < 5, text.units[start + 2] != separator { return false }
        }
        let end = range.lowerBound + 17
        guard end == text.count || (!isWord(end) && text.units[end] != separator) else { return false }
        add(.mac, range.lowerBound..<end, 0.95, "mac.eui48")
        return true
    }

    /// ISO 13616: country, two check digits, up to thirty characters in groups; mod 97.
    private mutating func iban(_ range: Range<Int>) -> Bool {
        let units = text.units
        let start = range.lowerBound
        guard range.count >= 4, FoldedText.isLatin(units[start]), FoldedText.isLatin(units[start + 1]),
            FoldedText.isDigit(units[start + 2]), FoldedText.isDigit(units[start + 3]), let length = Checksums.ibanLength(units[start...])
        else { return false }
        var characters: [UInt32] = []
        var index = start
        while index < text.count, characters.count < length {
            if isWord(index) {
                characters.append(units[index])
                index += 1
            } else if [0x20, 0x2D].contains(units[index]), index + 1 < text.count, isWord(index + 1) {
                index += 1
            } else {
                break
            }
        }
        guard index == text.count || !isWord(index), Checksums.iban(characters) else { return false }
        add(.iban, start..<index, 1, "iban.mod97")
        return true
    }

    /// US social security numbers, and coordinates.
    private mutating func separatedNumber(_ range: Range<Int>, _ digits: Int) -> Bool {
        guard digits == range.count, digits <= 3 else { return false }
        let units = text.units
        func number(_ start: Int, _ count: Int) -> Int? {
            guard start + count <= text.count, units[start..<start + count].allSatisfy(FoldedText.isDigit) else { return nil }
            return units[start..<start + count].reduce(0) { $0 * 10 + Int($1 - 48) }
        }
        let end = range.upperBound
        if digits == 3, end + 8 <= text.count, [0x2D, 0x20, 0x2E].contains(units[end]), units[end + 3] == units[end], let area = number(range.lowerBound, 3),
            let group = number(end + 1, 2), let serial = number(end + 4, 4), end + 8 == text.count || !isWord(end + 8)
        {
            // Never given out: area 000, 666 and 900 to 999, group 00, serial 0000.
            let isValid = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0
            let hasCue = cue(before: range.lowerBound, .socialSecurity)
            if isValid, hasCue || units[end] == 0x2D {
                add(.socialSecurity, range.lowerBound..<end + 8, hasCue ? 1 : 0.7, "ssn")
                return true
            }
        }
        return coordinates(range)
    }

    /// Latitude and longitude with four decimals or more: some ten metres.
    private mutating func coordinates(_ range: Range<Int>) -> Bool {
        func decimals(_ start: Int) -> (value: Double, end: Int)? {
            var index = start
            let isNegative = index < text.count && text.units[index] == 0x2D
            if isNegative { index += 1 }
            let first = index
            while index < text.count, FoldedText.isDigit(text.units[index]) { index += 1 }
            guard (1...3).contains(index - first), index < text.count, text.units[index] == 0x2E else { return nil }
            let point = index
            index += 1
            while index < text.count, FoldedText.isDigit(text.units[index]) { index += 1 }
            guard index - point > 4, let value = Double(text.string(first..<index)) else { return nil }
            return (isNegative ? -value : value, index)
        }
        let isNegative = range.lowerBound > 0 && text.units[range.lowerBound - 1] == 0x2D
        let start = isNegative ? range.lowerBound - 1 : range.lowerBound
        guard let first = decimals(start) else { return false }
        var index = first.end
        while index < text.count, index - first.end < 4, [0x20, 0x2C, 0x3001, 0xB0].contains(text.units[index]) { index += 1 }
        guard index > first.end, let second = decimals(index) else { return false }
        let isPair = (abs(first.value) <= 90 && abs(second.value) <= 180) || (abs(first.value) <= 180 && abs(second.value) <= 90)
        guard isPair else { return false }
        add(.location, start..<second.end, 0.9, "location.coordinates")
        return true
    }

    /// Province, letter of the city, five characters or, with a D or F, six; special plates end in a Han character.
    private mutating func plate(_ range: Range<Int>) {
        let units = text.units
        guard range.lowerBound > 0, Self.provinces.contains(units[range.lowerBound - 1]), FoldedText.isLatin(units[range.lowerBound]) else { return }
        var body = Array(units[range])
        var end = range.upperBound
        // 京A·12345
        if body.count == 1, end < text.count, [0xB7, 0x20, 0x2D].contains(units[end]) {
            var next = end + 1
            while next < text.count, isWord(next) { next += 1 }
            body += units[end + 1..<next]
            end = next
        }
        if end < text.count, Self.special.contains(units[end]) {
            body.append(0x30)
            end += 1
        }
        guard body.count == 6 || body.count == 7, body.dropFirst().contains(where: FoldedText.isDigit), !body.dropFirst().contains(0x69), !body.dropFirst().contains(0x6F)
        else { return }
        if body.count == 7, !"dfabcefghjk".unicodeScalars.contains(where: { $0.value == body[1] || $0.value == body[6] }) { return }
        add(.plate, range.lowerBound - 1..<end, 0.9, "plate.cn")
    }

    private static let provinces = UnitSet("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使")
    private static let special = UnitSet("学警挂港澳领使")
    private static let barred = UnitSet("dfiquv")

    private static func isHex(_ unit: UInt32) -> Bool { FoldedText.isDigit(unit) || unit &- 97 < 6 }
}
