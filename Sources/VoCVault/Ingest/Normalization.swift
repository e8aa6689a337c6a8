import Foundation
import Policy

extension Normalizer {
    /// The one spelling of a value under which it is indexed; nil when nothing is left of it.
    ///
    /// Phones become E.164 (national numbers of mainland China get +86), e-mails lower-cased NFKC,
    /// ids upper-cased without separators.
    func normalize(_ value: String) -> String? {
        let result =
            switch self {
            case .none: value.trimmingCharacters(in: .whitespacesAndNewlines)
            case .phone: Self.phone(value)
            case .email: Self.compatible(value).lowercased().filter { !$0.isWhitespace }
            case .id: Self.compatible(value).uppercased().filter { $0.isLetter || $0.isNumber }
            case .name: Self.compatible(value).lowercased().filter { !$0.isWhitespace && $0 != "·" }
            }
        return result.isEmpty ? nil : result
    }

    /// NFKC; ASCII is in that form already.
    private static func compatible(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCompatibilityMapping
    }

    private static func phone(_ value: String) -> String {
        var digits: [UInt8] = []
        var international = false
        for byte in compatible(value).utf8 {
            if byte == 0x2B, digits.isEmpty { international = true }
            if byte &- 48 < 10 { digits.append(byte) }
        }
        if !international, digits.starts(with: [48, 48]) {
            digits.removeFirst(2)
            international = true
        }
        guard !digits.isEmpty else { return "" }
        let number = String(decoding: digits, as: UTF8.self)
        if international { return "+" + number }
        if digits.count == 13, number.hasPrefix("861") { return "+" + number }
        if digits.count == 11, digits[0] == 49 { return "+86" + number }
        if digits.count >= 10, digits[0] == 48 { return "+86" + number.dropFirst() }
        return number
    }
}
