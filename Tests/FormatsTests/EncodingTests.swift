import Testing

@testable import Formats

@Suite("Encodings")
struct EncodingTests {
    private static let texts: KeyValuePairs<TextEncoding, String> = [
        .utf8: "编号,内容\n1,空调坏了,打我电话,等了两周\n",
        .gb18030: "序号,提交答卷时间,来自IP\n1,2026/3/4 12:00:39,上海┋北京\n物流太慢,客服说“没办法”,很失望\n",
        .big5: "編號,時間,內容\n1,2026/3/4,冷氣壞了,請打我的電話,等了兩個星期還沒有人來修理\n",
        .shiftJIS: "番号,日時,内容\n1,2026/3/4,エアコンが壊れました。電話してください。もう二週間待っています\n",
        .windows1252: "id,date,comment\n1,2026-03-04,\"Le café était très bon, mais l’accueil déçoit – dommage\"\n",
        .utf16LittleEndian: "Package Name,Review Text\ncom.example,空调坏了\n",
        .utf16BigEndian: "Package Name,Review Text\ncom.example,空调坏了\n",
    ]

    private func encode(_ text: String, _ encoding: TextEncoding) throws -> [UInt8] {
        try piped(["iconv", "-f", "UTF-8", "-t", encoding.iconvName], Array(text.utf8))
    }

    @Test("each is told by its text alone, whole or in short blocks, and comes out as it was meant", arguments: [1 << 20, 64])
    func detected(size: Int) throws {
        for (encoding, text) in Self.texts {
            let decoder = TextDecoder(blocks(try encode(text, encoding), of: size), encoding: nil)
            #expect(String(decoding: try all(decoder.next), as: UTF8.self) == text, "\(encoding)")
            #expect(decoder.found == encoding)
        }
    }

    @Test("a mark is no part of the text, and is believed before a declaration")
    func marks() throws {
        for (encoding, mark) in [TextEncoding.utf8: [0xEF, 0xBB, 0xBF], .utf16LittleEndian: [0xFF, 0xFE], .utf16BigEndian: [0xFE, 0xFF]] as [TextEncoding: [UInt8]] {
            let bytes = try mark + encode("id,内容\n", encoding)
            for size in [1, 100] {
                let decoder = TextDecoder(blocks(bytes, of: size), encoding: .gb18030)
                #expect(String(decoding: try all(decoder.next), as: UTF8.self) == "id,内容\n")
            }
        }
    }

    @Test("a character that blocks cut in two is one character")
    func cutCharacters() throws {
        for (encoding, text) in Self.texts {
            let decoder = TextDecoder(blocks(try encode(text, encoding), of: 1), encoding: encoding)
            #expect(String(decoding: try all(decoder.next), as: UTF8.self) == text, "\(encoding)")
        }
    }

    @Test("what means nothing is marked with a byte that no UTF-8 has, and what follows is read")
    func damaged() throws {
        let decoder = TextDecoder(blocks([0x61, 0xFF, 0xFF, 0x0A] + (try encode("空调", .gb18030)) + [0xD6]), encoding: .gb18030)
        #expect(try all(decoder.next) == [0x61, 0xFF, 0xFF, 0x0A] + Array("空调".utf8) + [0xFF])
    }

    @Test("UTF-8 with a damaged character stays UTF-8")
    func damagedUTF8() throws {
        let bytes = Array("id,内容\n1,空调坏了".utf8) + [0xE6, 0x0A] + Array("2,很好\n".utf8)
        let decoder = TextDecoder(blocks(bytes), encoding: nil)
        #expect(try all(decoder.next) == bytes)
    }

    @Test("names as people write them")
    func names() throws {
        #expect(try TextEncoding(name: "GBK") == .gb18030)
        #expect(try TextEncoding(name: "Shift_JIS") == .shiftJIS)
        #expect(try TextEncoding(name: "ISO-8859-1") == .windows1252)
        #expect(throws: FormatError.encoding("klingon")) { try TextEncoding(name: "klingon") }
    }
}
