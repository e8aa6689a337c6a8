import Foundation

/// Numbers as tools and people write them in answers: `4 out of 5`, `5星`, `3,5`, `1.234,5`, `４`, `★★★★☆`.
enum SourceNumber {
    /// The first number of a value, as JSON writes it; nil if it has none.
    static func standard(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        if let number = first(in: value) { return number }
        guard value.contains(where: { $0 >= 0x80 }) else { return nil }
        let text = String(decoding: value, as: UTF8.self)
        if let stars = stars(text) { return Array("\(stars)".utf8) }
        // Digits of full width.
        return first(in: Array(text.precomposedStringWithCompatibilityMapping.utf8)[...])
    }

    /// How many of some stars are filled; nil if there is anything else.
    private static func stars(_ text: String) -> Int? {
        let stars = text.unicodeScalars.filter { !$0.properties.isWhitespace && !$0.properties.isDefaultIgnorableCodePoint }
        guard !stars.isEmpty, stars.allSatisfy({ "★⭐☆".unicodeScalars.contains($0) }) else { return nil }
        return stars.count { $0 != "☆" }
    }

    private static func first(in value: ArraySlice<UInt8>) -> [UInt8]? {
        func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
        guard let start = value.firstIndex(where: isDigit) else { return nil }
        let isNegative = start > value.startIndex && value[start - 1] == 0x2D
        var run = value[start...].prefix { isDigit($0) || $0 == 0x2E || $0 == 0x2C }
        while let last = run.last, !isDigit(last) { run.removeLast() }
        return (isNegative ? [0x2D] : []) + plain(run)
    }

    /// Digits with points and commas, without those that group thousands, and with a point before decimals.
    private static func plain(_ run: ArraySlice<UInt8>) -> [UInt8] {
        let marks = run.filter { $0 == 0x2E || $0 == 0x2C }
        guard let last = marks.last else { return Array(run) }
        let parts = run.split(omittingEmptySubsequences: false) { $0 == 0x2E || $0 == 0x2C }
        /// Whether these are thousands: 1,234,567.
        func areGroups(_ parts: some Collection<ArraySlice<UInt8>>) -> Bool { (1...3).contains(parts.first!.count) && parts.dropFirst().allSatisfy { $0.count == 3 } }
        let isOneKind = marks.allSatisfy { $0 == last }
        // 4.125 has decimals, and so has 0,125; 1,250 is more than a thousand.
        let isGrouped = isOneKind && areGroups(parts) && (marks.count > 1 || last == 0x2C) && parts[0] != [0x30]
        if isGrouped { return Array(parts.joined()) }
        if marks.count == 1 { return parts[0] + [0x2E] + parts[1] }
        if !isOneKind, marks.dropLast().allSatisfy({ $0 != last }), areGroups(parts.dropLast()) { return Array(parts.dropLast().joined()) + [0x2E] + parts.last! }
        // A list, or a date: the first of it.
        return Array(parts[0])
    }
}
