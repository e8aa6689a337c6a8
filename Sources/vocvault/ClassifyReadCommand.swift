import ArgumentParser
import Classification
import Foundation
import RedactedAPI
import VoCVault

extension ClassifyCommand {
    /// Codes texts of a file, for trying a frame and for measuring.
    struct Read: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Codes texts of a file; needs no vault.",
            discussion: """
                Reads JSON lines {"id", "text"} and writes {"id", "topics", "aspects", "urgency", "sentiment", "score", "need",
                "emotions", "intents", "relevance"}: topics, reasons to hurry, feelings and wants with their scores, and what the text thinks of
                each topic. Give it redacted texts: it does not redact.

                Example: vocvault redact feed.jsonl | jq -c '{id, text: .redacted}' | vocvault classify read
                """)

        @Argument(help: "A file, or - for standard input.")
        var file = "-"

        @OptionGroup var options: FrameOptions

        private struct Line: Decodable {
            var id: Value
            var text: String
        }

        private struct Reading: Encodable {
            var id: Value
            var topics: [String: Double]
            var aspects: [String: String]
            var urgency: [String: Double]
            var sentiment: String
            var score: Double
            var need: String?
            var emotions: [String: Double]
            var intents: [String: Double]
            var relevance: String
        }

        private func named<Label: RawRepresentable<String>>(_ scores: [Label: Double]) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: scores.map { ($0.rawValue, $1) })
        }

        func run() throws {
            let classifier = try options.classifier()
            let (decoder, encoder) = (JSONDecoder(), JSONEncoder())
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            var rejected = 0
            let data = try openInput(file).readToEnd() ?? Data()
            for (number, line) in data.split(separator: 0x0A).enumerated() {
                guard let line = try? decoder.decode(Line.self, from: line) else {
                    rejected += 1
                    printError("line \(number + 1): not a JSON object with \"id\" and \"text\"")
                    continue
                }
                let coding = classifier.code(line.text)
                let reading = Reading(
                    id: line.id, topics: coding.topics, aspects: coding.aspects.mapValues(\.rawValue), urgency: coding.urgency,
                    sentiment: coding.sentiment.rawValue, score: coding.sentimentScore, need: coding.need?.rawValue, emotions: named(coding.emotions),
                    intents: named(coding.intents), relevance: coding.relevance.rawValue)
                try StandardOutput.write(encoder.encode(reading) + [0x0A])
            }
            if rejected > 0 { throw SomeRejected() }
        }
    }
}
