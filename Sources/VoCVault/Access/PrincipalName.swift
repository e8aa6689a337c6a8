import Policy

/// Names of principals, as entries of the log have them.
package enum PrincipalName {
    /// Names that the vault gives to what nobody did, and that would be taken for them.
    private static let reserved: Set<String> = Set(["vault", "vocvault", "unknown", "nobody", "none", "break-glass", "system"].map(skeleton))

    /// Whether it is 1 to 64 letters, digits and . _ - @ of ASCII.
    package static func isOne(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 &- 48 < 10 || $0 &- 97 < 26 || $0 &- 65 < 26 || [0x2D, 0x2E, 0x5F, 0x40].contains($0) }
    }

    package static func isReserved(_ name: String) -> Bool {
        reserved.contains(skeleton(name)) || [FormPolicy.principals, HookPolicy.principals].contains { name.lowercased().hasSuffix($0) }
    }

    /// Whether two different names could be taken for the same in a list.
    package static func areAlike(_ one: String, _ other: String) -> Bool { one != other && skeleton(one) == skeleton(other) }

    /// What is left of a name when letters that look alike are one, as in Unicode's confusables (UTS #39), and marks are none.
    private static func skeleton(_ name: String) -> String {
        String(
            decoding: name.utf8.compactMap { byte -> UInt8? in
                switch byte {
                case UInt8(ascii: "0"), UInt8(ascii: "O"): UInt8(ascii: "o")
                case UInt8(ascii: "1"), UInt8(ascii: "I"), UInt8(ascii: "i"), UInt8(ascii: "L"): UInt8(ascii: "l")
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): nil
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
                default: byte
                }
            }, as: UTF8.self)
    }
}
