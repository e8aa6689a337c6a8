/// How a workbook's numbers are meant: as dates or not (ECMA-376, part 1, 18.8.30).
struct CellStyles {
    private var custom: [Int: Bool] = [:]
    private var cells: [Bool] = []
    /// Whether days count from 1904.
    var countsFrom1904 = false

    mutating func addFormat(_ id: Int, _ code: String) { custom[id] = Self.isDate(code) }

    mutating func addCell(format: Int) { cells.append(custom[format] ?? Self.isBuiltinDate(format)) }

    func isDate(_ style: Int) -> Bool { cells.indices.contains(style) && cells[style] }

    private static func isBuiltinDate(_ id: Int) -> Bool {
        (14...22).contains(id) || (27...36).contains(id) || (45...47).contains(id) || (50...58).contains(id) || (71...81).contains(id)
    }

    /// Whether a format's first section has a letter for a part of a date or time, besides texts, colours and escapes.
    static func isDate(_ code: String) -> Bool {
        var (inQuotes, inBrackets, escaped) = (false, false, false)
        var bracket = ""
        guard code.lowercased() != "general" else { return false }
        for character in code.lowercased() {
            if escaped {
                escaped = false
            } else if inQuotes {
                inQuotes = character != "\""
            } else if inBrackets {
                if character == "]" {
                    inBrackets = false
                    // [h] is a length of time.
                    if ["h", "hh", "m", "mm", "s", "ss"].contains(bracket) { return true }
                } else {
                    bracket.append(character)
                }
            } else {
                switch character {
                case "\\", "_", "*": escaped = true
                case "\"": inQuotes = true
                case "[": (inBrackets, bracket) = (true, "")
                case ";": return false
                case "y", "m", "d", "h", "s", "年", "月", "日": return true
                default: break
                }
            }
        }
        return false
    }

    /// A date, a date with a time, or a time of day, from the number of days.
    func date(_ days: Double) -> String? {
        guard days.isFinite, days >= 0, days < 2_958_466 else { return nil }
        // Milliseconds that come from the fraction's rounding are not meant.
        var seconds = Int64((days * 86_400).rounded())
        let milliseconds = Int64((days * 86_400_000).rounded())
        let rest = milliseconds - seconds * 1000
        let fraction = abs(rest) > 2 ? milliseconds - (milliseconds / 1000) * 1000 : 0
        if abs(rest) > 2 { seconds = milliseconds / 1000 }
        let (day, time) = (seconds / 86_400, seconds % 86_400)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        var clock = "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))"
        if fraction > 0 { clock += ".\(fraction < 10 ? "00" : fraction < 100 ? "0" : "")\(fraction)" }
        if day == 0, !countsFrom1904 { return clock }
        // 1900 counts as a leap year there, as in Lotus 1-2-3.
        let since1970 = countsFrom1904 ? day - 24_107 : day - 25_569 + (day < 60 ? 1 : 0)
        let text = Self.day(since1970)
        return time == 0 && fraction == 0 ? text : "\(text)T\(clock)"
    }

    /// A day of the Gregorian calendar (Hinnant 2013, "chrono-compatible low-level date algorithms", civil_from_days).
    private static func day(_ since1970: Int64) -> String {
        let z = since1970 + 719_468
        let era = z / 146_097
        let ofEra = z - era * 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let shifted = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let full = year + era * 400 + (month <= 2 ? 1 : 0)
        let digits = "\(full)"
        return String(repeating: "0", count: max(0, 4 - digits.count)) + "\(digits)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
