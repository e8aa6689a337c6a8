import Testing

@testable import Formats

@Suite("Lists of JSON")
struct ListTests {
    private func lines(_ text: String, path: String? = nil, blocks size: Int = 1 << 20) throws -> [String] {
        try String(decoding: all(ListLines(blocks(Array(text.utf8), of: size), path: path).next), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("items of a list become lines, wherever the list is and wherever blocks end", arguments: [1 << 20, 1])
    func items(size: Int) throws {
        #expect(try lines("[{\"a\":\"[1]\\\"\"},\n {\"b\":{\"c\":[{}]}} ]\n", blocks: size) == ["{\"a\":\"[1]\\\"\"}", "{\"b\":{\"c\":[{}]}}"])
        let nested = "{\"meta\":{\"tags\":[\"x\",\"[\"],\"none\":[]},\"data\":{\"items\":[{\"a\":\n1},{\"a\":2}],\"next\":null}}"
        #expect(try lines(nested, blocks: size) == ["{\"a\": 1}", "{\"a\":2}"])
        #expect(try lines(nested, path: "data.items", blocks: size) == ["{\"a\": 1}", "{\"a\":2}"])
        #expect(try lines("{\"items\":[{\"wrong\":1}],\"data\":{\"items\":[{\"a\":1}]}}", path: "data.items", blocks: size) == ["{\"a\":1}"])
        #expect(try lines("[]", blocks: size) == [])
    }

    @Test("what is cut off, has no list or goes on after it is refused")
    func refused() throws {
        #expect(throws: FormatError.damaged("the JSON")) { try lines("[{\"a\":1},{\"a\":") }
        #expect(throws: FormatError.noList("data")) { try lines("{\"items\":[{}]}", path: "data") }
        #expect(throws: FormatError.noList("")) { try lines("{\"items\":[1,2]}") }
        #expect(throws: FormatError.self) { try lines("[{\"a\":1}]\n[{\"a\":2}]") }
        #expect(throws: FormatError.self) { try lines(String(repeating: "{\"a\":", count: 500)) }
    }

    @Test("objects over several lines become one line each")
    func objects() throws {
        let text = "{\n  \"a\": \"{\",\n  \"b\": [\n 1\n ]\n}\n{\"c\":2}\n"
        #expect(
            try String(decoding: all(ObjectLines(blocks(Array(text.utf8), of: 3)).next), as: UTF8.self).split(separator: "\n").filter { !$0.allSatisfy { $0 == " " } }.count == 2)
    }
}
