import Foundation
import Policy

extension Normalizer {
    /// The one spelling of a value under which it is indexed; nil when nothing is left of it.
    ///
    /// Phones become E.164 (national numbers of mainland China get +86), e-mails lower-cased NFKC,
    /// ids upper-cased without separators.
    func normalize(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        guard value.allSatisfy({ $0 < 0x80 }) else { return normalizeUnicode(String(decoding: value, as: UTF8.self)) }
        var result: [UInt8] = []
        result.reserveCapacity(value.count + 4)
        switch self {
        case .phone: Self.appendPhone(value, to: &result)
        case .email, .name:
            for byte in value where byte > 0x20 { result.append(byte &- 65 < 26 ? byte | 0x20 : byte) }
        case .id:
            for byte in value where Self.isAlphanumeric(byte) { result.append(byte &- 97 < 26 ? byte & 0xDF : byte) }
        case .none:
            result.append(contentsOf: value.drop { $0 <= 0x20 })
            while let last = result.last, last <= 0x20 { result.removeLast() }
        }
        return result.isEmpty ? nil : result
    }

    func normalize(_ value: String) -> String? {
        normalize(Array(value.utf8)[...]).map { String(decoding: $0, as: UTF8.self) }
    }

    private func normalizeUnicode(_ value: String) -> [UInt8]? {
        let compatible = value.precomposedStringWithCompatibilityMapping
        if self == .phone {
            var result: [UInt8] = []
            Self.appendPhone(Array(compatible.utf8)[...], to: &result)
            return result.isEmpty ? nil : result
        }
        let text =
            switch self {
            case .none, .phone: value.trimmingCharacters(in: .whitespacesAndNewlines)
            case .email: compatible.lowercased().filter { !$0.isWhitespace }
            case .id: compatible.uppercased().filter { $0.isLetter || $0.isNumber }
            case .name: compatible.lowercased().filter { !$0.isWhitespace && $0 != "·" }
            }
        return text.isEmpty ? nil : Array(text.utf8)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- 48 < 10 || byte &- 65 < 26 || byte &- 97 < 26
    }

    private static func appendPhone(_ value: ArraySlice<UInt8>, to result: inout [UInt8]) {
        var digits: [UInt8] = []
        digits.reserveCapacity(16)
        var international = false
        for byte in value {
            if byte == 0x2B, digits.isEmpty { international = true }
            if byte &- 48 < 10 { digits.append(byte) }
        }
        if !international, digits.starts(with: [48, 48]) {
            digits.removeFirst(2)
            international = true
        }
        guard !digits.isEmpty else { return }
        let (plus, china): ([UInt8], [UInt8]) = ([0x2B], [0x2B, 0x38, 0x36])
        if international || (digits.count == 13 && digits.starts(with: [56, 54, 49])) {
            result += plus + digits
        } else if digits.count == 11, digits[0] == 49 {
            result += china + digits
        } else if digits.count >= 10, digits[0] == 48 {
            result += china + digits.dropFirst()
        } else {
            result += digits
        }
    }
}
