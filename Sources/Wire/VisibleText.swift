/// Characters that act on the text around them, or on what shows it, without being seen: they reorder a line, move a
/// cursor, or hide words. Whatever shows text to people has them stand there by name, such as `<U+202E>`; data that
/// programs read keep them.
package enum VisibleText {
    /// Control characters (C0, C1), those that control the direction of text (UAX #9), line and paragraph separators, and
    /// format characters that show nothing. The joiners U+200C and U+200D shape letters and emoji, and stay.
    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // What nearly all text consists of.
        case 0x20...0x7E, 0x2E80...0xD7FF: false
        case 0...0x1F, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFEFF,
            0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0001, 0xE0020...0xE007F:
            true
        default: false
        }
    }

    /// The character's name, such as `U+202E`.
    package static func name(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    /// A text of one or more lines: tabs and ends of lines stay.
    package static func lines(_ text: String) -> String {
        shown(text) { $0 == "\n" || $0 == "\t" ? Character($0) : nil }
    }

    /// A text within one line: a tab or an end of a line is a space.
    package static func line(_ text: String) -> String {
        shown(text) { $0 == "\n" || $0 == "\t" ? " " : nil }
    }

    /// - Parameter instead: what stands for a character, where that is not its name.
    private static func shown(_ text: String, _ instead: (Unicode.Scalar) -> Character?) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        var output = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            // The end of a line as Windows writes it is one end of a line.
            if scalar == "\r", rest.first == "\n" { continue }
            if !isHidden(scalar) {
                output.unicodeScalars.append(scalar)
            } else if let character = instead(scalar) {
                output.append(character)
            } else {
                output += "<\(name(scalar))>"
            }
        }
        return output
    }
}
