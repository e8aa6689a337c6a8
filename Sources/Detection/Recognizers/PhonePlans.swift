import CPhoneData

/// How telephone numbers are made in each region: libphonenumber's metadata, as far as one number's one form needs it
/// (`Tools/PhoneData` says what is taken and how it is laid out).
package struct PhonePlans: Sendable {
    package struct Region: Sendable {
        /// ISO 3166, two letters.
        package var name: String
        var countryCode: [UInt8]
        /// How many digits mobiles have: bit n.
        var lengths: UInt32
        /// States in which the automata begin.
        var international, national, all, personal, fixed: UInt16

        /// Whether a zero is dialled before numbers of the own country.
        var hasTrunkZero: Bool { PhonePlans.shared.prefix(national, [0]) == 1 }
    }

    package static let shared = PhonePlans()
    private static let none = UInt16.max

    package let regions: [Region]
    /// By country code, the main region first.
    private let byCode: [Int: [Region]]
    /// Whether each state accepts.
    private let accepts: [Bool]
    /// Ten for each state.
    private let targets: [UInt16]

    private init() {
        let file = CPhoneDataPlans()
        let bytes = UnsafeBufferPointer(start: file.bytes, count: file.count)
        var position = 0
        func number(_ width: Int) -> Int {
            defer { position += width }
            return bytes[position..<position + width].reduce(0) { $0 << 8 | Int($1) }
        }
        let (count, states) = (number(2), number(2))
        var (regions, byCode): ([Region], [Int: [Region]]) = ([], [:])
        for _ in 0..<count {
            let name = String(decoding: bytes[position..<position + 2], as: UTF8.self)
            position += 2
            let (code, isMain, lengths) = (number(2), number(1) == 1, UInt32(number(4)))
            let starts = (0..<5).map { _ in UInt16(number(2)) }
            let region = Region(
                name: name, countryCode: String(code).utf8.map { $0 - 48 }, lengths: lengths, international: starts[0], national: starts[1], all: starts[2],
                personal: starts[3], fixed: starts[4])
            regions.append(region)
            byCode[code, default: []].insert(region, at: isMain ? 0 : byCode[code, default: []].count)
        }
        var (accepts, targets): ([Bool], [UInt16]) = ([], [])
        targets.reserveCapacity(states * 10)
        for _ in 0..<states {
            accepts.append(number(1) == 1)
            for _ in 0..<10 { targets.append(UInt16(number(2))) }
        }
        (self.regions, self.byCode, self.accepts, self.targets) = (regions, byCode, accepts, targets)
    }

    package func region(_ name: String) -> Region? { regions.first { $0.name == name } }

    // MARK: Automata

    private func matches(_ start: UInt16, _ digits: ArraySlice<UInt8>) -> Bool {
        var state = start
        for digit in digits {
            guard state != Self.none else { return false }
            state = targets[Int(state) * 10 + Int(digit)]
        }
        return state != Self.none && accepts[Int(state)]
    }

    /// How many digits the longest beginning has that is accepted; 0: none.
    private func prefix(_ start: UInt16, _ digits: ArraySlice<UInt8>) -> Int {
        var (state, longest) = (start, 0)
        for (index, digit) in digits.enumerated() {
            guard state != Self.none else { break }
            state = targets[Int(state) * 10 + Int(digit)]
            if state != Self.none, accepts[Int(state)] { longest = index + 1 }
        }
        return longest
    }

    // MARK: Numbers

    /// The number that these digits are, dialled in `region`; nil: nobody's.
    ///
    /// - Parameter isInternational: whether a plus was in front.
    package func number(_ digits: ArraySlice<UInt8>, isInternational: Bool, in region: Region) -> PhoneNumber? {
        guard digits.count <= 20 else { return nil }
        if isInternational { return international(digits) }
        for length in [prefix(region.international, digits), digits.starts(with: [0, 0]) ? 2 : 0] where length > 0 && digits.count > length + 6 {
            let rest = digits.dropFirst(length)
            if rest.first != 0, let number = international(rest) { return number }
        }
        if digits.starts(with: region.countryCode) {
            let rest = significant(digits.dropFirst(region.countryCode.count), region)
            if !matches(region.all, significant(digits, region)), matches(region.all, rest), let number = number(rest, region) { return number }
        }
        // Without a plus in front of another country's code, as spreadsheets write it.
        return number(significant(digits, region), region) ?? (digits.first == 0 ? nil : international(digits))
    }

    private func international(_ digits: ArraySlice<UInt8>) -> PhoneNumber? {
        var code = 0
        for (index, digit) in digits.prefix(3).enumerated() {
            code = code * 10 + Int(digit)
            guard let regions = byCode[code] else { continue }
            let national = significant(digits.dropFirst(index + 1), regions[0])
            for region in regions { if let number = number(national, region) { return number } }
            // Until 2019, Mexico's mobiles had a 1 behind the country code.
            if code == 52, national.count == 11, national.first == 1 { return number(national.dropFirst(), regions[0]) }
            return nil
        }
        return nil
    }

    /// Without what is dialled before a national number: a trunk zero, a carrier's number.
    private func significant(_ digits: ArraySlice<UInt8>, _ region: Region) -> ArraySlice<UInt8> {
        let rest = digits.dropFirst(prefix(region.national, digits))
        return rest.count < digits.count && (!matches(region.all, digits) || matches(region.all, rest)) ? rest : digits
    }

    private func number(_ national: ArraySlice<UInt8>, _ region: Region) -> PhoneNumber? {
        guard matches(region.all, national), !Self.isPattern(national) else { return nil }
        let kind: PhoneNumber.Kind
        if matches(region.personal, national) {
            kind = .personal
        } else if matches(region.fixed, national) {
            kind = .fixed
        } else if region.lengths & 1 << UInt32(national.count) != 0 {
            // Numbers that were opened since the table was made.
            kind = .personal
        } else {
            return nil
        }
        let value = (region.countryCode + national).reduce(0 as UInt64) { $0 * 10 + UInt64($1) }
        return PhoneNumber(value: value, kind: kind)
    }

    /// 11111111111, 12345678901, 13800000000: not given to anybody, or to nobody who would be meant.
    private static func isPattern(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.allSatisfy { $0 == digits.first } || zip(digits, digits.dropFirst()).allSatisfy { $1 == ($0 + 1) % 10 }
            || digits.count > 8 && digits.suffix(8).allSatisfy { $0 == 0 }
    }
}

/// A telephone number with its country code.
package struct PhoneNumber: Hashable, Sendable {
    package enum Kind: Sendable {
        /// A mobile, or another that one person has.
        case personal
        /// A landline: whoever lives or works there has it.
        case fixed
    }

    /// Its digits, at most 15 (E.164).
    package var value: UInt64
    package var kind: Kind
    /// At which one of those answers who share the number.
    package var extending: String?

    /// `+8613800138000`
    package var text: String { "+\(value)" }
}
