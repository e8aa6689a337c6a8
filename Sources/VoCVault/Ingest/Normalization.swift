import Foundation
import Policy

extension Normalizer {
    /// A value's normal form, under which it is indexed; nil if nothing is left of it.
    ///
    /// Phones become E.164 (national numbers of mainland China get +86), e-mails lower-case NFKC, ids upper case without
    /// separators.
    func normalize(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        return normalize(value, into: &result) ? result : nil
    }

    func normalize(_ value: String) -> String? {
        normalize(Array(value.utf8)[...]).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The same, into a buffer that is reused; false if nothing is left of the value.
    func normalize(_ value: ArraySlice<UInt8>, into result: inout [UInt8]) -> Bool {
        result.removeAll(keepingCapacity: true)
        guard value.allSatisfy({ $0 < 0x80 }) else {
            appendUnicode(String(decoding: value, as: UTF8.self), to: &result)
            return !result.isEmpty
        }
        switch self {
        case .phone: Self.appendPhone(value, to: &result)
        case .email, .name:
            for byte in value where byte > 0x20 { result.append(byte &- 65 < 26 ? byte | 0x20 : byte) }
        case .id, .document:
            for byte in value where Self.isAlphanumeric(byte) { result.append(byte &- 97 < 26 ? byte & 0xDF : byte) }
        case .none:
            result.append(contentsOf: value.drop { $0 <= 0x20 })
            while let last = result.last, last <= 0x20 { result.removeLast() }
        }
        return !result.isEmpty
    }

    private func appendUnicode(_ value: String, to result: inout [UInt8]) {
        let compatible = value.precomposedStringWithCompatibilityMapping
        let text =
            switch self {
            case .phone: compatible
            case .none: value.trimmingCharacters(in: .whitespacesAndNewlines)
            case .email: compatible.lowercased().filter { !$0.isWhitespace }
            case .id, .document: compatible.uppercased().filter { $0.isLetter || $0.isNumber }
            case .name: compatible.lowercased().filter { !$0.isWhitespace && $0 != "·" }
            }
        if self == .phone { Self.appendPhone(Array(text.utf8)[...], to: &result) } else { result.append(contentsOf: text.utf8) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- 48 < 10 || byte &- 65 < 26 || byte &- 97 < 26
    }

    private static func appendPhone(_ value: ArraySlice<UInt8>, to result: inout [UInt8]) {
        var international = value.first { $0 == 0x2B || $0 &- 48 < 10 } == 0x2B
        for byte in value where byte &- 48 < 10 { result.append(byte) }
        if !international, result.starts(with: [48, 48]) {
            result.removeFirst(2)
            international = true
        }
        guard !result.isEmpty else { return }
        if international || (result.count == 13 && result.starts(with: [56, 54, 49])) {
            result.insert(0x2B, at: 0)
        } else if result.count == 11, result[0] == 49 {
            result.insert(contentsOf: china, at: 0)
        } else if result.count >= 10, result[0] == 48 {
            result.replaceSubrange(..<1, with: china)
        }
    }

    private static let china = Array("+86".utf8)
}
