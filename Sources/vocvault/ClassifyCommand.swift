import ArgumentParser
import Classification
import Foundation
import Policy
import RedactedAPI
import VoCVault

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Codes redacted feedback by topic, sentiment, emotion, intent, urgency and need.",
        discussion: """
            Codes every record that this version of the code frame and model has not coded yet; a second run finds nothing to
            do. Queries and reports see the labels as the fields topic, aspect, sentiment, emotion, intent, urgency, need, point
            and relevance: filter by "relevance = 'relevant'" to leave out spam and what says nothing. 'classify duplicates' marks
            records that repeat an older one: filter by "originality = 'original'" to count each once.

            Examples:
              vocvault classify
              vocvault classify --since 2026-03-01 --model topics.model
              vocvault classify --place coded.place        (reads only what changed since the last run)
              vocvault classify duplicates --since 2026-01-01
              vocvault classify train labeled.jsonl --out topics.model    (lines {"text", "labels": ["price", …]})
              vocvault classify evaluate labeled.jsonl --model topics.model
            """,
        subcommands: [Run.self, Read.self, Duplicates.self, Codes.self, Frame.self, Discover.self, Ask.self, Train.self, Evaluate.self], defaultSubcommand: Run.self)

    struct FrameOptions: ParsableArguments {
        @Option(help: "The code frame.")
        var frame = VaultEnvironment.policies + "/codeframe.yaml"

        @Option(help: "A model written by 'classify train'; used in addition to the frame's phrases.")
        var model: String?

        func classifier() throws -> Classifier { Classifier(frame: try codeFrame(frame), model: try model.map(readModel)) }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Codes the vault's records.", discussion: "Example: vocvault classify run --since 2026-03-01")

        @OptionGroup var options: FrameOptions

        @Option(help: "Only feedback from this time on.")
        var since: Timestamp?

        @Option(help: "File that remembers how far was coded, so that the next run reads only what changed since.")
        var place: String?

        @Option(help: "Purpose of the access, from purposes.yaml.")
        var purpose = "insight"

        func validate() throws {
            if since != nil, place != nil { throw ValidationError("--since and --place both say what to code") }
        }

        func run() async throws {
            let classifier = try options.classifier()
            let session = try VaultEnvironment.vault()
            let report =
                if let place { try await follow(classifier, session, place) } else { try await classifier.run(on: session, purpose: purpose, since: since) }
            try print("coded \(report.coded) records, \(report.withTopic) with a topic")
        }

        /// Another version of the frame, and a vault that was restored, have the whole vault read again.
        private func follow(_ classifier: Classifier, _ session: some VaultConnection, _ place: String) async throws -> Classifier.Report {
            let file = PlaceFile(path: place, of: "classify \(purpose) \(classifier.version)")
            let former = try file.known()
            let start = former == file.of ? try file.read() : nil
            guard former == nil || former!.hasPrefix("classify \(purpose) ") else { throw file.isOfSomethingElse }
            do {
                return try await classifier.follow(session, purpose: purpose, from: start, keep: file.write)
            } catch  where start != nil && isPlaceGone(error) {
                printError("\(place) is of a state that the vault no longer has: everything is read again")
                return try await classifier.follow(session, purpose: purpose, from: nil, keep: file.write)
            }
        }
    }

    struct Duplicates: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Marks records that repeat an older one, apart from small edits.", discussion: "Example: vocvault classify duplicates --since 2026-01-01")

        @Option(help: "Only feedback from this time on.")
        var since: Timestamp?

        @Option(help: "Purpose of the access, from purposes.yaml.")
        var purpose = "insight"

        func run() async throws {
            let session = try VaultEnvironment.vault()
            let (records, copies) = try await NearDuplicates.mark(session, purpose: purpose, since: since)
            try print("\(copies) of \(records) records are copies")
        }
    }

    struct Codes: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the code frame.", discussion: "Example: vocvault classify codes")

        @Option(help: "The code frame.") var frame = VaultEnvironment.policies + "/codeframe.yaml"
        @OptionGroup var output: FormatOption

        func run() throws {
            try printListing(
                ["code", "zh", "en", "area", "department", "journey", "need", "effort", "definition"],
                try CodeFrameFile.load(frame).codes.map { code in
                    [
                        .text(code.id), .text(code.chinese), .text(code.english), .text(code.area?.rawValue ?? ""), .text(code.department),
                        .text(code.journey?.rawValue ?? ""), .text(code.need?.rawValue ?? ""), .integer(Int64(code.effort)), .text(code.definition),
                    ]
                }, output.format)
        }
    }

    struct Train: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trains a model on texts labelled by people.",
            discussion: """
                From a file, or from the labels that a module has in the vault ('classify
                ask'). Nothing of these is kept but the model: train it anew once customers
                were erased whose texts had labels.

                Examples:
                  vocvault classify train labeled.jsonl --out topics.model
                  vocvault classify train --module taught --out taught.model
                """)

        @Argument(help: "File with lines {\"text\", \"labels\": [\"price\", …]}.")
        var file: String?

        @Option(help: "Instead: a module whose labels people gave.")
        var module: String?

        @Option(help: "With --module: purpose of the access, from purposes.yaml.")
        var purpose = "insight"

        @Option(help: "Where to write the model.")
        var out: String

        @Option(help: "Size of the model, 14 to 20: it has 2^bits weights a label. 18 is right for ten thousand texts and more.")
        var bits = 16

        func validate() throws {
            guard LinearModel.sizes.contains(bits) else { throw ValidationError("--bits must be between 14 and 20.") }
            guard (file == nil) != (module == nil) else { throw ValidationError("Give a file, or --module.") }
        }

        func run() async throws {
            let examples = if let module { try await Lessons(of: module, from: VaultEnvironment.vault(), purpose: purpose).examples } else { try readExamples(file!) }
            guard !examples.isEmpty else { throw VaultError.invalid("there are no texts with labels to learn from") }
            let model = LinearModel(training: examples, bits: bits)
            try writePrivately(Data(model.text.utf8), to: out, replacing: true)
            try print("learned \(model.labels.count) labels from \(examples.count) texts")
        }
    }

    struct Evaluate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compares the model's labels with labels given by people.", discussion: "Example: vocvault classify evaluate labeled.jsonl --model topics.model")

        @Argument(help: "File with lines {\"text\", \"labels\": […]}; 'positive' and 'negative' are sentiment.")
        var file: String

        @OptionGroup var options: FrameOptions
        @OptionGroup var output: FormatOption

        func run() throws {
            let examples = try readExamples(file)
            let classifier = try options.classifier()
            var counts: [String: (gold: Int, found: Int, right: Int)] = [:]
            for example in examples {
                let coding = classifier.code(example.text)
                let found = Set(coding.topics.keys).union(coding.urgency.keys).union([coding.sentiment.rawValue])
                for label in example.labels { counts[label, default: (0, 0, 0)].gold += 1 }
                for label in found { counts[label, default: (0, 0, 0)].found += 1 }
                for label in found.intersection(example.labels) { counts[label, default: (0, 0, 0)].right += 1 }
            }
            try printListing(
                ["label", "gold", "found", "precision", "recall", "f1"],
                counts.sorted { $0.key < $1.key }.map { label, count in
                    let precision = count.found == 0 ? 1 : Double(count.right) / Double(count.found)
                    let recall = count.gold == 0 ? 1 : Double(count.right) / Double(count.gold)
                    let f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
                    return [.text(label), .integer(Int64(count.gold)), .integer(Int64(count.found)), .decimal(precision), .decimal(recall), .decimal(f1)]
                }, output.format)
        }
    }
}

/// The code frame of a file, in the form that classification takes.
func codeFrame(_ path: String) throws -> CodeFrame {
    let file = try CodeFrameFile.load(path)
    return CodeFrame(
        codes: file.codes.map { from in
            var code = CodeFrame.Code(
                id: from.id, chinese: from.chinese, english: from.english, department: from.department, isUrgent: from.isUrgent,
                need: from.need.flatMap { Need(rawValue: $0.rawValue) }, phrases: from.phrases, hints: from.hints, exclusions: from.exclusions,
                isAlone: from.isAlone)
            (code.trade, code.examples, code.counterexamples) = (from.trade?.rawValue, from.examples, from.counterexamples)
            return code
        },
        needPhrases: Dictionary(
            uniqueKeysWithValues: file.needPhrases.compactMap { level, phrases in Need(rawValue: level.rawValue).map { ($0, phrases) } }),
        wishes: file.wishes)
}

private func readModel(_ path: String) throws -> LinearModel {
    guard let text = FileManager.default.contents(atPath: path).flatMap({ String(data: $0, encoding: .utf8) }), let model = LinearModel(text: text) else {
        throw VaultError.invalid("\(path) is not a model that 'vocvault classify train' wrote")
    }
    return model
}

private func readExamples(_ path: String) throws -> [LinearModel.Example] {
    struct Line: Decodable {
        var text: String
        var labels: [String]
    }
    let data = try openInput(path).readToEnd() ?? Data()
    let decoder = JSONDecoder()
    return try data.split(separator: 0x0A).enumerated().map { number, line in
        guard let example = try? decoder.decode(Line.self, from: line) else {
            throw VaultError.invalid("\(path):\(number + 1): not a JSON object with \"text\" and \"labels\"")
        }
        return LinearModel.Example(text: example.text, labels: Set(example.labels))
    }
}
