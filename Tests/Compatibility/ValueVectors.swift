import Foundation
import Policy
import Sealing
import Wire

@testable import Store
@testable import VoCVault

/// What values become: normal forms, tags and pseudonyms.
extension Vectors {
    static func normalForms() -> [Vector] {
        let values: [(Normalizer, [String])] = [
            (
                .none,
                ["  two words\t", "\u{3000}全角\u{3000}", "\u{200B}全角\u{200B}", "\u{1C}全角\u{1C}", "\u{85}全角\u{2028}", "\u{FEFF}全角\u{2060}", "全角 \u{301}", "\u{200B}vip", "\u{180E}全"]
            ),
            (
                .phone,
                [
                    "138 0013 8000", "+86-138-0013-8000", "0086 13800138000", "8613800138000", "010-8888 6666", "(020) 7946 0958", "12345", "１３８００１３８０００",
                    "138\u{200B}0013\u{200B}8000", "+86 ١٣٨ 1380013 8001全", "13800138000.0", "abc", "00",
                ]
            ),
            (
                .email,
                [
                    " Ada.Lovelace@Example.COM ", "ＡＤＡ@example.com", "ΟΔΥΣΣΕΥΣ@example.com", "İ@example.com", "ada@\u{200B}example.com", "\u{FEFF}ada@example.com",
                    "ada@exam\u{AD}ple.com", "ada\u{A0}@example.com",
                ]
            ),
            (.id, ["11010119900307451x", "G-1 2/3", "客户-7", "客\u{200B}7", "客\u{200D}-7", "straße-\u{301}１２三", "客x\u{301}-\u{301}9", "½-ⅷ客"]),
            (
                .name,
                [
                    "Ada  Lovelace", "诸葛 亮", "迪丽热巴·迪力木拉提", "Νίκος", "ΝΊΚΟΣ ΠΑΠΠΆΣ", "李\u{200B}四", "李\u{200D}四", "李 \u{200D}四", "李\u{2060}四",
                    "李\u{1C}四", "ab·\u{301}全", "x\r\n李",
                ]
            ),
        ]
        return values.flatMap { normalizer, values in
            values.map { ["normalize": normalizer.rawValue, "value": $0, "normal": normalizer.normalize($0) ?? ""] }
        }
    }

    /// The forms in which identifiers are indexed and buried, of values that identify somebody.
    static func indexedForms() -> [Vector] {
        let values: [(Normalizer, String)] = [
            (.phone, "13800138000.0"), (.phone, "138 0013 8000.00"), (.phone, "+8613800138000.0"), (.phone, "13800138000.01"), (.phone, "138-0013-8000.0"),
            (.phone, "1380013８０００.0"), (.id, "1009.0"), (.email, "Ada@Example.com"),
        ]
        return values.map { ["normalize": $0.rawValue, "value": $1, "indexed": $0.handle($1) ?? ""] }
    }

    static func entries() -> [Vector] {
        let entries = [IndexEntry(field: 2, tag: UInt128(bigEndianBytes: bytes(0x10).span)), IndexEntry(field: 300, tag: 1)]
        return [["bytes": hex(IndexEntry.bytes(entries)), "entries": entries.map { [$0.field, hex($0.tag.bigEndianBytes)] as [Any] }]]
    }

    static func pseudonyms() throws -> [Vector] {
        let pseudonyms = try Pseudonyms(keys: [HeldKey(secret(0x20))])
        return try [(Pseudonyms.Kind.subject, 1), (.subject, Int64.max), (.record, 1), (.record, 123_456_789)].map { kind, number in
            ["key": hex(bytes(0x20)), "prefix": kind.prefix, "number": number, "text": try pseudonyms.name(kind, number)]
        }
    }

    static func valuePseudonyms() throws -> [Vector] {
        let pseudonyms = try ValuePseudonyms(key: secret(0x20))
        let values: [(String, Normalizer, String)] = [
            ("phone", .phone, "138 0013 8000"), ("phone", .phone, "13800138000.0"), ("email", .email, "ΟΔΥΣΣΕΥΣ@example.com"), ("name", .name, "诸葛 亮"),
            ("customer_id", .id, "c-1009"), ("gender", .none, " 女 "),
        ]
        return try values.map { field, normalizer, value in
            let text = try pseudonyms.name(value, of: field, normalizer)
            return ["key": hex(bytes(0x20)), "field": field, "normalize": normalizer.rawValue, "value": value, "text": text ?? ""]
        }
    }

    static func tombstones() throws -> [Vector] {
        let (tags, uid) = (try TombstoneTags(key: secret(0x20)), bytes(0x90)[..<16])
        let record = try tags.record(UInt128(bigEndianBytes: uid.span))
        let identifiers: [(String, Normalizer, String)] = [("phone", .phone, "13800138000.0"), ("customer_id", .id, "c-1009"), ("email", .email, "ΟΔΥΣΣΕΥΣ@example.com")]
        return [["key": hex(bytes(0x20)), "uid": hex(Array(uid)), "tag": hex(record.bigEndianBytes)]]
            + (try identifiers.map { field, normalizer, value in
                let tag = try tags.identifier(field, normalizer.handle(Array(value.utf8)[...]) ?? [])
                return ["key": hex(bytes(0x20)), "field": field, "normalize": normalizer.rawValue, "value": value, "tag": hex(tag.bigEndianBytes)]
            })
    }

    static func tokens() -> [Vector] {
        let token = "vvt_" + Base64URL.encode(bytes(0xE0))
        return [["random": hex(bytes(0xE0)), "token": token, "hash": hex(Token.hash(token))]]
    }
}
