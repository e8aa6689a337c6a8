/// A date, or a date with a time of day, in RFC 3339 form.
package struct WrittenTime: Sendable, Equatable {
    /// Milliseconds since 1970; a local time counts as if its zone were UTC.
    package var milliseconds: Int64
    /// Whether it was written without a zone: neither `Z` nor an offset.
    package var isLocal: Bool

    package init?(_ text: Span<UInt8>) {
        var reader = Reader()
        guard let year = reader.number(4, text), reader.skip(45, text), let month = reader.number(2, text), reader.skip(45, text),
            let day = reader.number(2, text), (1...12).contains(month), day >= 1, day <= Timestamp.days(in: month, of: year)
        else { return nil }
        var (milliseconds, isLocal) = (Int64(Timestamp.daysSince1970(year: year, month: month, day: day)) * 86_400_000, true)
        if reader.position < text.count {
            guard reader.skip(84, text) || reader.skip(116, text) || reader.skip(32, text), let hour = reader.number(2, text), reader.skip(58, text),
                let minute = reader.number(2, text), hour < 24, minute < 60
            else { return nil }
            var second = 0
            if reader.skip(58, text) {
                guard let value = reader.number(2, text), value <= 60 else { return nil }
                second = value
            }
            milliseconds += Int64((hour * 60 + minute) * 60 + second) * 1000
            if reader.skip(46, text) {
                guard let fraction = reader.fraction(text) else { return nil }
                milliseconds += Int64(fraction)
            }
            if reader.position < text.count {
                guard let offset = reader.offset(text), reader.position == text.count else { return nil }
                milliseconds -= Int64(offset) * 60_000
                isLocal = false
            }
        }
        (self.milliseconds, self.isLocal) = (milliseconds, isLocal)
    }

    /// Reads fields of fixed width from the beginning of a text.
    private struct Reader {
        var position = 0

        mutating func skip(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
            guard position < text.count, text[position] == byte else { return false }
            position += 1
            return true
        }

        mutating func number(_ digits: Int, _ text: Span<UInt8>) -> Int? {
            guard position + digits <= text.count else { return nil }
            var value = 0
            for index in position..<position + digits {
                let digit = text[index] &- 48
                guard digit < 10 else { return nil }
                value = value * 10 + Int(digit)
            }
            position += digits
            return value
        }

        /// Milliseconds; further digits are dropped.
        mutating func fraction(_ text: Span<UInt8>) -> Int? {
            var value = 0
            var digits = 0
            while position < text.count, text[position] &- 48 < 10 {
                if digits < 3 { value = value * 10 + Int(text[position] - 48) }
                digits += 1
                position += 1
            }
            guard digits > 0 else { return nil }
            for _ in min(digits, 3)..<3 { value *= 10 }
            return value
        }

        /// Minutes east of UTC.
        mutating func offset(_ text: Span<UInt8>) -> Int? {
            if skip(90, text) || skip(122, text) { return 0 }
            let sign = skip(43, text) ? 1 : skip(45, text) ? -1 : 0
            guard sign != 0, let hours = number(2, text), hours < 24 else { return nil }
            _ = skip(58, text)
            guard let minutes = number(2, text), minutes < 60 else { return nil }
            return sign * (hours * 60 + minutes)
        }
    }
}
