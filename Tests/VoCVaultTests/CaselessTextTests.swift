import Foundation
import Testing

@testable import VoCVault

@Suite("Words whatever their case")
struct CaselessTextTests {
    @Test("a word is found exactly where Unicode says", arguments: [
        ("The Air Conditioner BROKE", "conditioner broke", true), ("空调又坏了,Wi-Fi 也断了", "wi-fi 也", true), ("空调又坏了", "空调坏", false),
        ("CAFÉ zu", "café", true), ("CAFE\u{301} zu", "café", true), ("cafe\u{301}", "cafe", false), ("ＡＢＣ空调", "ａｂｃ", true),
        ("ЖАЛОБА", "жалоба", true), ("Straße", "STRASSE", false), ("👍🏽 gut", "👍", false), ("か\u{3099}", "か", false), ("が", "か\u{3099}", true),
        ("ΟΔΟΣ", "οδο", true), ("abc", "", true), ("", "a", false), ("aab", "ab", true), ("ab", "abc", false), ("İstanbul", "i̇stanbul", true),
    ])
    func found(text: String, word: String, isThere: Bool) {
        #expect(CaselessText(text).contains(CaselessText(word)) == isThere)
    }

    @Test("bytes and Unicode agree on texts of every kind")
    func agreement() {
        var random = SystemRandomNumberGenerator()
        let pieces = ["空", "调", "坏", "A", "b", "Z", ",", "。", "！", "“", "ア", "カ", "1", " ", "\u{3000}", "e", "\u{301}", "É", "Ａ", "ｚ", "\u{200D}", "👍", "ー", "ﾞ"]
        var hits = 0
        for _ in 0..<4000 {
            let kinds = Bool.random(using: &random) ? 15 : pieces.count
            func text(_ count: Int) -> String { (0..<count).map { _ in pieces[Int.random(in: 0..<kinds, using: &random)] }.joined() }
            let (text, word) = (text(Int.random(in: 0...12, using: &random)), text(Int.random(in: 1...2, using: &random)))
            let expected = text.lowercased().contains(word.lowercased())
            #expect(CaselessText(text).contains(CaselessText(word)) == expected, "\(text.unicodeScalars.map { $0.value }) \(word.unicodeScalars.map { $0.value })")
            hits += expected ? 1 : 0
        }
        #expect(hits > 100)
    }
}
