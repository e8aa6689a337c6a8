import Foundation
import Policy
import RedactedAPI

/// Dates and times as tools and people write them.
enum SourceTime {
    /// The form in which records have it (RFC 3339); nil for what is no time, or may mean two.
    ///
    /// - Parameter order: of day and month, where both come before the year; nil: not known.
    static func standard(_ text: String, order: SourceRule.DateOrder?) -> String? {
        let bytes = Array(text.utf8)
        if WrittenTime(bytes.span) != nil { return text }
        let text = text.precomposedStringWithCompatibilityMapping.lowercased().trimmingCharacters(in: .whitespacesAndNewlines)
        if let number = Double(text), text.utf8.allSatisfy({ $0 &- 48 < 10 || $0 == 0x2E }) { return fromNumber(text, number) }
        var parser = Parser(text)
        return parser.time(order)
    }

    private static func fromNumber(_ text: String, _ number: Double) -> String? {
        let digits = text.prefix { $0 != "." }
        func part(_ from: Int, _ count: Int) -> Substring { digits.dropFirst(from).prefix(count) }
        switch digits.count {
        case 8 where !text.contains("."): return checked("\(part(0, 4))-\(part(4, 2))-\(part(6, 2))")
        case 14 where !text.contains("."): return checked("\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))")
        // Since 1970, in seconds, thousandths and millionths.
        case 9, 10: return moment(number * 1000)
        case 13: return moment(number)
        case 16: return moment(number / 1000)
        // A spreadsheet's number of days since 1900.
        case 5 where (20_000..<80_000).contains(number):
            let milliseconds = (number - 25_569) * 86_400_000
            return "\(Timestamp(milliseconds: Int64((milliseconds / 1000).rounded() * 1000)))".replacing("Z", with: "")
        default: return nil
        }
    }

    private static func moment(_ milliseconds: Double) -> String { "\(Timestamp(milliseconds: Int64(milliseconds.rounded())))" }

    private static func checked(_ text: String) -> String? { WrittenTime(Array(text.utf8).span) == nil ? nil : text }

    /// Reads a text without case.
    private struct Parser {
        private enum Token: Equatable {
            case number(String)
            case word(String)
            case mark(Character)
        }

        private var tokens: [Token] = []
        private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        /// Hours from UTC of abbreviations that mean one zone.
        private static let zones: [String: Double] = [
            "z": 0, "utc": 0, "gmt": 0, "pst": -8, "pdt": -7, "mst": -7, "mdt": -6, "cdt": -5, "est": -5, "edt": -4, "cet": 1, "cest": 2, "jst": 9, "hkt": 8,
        ]

        init(_ text: String) {
            // A zone's name in brackets says the offset before it once more.
            let text = text.replacing(/\([^)]*\)/, with: " ").replacing("星期", with: " 周").replacing(/周[一二三四五六日天]/, with: " ")
            var index = text.startIndex
            while index < text.endIndex {
                let character = text[index]
                if character.isASCII, character.isNumber {
                    let run = text[index...].prefix { $0.isASCII && $0.isNumber }
                    tokens.append(.number(String(run)))
                    index = run.endIndex
                } else if character.isLetter {
                    // Chinese units are words of their own.
                    let run = character.isASCII ? text[index...].prefix { $0.isASCII && $0.isLetter } : text[index...].prefix { !$0.isASCII && $0.isLetter }
                    tokens.append(.word(String(run)))
                    index = run.endIndex
                } else {
                    tokens.append(.mark(character.isWhitespace ? " " : character))
                    index = text.index(after: index)
                }
            }
        }

        mutating func time(_ order: SourceRule.DateOrder?) -> String? {
            // The clock first: its colons cannot be part of a date.
            guard let clock = takeClock(), let zone = takeZone(), let date = takeDate(order) else { return nil }
            guard tokens.allSatisfy(Self.isFiller) else { return nil }
            // The end of a day (ISO 8601) is the beginning of the next.
            if clock == "24:00:00" {
                guard let day = Timestamp("\(date)T00:00:00Z") else { return nil }
                return "\(Timestamp(milliseconds: day.milliseconds + 86_400_000))".replacing("Z", with: zone)
            }
            return SourceTime.checked(clock.isEmpty ? date : "\(date)T\(clock)\(zone)")
        }

        private static func isFiller(_ token: Token) -> Bool {
            switch token {
            case .mark(let mark): " ,.t".contains(mark)
            case .word(let word): ["at", "t", "on", "of", "st", "nd", "rd", "th"].contains(word) || days.contains(String(word.prefix(3)))
            case .number: false
            }
        }

        private func number(_ index: Int, digits: ClosedRange<Int>) -> Int? {
            guard tokens.indices.contains(index), case .number(let text) = tokens[index], digits.contains(text.count) else { return nil }
            return Int(text)
        }

        private func isWord(_ index: Int, _ words: String...) -> Bool {
            guard tokens.indices.contains(index), case .word(let word) = tokens[index] else { return false }
            return words.contains(word)
        }

        private func isMark(_ index: Int, _ mark: Character) -> Bool { tokens.indices.contains(index) && tokens[index] == .mark(mark) }

        private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

        /// `12:00[:39[.123]] [pm]` or 下午3时05分; empty if there is none, nil if it is none of a day.
        private mutating func takeClock() -> String? {
            for index in tokens.indices {
                guard var hour = number(index, digits: 1...2) else { continue }
                let isChinese = isWord(index + 1, "时", "點", "点", "時")
                guard isMark(index + 1, ":") || isChinese else { continue }
                let minute = number(index + 2, digits: 1...2)
                var (end, second, fraction) = (index + (minute == nil ? 2 : 3), 0, "")
                if isChinese, isWord(end, "分") { end += 1 }
                if isMark(end, ":") || isChinese, let value = number(isChinese ? end : end + 1, digits: 1...2) {
                    second = value
                    end += isChinese ? 1 : 2
                    if isWord(end, "秒") { end += 1 }
                    if isMark(end, ".") || isMark(end, ","), number(end + 1, digits: 1...9) != nil, case .number(let digits) = tokens[end + 1] {
                        fraction = "." + digits
                        end += 2
                    }
                }
                guard minute != nil || isChinese else { return nil }
                var start = index
                // Before or after noon stands behind the time, in Chinese before it.
                let (behind, before) = (isMark(end, " ") ? end + 1 : end, start > 0 && isMark(start - 1, " ") ? start - 2 : start - 1)
                if isWord(behind, "pm", "p"), hour <= 12 {
                    (hour, end) = (hour % 12 + 12, behind + 1)
                } else if isWord(behind, "am", "a"), hour <= 12 {
                    (hour, end) = (hour % 12, behind + 1)
                }
                while isMark(end, "."), isWord(end + 1, "m") { end += 2 }
                if isWord(behind, "下午", "晚上", "中午"), hour <= 12 {
                    (hour, end) = (hour % 12 + 12, behind + 1)
                } else if isWord(behind, "上午", "凌晨", "早上"), hour <= 12 {
                    (hour, end) = (hour % 12, behind + 1)
                }
                if isWord(before, "下午", "晚上", "中午"), hour <= 12 {
                    (hour, start) = (hour % 12 + 12, before)
                } else if isWord(before, "上午", "凌晨", "早上"), hour <= 12 {
                    (hour, start) = (hour % 12, before)
                }
                guard hour < 24 || hour == 24 && (minute ?? 0) == 0 && second == 0 && fraction.isEmpty, (minute ?? 0) < 60, second <= 60 else { return nil }
                tokens.removeSubrange(start..<min(end, tokens.count))
                tokens.insert(.mark(" "), at: start)
                return "\(Self.two(hour)):\(Self.two(minute ?? 0)):\(Self.two(second))\(fraction)"
            }
            return ""
        }

        /// `Z`, `+08:00`, `gmt+8`, `pst`; empty if there is none, nil for one that is not known.
        private mutating func takeZone() -> String? {
            for index in tokens.indices {
                if case .word(let word) = tokens[index], let hours = Self.zones[word] {
                    if word == "utc" || word == "gmt" || word == "z", let (offset, end) = offset(at: index + 1) {
                        tokens.removeSubrange(index..<end)
                        return offset
                    }
                    tokens.remove(at: index)
                    return hours == 0 ? "Z" : "\(hours < 0 ? "-" : "+")\(Self.two(abs(Int(hours)))):00"
                }
                // An offset stands behind the clock, so nothing but a blank is before it.
                if index > 0, isMark(index - 1, " "), let (offset, end) = offset(at: index), !isMark(end, "-"), !isMark(end, "/") {
                    tokens.removeSubrange(index..<end)
                    return offset
                }
            }
            return ""
        }

        private func offset(at index: Int) -> (String, Int)? {
            guard isMark(index, "+") || isMark(index, "-"), case .number(let digits)? = tokens.indices.contains(index + 1) ? tokens[index + 1] : nil else { return nil }
            var (hours, minutes, end) = (0, 0, index + 2)
            if digits.count <= 2 {
                hours = Int(digits)!
                if isMark(end, ":"), let value = number(end + 1, digits: 2...2) { (minutes, end) = (value, end + 2) }
            } else if digits.count == 4 {
                (hours, minutes) = (Int(digits.prefix(2))!, Int(digits.suffix(2))!)
            } else {
                return nil
            }
            guard hours <= 14, minutes < 60 else { return nil }
            return ("\(isMark(index, "+") ? "+" : "-")\(Self.two(hours)):\(Self.two(minutes))", end)
        }

        private mutating func takeDate(_ order: SourceRule.DateOrder?) -> String? {
            if let month = tokens.firstIndex(where: { if case .word(let word) = $0 { Self.months.contains(String(word.prefix(3))) && !Self.days.contains(word) } else { false } }),
                case .word(let name) = tokens[month]
            {
                let numbers = tokens.indices.filter { if case .number = tokens[$0] { true } else { false } }
                guard numbers.count == 2, let last = number(numbers[1], digits: 2...4), let first = number(numbers[0], digits: 1...4) else { return nil }
                let isYearFirst = first > 31
                let (year, day) = isYearFirst ? (first, last) : (last < 100 ? 2000 + last : last, first)
                tokens.removeAll { if case .number = $0 { true } else { $0 == .word(name) || $0 == .mark("-") || $0 == .mark("/") } }
                return date(year, Self.months.firstIndex(of: String(name.prefix(3)))! + 1, day)
            }
            for index in tokens.indices {
                guard let first = number(index, digits: 1...4), let second = number(index + 2, digits: 1...2), let third = number(index + 4, digits: 1...4) else { continue }
                let marks = [tokens[index + 1], tokens[index + 3]]
                let isChinese = isWord(index + 1, "年") && isWord(index + 3, "月")
                guard isChinese || marks[0] == marks[1] && [.mark("-"), .mark("/"), .mark(".")].contains(marks[0]) else { continue }
                defer {
                    let end = isWord(index + 5, "日", "号") ? index + 6 : index + 5
                    tokens.removeSubrange(index..<end)
                }
                if first > 31 || isChinese { return date(first, second, third) }
                guard let digits = text(index + 4), digits.count == 4 || digits.count == 2 && order != nil else { return nil }
                let year = third < 100 ? 2000 + third : third
                // With dots, the day comes first everywhere.
                let isDayFirst = order == .dmy || marks[0] == .mark(".") || order == nil && first > 12
                guard isDayFirst || order == .mdy || second > 12 else { return nil }
                return isDayFirst ? date(year, second, first) : date(year, first, second)
            }
            return nil
        }

        private func text(_ index: Int) -> String? {
            guard tokens.indices.contains(index), case .number(let text) = tokens[index] else { return nil }
            return text
        }

        private func date(_ year: Int, _ month: Int, _ day: Int) -> String? {
            guard (1000...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
            return "\(year)-\(Self.two(month))-\(Self.two(day))"
        }
    }
}
