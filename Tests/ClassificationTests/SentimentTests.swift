import Classification
import Foundation
import Sealing
import Testing
import Wire

@Suite("Sentiment")
struct SentimentTests {
    @Test(
        "what trades say that the models never saw, in both scripts and in English",
        arguments: [
            ("骑手迟到四十分钟,汤洒了一半,再也不点了", Sentiment.Label.negative), ("骑手很准时,汤还是热的,下次还点", .positive),
            ("騎手遲到四十分鐘,湯灑了一半,再也不點了", .negative), ("騎手很準時,湯還是熱的,下次還點", .positive),
            ("裤子洗了两次就掉色,客服一直不回复", .negative), ("料子柔软,尺码合适,物流也快", .positive),
            ("The line drops every evening and nobody ever called back", .negative), ("Cheap, fast, and the crew were lovely", .positive),
        ])
    func trades(text: String, expected: Sentiment.Label) {
        #expect(Sentiment.standard.of(text).label == expected)
    }

    @Test(
        "negation turns what it precedes, and only that",
        arguments: [
            ("不好吃", Sentiment.Label.negative), ("没有不满意的地方,很好", .positive), ("The staff were not helpful", .negative), ("Not bad at all, no complaints", .positive),
            ("Delivered 👎", .negative), ("到了👍👍", .positive),
            ("一点都不贵,好吃", .positive), ("I would never recommend this place", .negative),
        ])
    func negation(text: String, expected: Sentiment.Label) {
        #expect(Sentiment.standard.of(text).label == expected)
    }

    @Test(
        "neutral is a question, a fact, a placeholder",
        arguments: [
            "請問如何申請補助", "营业时间是几点", "How do I change my address?", "[NAME_1] [PHONE]", "", "12 mm, blue",
        ])
    func neutral(text: String) {
        #expect(Sentiment.standard.of(text).label == .neutral)
    }

    @Test("a score is higher for what is said more clearly")
    func scores() {
        let (plain, clear) = (Sentiment.standard.of("还可以"), Sentiment.standard.of("非常满意,强烈推荐,下次还会再来"))
        #expect(clear.score > 0.9 && clear.score > plain.score && (0...1).contains(plain.score))
    }

    @Test("the program carries the lexicons and weights that were published with their hashes, and no others")
    func hashes() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Sources/CAnalysisData/data")
        let lines = try String(contentsOf: folder.appendingPathComponent("SHA256SUMS"), encoding: .utf8).split(separator: "\n")
        let published = Dictionary(uniqueKeysWithValues: lines.map { line in (String(line.dropFirst(66)), String(line.prefix(64))) })
        #expect(AnalysisData.files.mapValues { SHA256.hash($0).hexadecimal } == published)
    }
}
