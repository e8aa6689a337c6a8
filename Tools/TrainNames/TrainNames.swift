import Detection
import Foundation
import StandardStreams

/// Learns the weights of a tagger of names and writes them as the detection's data has them; SHA256SUMS there wants to be made anew.
///
///     swift run -c release voc-train-names zh zh.jsonl > Sources/CDetectionData/data/zh.weights
///     swift run -c release voc-train-names en en.jsonl > Sources/CDetectionData/data/en.weights
///     (cd Sources/CDetectionData/data && sha256sum *.txt *.weights > SHA256SUMS)
///
/// Lines are {"text", "spans": [{"start", "end"}]}, offsets in Unicode scalars. Deterministic.
@main
enum TrainNames {
    private struct Line: Decodable {
        struct Span: Decodable {
            var start, end: Int
        }
        var text: String
        var spans: [Span]
    }

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let language = Language(rawValue: arguments[1]), let data = FileManager.default.contents(atPath: arguments[2]) else {
            say("usage: voc-train-names zh|en train.jsonl")
            exit(2)
        }
        var perceptron = Perceptron(rows: language.buckets)
        for line in data.split(separator: 0x0A) {
            let line = try JSONDecoder().decode(Line.self, from: line)
            for sentence in language.sentences(line.text, line.spans.map { $0.start..<$0.end }) { perceptron.add(sentence) }
        }
        let weights = perceptron.learn(epochs: 6) { say($0) }
        try StandardStreams.write(weights.encoded, to: STDOUT_FILENO)
    }

    private static func say(_ message: String) { try? StandardStreams.write(Array((message + "\n").utf8), to: STDERR_FILENO) }
}

enum Language: String {
    case zh, en

    var buckets: Int { self == .zh ? NameTagger.buckets : EnglishTagger.buckets }

    /// What the tagger would read of a text, and how it should: none when folding changes the number of characters, so that the
    /// marks would not fit.
    func sentences(_ text: String, _ spans: [Range<Int>]) -> [Perceptron.Sentence] {
        let scalars = text.unicodeScalars.count
        switch self {
        case .zh:
            let units = NameTagger.folded(text)
            guard units.count == scalars else { return [] }
            let (symbols, words) = (NameSymbols(of: units), TextWords(of: units))
            return NameTagger.runs(of: units).map { run in
                let features = run.map { place in
                    var buckets: [Int32] = []
                    NameTagger.features(of: symbols, words, at: place) { buckets.append(Int32($0)) }
                    return buckets
                }
                return Perceptron.Sentence(features: features, tags: Perceptron.tags(run.map { $0..<$0 + 1 }, spans))
            }
        case .en:
            guard let words = EnglishTagger.words(of: text, scalars: scalars) else { return [] }
            return words.runs.map { run in
                let features = run.map { place in
                    var buckets: [Int32] = []
                    words.features(at: place) { buckets.append(Int32($0)) }
                    return buckets
                }
                return Perceptron.Sentence(features: features, tags: Perceptron.tags(run.map { words.units(of: $0) }, spans))
            }
        }
    }
}
