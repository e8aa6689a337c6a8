import Foundation
import Policy
import RedactedAPI

extension FieldSchema {
    /// What a value of this field looks like, if `value` does not look like it; nil if it does.
    ///
    /// Stricter than intake, which takes what a source has: this is for a value that somebody types as a correction.
    func shapeMissed(by value: String) -> String? {
        guard !value.utf8.contains(0) else { return "free of NUL (U+0000)" }
        return switch kind {
        case .text: normalizer.shapeMissed(by: value)
        case .date: Timestamp(value) == nil ? "a date such as 1990-05-17" : nil
        case .integer:
            switch (Int(value), bounds) {
            case (nil, _): "a whole number"
            case (let number?, let bounds?) where !bounds.contains(number): "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
            default: nil
            }
        case .decimal: Double(value)?.isFinite == true ? nil : "a number"
        case .boolean: value == "true" || value == "false" ? nil : "true or false"
        }
    }
}

extension Normalizer {
    /// E.164 allows 15 digits; a local number without its area code has 7.
    private static let phoneDigits = 7...15

    fileprivate func shapeMissed(by value: String) -> String? {
        let text = value.precomposedStringWithCompatibilityMapping.trimmingCharacters(in: .whitespacesAndNewlines)
        return switch self {
        case .none: nil
        case .phone: Self.isPhone(text) && handle(text) != nil ? nil : "a phone number of 7 to 15 digits, such as +86 138 0013 8000"
        case .email: Self.isEmail(text) && handle(text) != nil ? nil : "an e-mail address such as name@example.com"
        case .id, .document: handle(text) != nil ? nil : "an id with letters or digits, and no placeholder"
        case .name: text.contains(where: \.isLetter) ? nil : "a name with letters"
        }
    }

    /// Digits with an optional plus in front, and between them the separators that people use.
    private static func isPhone(_ text: String) -> Bool {
        let separators: Set<Unicode.Scalar> = [" ", "-", "‐", "‑", "–", "(", ")", ".", "/"]
        var digits = 0
        for (position, scalar) in text.unicodeScalars.enumerated() {
            switch scalar {
            case "0"..."9": digits += 1
            case "+": if position > 0 { return false }
            default: if !separators.contains(scalar) { return false }
            }
        }
        // Dialled from abroad, as 0086…, it is as long as with a plus.
        return phoneDigits.contains(text.hasPrefix("00") ? digits - 2 : digits)
    }

    /// One @ with something before it, and after it a name of two or more parts (RFC 5321, 4.5.3.1, for the lengths).
    private static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !text.contains(where: \.isWhitespace), !text.contains(where: { "<>(),;:\"[]\\".contains($0) }) else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return (1...64).contains(parts[0].utf8.count) && parts[1].utf8.count <= 255 && labels.count >= 2
            && labels.allSatisfy { label in
                !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-") && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
            }
    }
}
