/// A point in time in milliseconds since 1970, UTC, without leap seconds.
public struct Timestamp: Sendable, Hashable, Comparable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    /// Reads RFC 3339: `2026-03-04`, `2026-03-04T12:37:39`, with fraction and with `Z` or an offset.
    /// Without an offset, a time is UTC, and a date alone is midnight UTC. Nil for anything else.
    public init?(_ text: Span<UInt8>) {
        guard let written = WrittenTime(text) else { return nil }
        milliseconds = written.milliseconds
    }

    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    /// Calendar date in UTC.
    public var date: (year: Int, month: Int, day: Int) {
        let days = Int(milliseconds.flooredDivision(by: 86_400_000))
        // Howard Hinnant's days-to-civil, valid for the proleptic Gregorian calendar.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    package static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC, with milliseconds when there are any.
    public var description: String {
        let (year, month, day) = date
        let ofDay = Int(milliseconds - milliseconds.flooredDivision(by: 86_400_000) * 86_400_000)
        let (hour, minute, second) = (ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1000 % 60)
        let fraction = ofDay % 1000
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func append(_ number: Int, _ width: Int, _ end: UInt8) {
            var scale = width == 4 ? 1000 : width == 3 ? 100 : 10
            while scale > 0 {
                text.append(48 + UInt8(truncatingIfNeeded: number / scale % 10))
                scale /= 10
            }
            text.append(end)
        }
        if (0...9999).contains(year) {
            append(year, 4, 0x2D)
        } else {
            text += "\(year)-".utf8
        }
        append(month, 2, 0x2D)
        append(day, 2, 0x54)
        append(hour, 2, 0x3A)
        append(minute, 2, 0x3A)
        append(second, 2, fraction == 0 ? 0x5A : 0x2E)
        if fraction != 0 { append(fraction, 3, 0x5A) }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }
}
