import Foundation
import Testing

@testable import Detection

@Suite("Taggers of names")
struct NameTaggerTests {
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    /// What a reading scores: its spans' tags, and nothing outside.
    private func score(_ spans: [Range<Int>], _ scores: [SIMD4<Int32>]) -> Int32 {
        spans.reduce(0) { sum, span in
            guard span.count > 1 else { return sum + scores[span.lowerBound][SpanTag.single.rawValue] }
            let inner = span.dropFirst().dropLast().reduce(0) { $0 + scores[$1][SpanTag.inside.rawValue] }
            return sum + scores[span.lowerBound][SpanTag.begin.rawValue] + inner + scores[span.upperBound - 1][SpanTag.end.rawValue]
        }
    }

    /// Every set of spans without overlaps from a place on.
    private func readings(from start: Int, _ count: Int) -> [[Range<Int>]] {
        guard start < count else { return [[]] }
        var all = readings(from: start + 1, count)
        for end in start + 1...count { all += readings(from: end, count).map { [start..<end] + $0 } }
        return all
    }

    @Test("decoding gives the best of all readings")
    func decoding() {
        var random = Seeded(state: 3)
        for _ in 0..<60 {
            let count = Int.random(in: 1...6, using: &random)
            let scores = (0..<count).map { _ in SIMD4<Int32>((0..<4).map { _ in Int32.random(in: -20...20, using: &random) }) }
            let best = readings(from: 0, count).map { score($0, scores) }.max()!
            let read = SpanDecoder.spans(scores[...])
            #expect(zip(read, read.dropFirst()).allSatisfy { $0.range.upperBound <= $1.range.lowerBound })
            #expect(score(read.map(\.range), scores) == best && read.reduce(0) { $0 + $1.score } == best)
        }
    }

    @Test("a bonus for each span lets more of them be read")
    func bonus() {
        let scores: [SIMD4<Int32>] = [SIMD4(0, 0, 0, -3), SIMD4(0, 0, 0, -9)].map { $0 &- SIMD4(20, 20, 20, 0) }
        #expect(SpanDecoder.spans(scores[...]).isEmpty)
        #expect(SpanDecoder.spans(scores[...], bonus: 5) == [.init(range: 0..<1, score: -3)])
    }

    @Test("weights survive being written and read")
    func encoding() {
        var random = Seeded(state: 5)
        let rows = (0..<1 << 12).map { _ in SIMD4<Int8>((0..<4).map { _ in Int8.random(in: 0..<100, using: &random) < 99 ? 0 : Int8.random(in: -40...40, using: &random) }) }
        let weights = SpanWeights(rows: rows)
        // Zeros stand in runs of more than 255, too.
        #expect(rows.indices.contains { rows[$0...].prefix(70).allSatisfy { $0 == SIMD4(repeating: 0) } })
        #expect(SpanWeights(encoded: weights.encoded, rows: rows.count).rows == rows)
        #expect(NameTagger.standard.weights.rows.contains { $0 != SIMD4(repeating: 0) } && EnglishTagger.standard.weights.rows.contains { $0 != SIMD4(repeating: 0) })
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
        "我们一定要安全用电", "成功申请了退款", "方便面质量不错", "任何时候都可以退货",
    ])
    func words(text: String) {
        #expect(Detector().entities(in: text).filter { $0.type == .person }.isEmpty)
    }
}
