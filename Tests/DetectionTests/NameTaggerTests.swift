import Foundation
import Testing

@testable import Detection

@Suite("Tagger of Chinese names")
struct NameTaggerTests {
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private typealias Tag = NameTagger.Tag

    /// Whether names begin, go on and end.
    private func isWellFormed(_ tags: [NameTagger.Tag]) -> Bool {
        var isOpen = false
        for tag in tags {
            guard (tag == .inside || tag == .end) == isOpen else { return false }
            isOpen = tag == .begin || tag == .inside
        }
        return !isOpen
    }

    @Test("decoding gives the best of all well-formed readings")
    func decoding() {
        var random = Seeded(state: 3)
        for _ in 0..<60 {
            let count = Int.random(in: 1...6, using: &random)
            let scores = (0..<count).map { _ in SIMD4<Int32>((0..<4).map { _ in Int32.random(in: -20...20, using: &random) }) }
            // Every sequence of tags there is.
            var best = Int32.min
            for code in 0..<(1 << (2 * count)) {
                let tags = (0..<count).map { NameTagger.Tag(rawValue: code >> (2 * $0) & 3)! }
                if isWellFormed(tags) { best = max(best, zip(scores, tags).reduce(0) { $0 + $1.0[$1.1.rawValue] }) }
            }
            let read = NameTagger.decode(scores)
            #expect(isWellFormed(read.tags) && read.score == best)
            #expect(zip(scores, read.tags).reduce(0) { $0 + $1.0[$1.1.rawValue] } == best)
        }
    }

    @Test("weights survive being written and read")
    func text() {
        var random = Seeded(state: 5)
        let weights = (0..<NameTagger.buckets * 4).map { _ in Int8.random(in: 0..<10, using: &random) < 7 ? 0 : Int8.random(in: -40...40, using: &random) }
        let tagger = NameTagger(weights: weights)
        #expect(NameTagger(text: tagger.text).weights == weights && tagger.text.utf8.allSatisfy { $0 != 0x5C && (32..<127).contains($0) })
        #expect(NameTagger.standard.weights.contains { $0 != 0 } && NameTaggerData.weights.utf8.count < 8 << 20)
    }

    @Test("a name that no lexicon has is found by what stands around it", arguments: [
        ("作家贾平凹的新书", "贾平凹"),
    ])
    func rare(text: String, name: String) {
        let bytes = Array(text.utf8)
        let found = Detector().entities(in: text).filter { $0.type == .person }.map { String(decoding: bytes[$0.bytes], as: UTF8.self) }
        #expect(found == [name])
    }

    @Test("words that could be names are read as words where the sentence says so", arguments: [
        "这个黄梨很甜", "我们一定要安全用电", "成功申请了退款", "方便面质量不错", "任何时候都可以退货",
    ])
    func words(text: String) {
        #expect(Detector().entities(in: text).filter { $0.type == .person }.isEmpty)
    }
}
