import ArgumentParser
import Detection
import Foundation
import RedactedAPI
import VoCVault

struct RedactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact", abstract: "Finds and replaces personal data in texts; needs no vault.",
        discussion: """
            Reads JSON lines {"id", "text"} and writes {"id", "text", "spans": [{"start", "end", "type", "score"}],
            "redacted"}; offsets count Unicode scalars. docs/DETECTION.md describes the types and rules.

            Examples:
              echo '{"id":1,"text":"请打13800138000"}' | vocvault redact
              vocvault redact --explain --policies policies texts.jsonl
              vocvault redact --languages de,fr texts.jsonl
              vocvault redact --evaluate gold.jsonl       (lines with "spans" marked by people)
            """)

    @Argument(help: "A file, or - for standard input.")
    var file = "-"

    @Flag(help: "Name the rule that found each span, and say under \"not\" what was considered and why it stays.")
    var explain = false

    @Option(help: "Compare with the spans marked in this file and print precision, recall, F1 and the share of characters that leak.")
    var evaluate: String?

    @Option(help: "Take thresholds, operators and word lists from this folder's schema.yaml.")
    var policies: String?

    @Option(
        help: ArgumentHelp(
            "Read these languages, too, without policies: de, es, fr, ja, ko.", discussion: "Sentences of other languages are withheld.", valueName: "list"),
        transform: { list in
            try Set(
                list.split(separator: ",").map { name in
                    guard let pack = LanguagePack(rawValue: String(name)) else {
                        throw ValidationError("there is no pack for the language '\(name)', only for \(LanguagePack.allCases.map(\.rawValue).joined(separator: ", "))")
                    }
                    return pack
                })
        })
    var languages: Set<LanguagePack> = []

    @Flag(help: "List the types of personal data.")
    var types = false

    @Flag(help: "List the rules by which they are found.")
    var rules = false

    @OptionGroup var output: FormatOption

    func validate() throws {
        if policies != nil, !languages.isEmpty { throw ValidationError("--policies says which languages are read: give one of the two") }
    }

    func run() throws {
        if types { return try printListing(["type"], EntityType.allCases.filter { $0 != .own }.map { [.text($0.rawValue)] }, output.format) }
        if rules {
            return try printListing(
                ["rule", "type", "place", "what"], DetectionRule.all.map { [.text($0.id), .text($0.type.rawValue), .text($0.place), .text($0.what)] }, output.format)
        }
        try ResourceLimits.bulk.require()
        let redactor = try LineRedactor(policies: policies, languages: languages, explains: explain)
        var rejected = 0
        if let evaluate {
            let quality = try redactor.evaluate(openInput(evaluate)) { line in
                rejected += 1
                printError("line \(line): not a JSON object with \"id\", \"text\" and \"spans\" inside it")
            }
            try show(quality)
        } else {
            try redactor.run(openInput(file)) { block in
                try StandardOutput.write(block)
            } onReject: { line in
                rejected += 1
                printError("line \(line): not a JSON object with \"id\" and \"text\"")
            }
        }
        if rejected > 0 { throw SomeRejected() }
    }

    private func show(_ quality: DetectionQuality) throws {
        let rows = quality.types.sorted { $0.key < $1.key } + [("all", quality.total)]
        try printListing(
            [
                "type", "gold", "found", "precision", "recall", "f1", "overlap_precision", "overlap_recall", "overlap_f1", "leaked",
            ],
            rows.map { type, figures in
                let (strict, overlapping) = (figures.strict, figures.overlapping)
                let shares = [
                    strict.precision, strict.recall, strict.f1, overlapping.precision, overlapping.recall, overlapping.f1, figures.leak,
                ]
                return [.text(type), .integer(Int64(figures.gold)), .integer(Int64(figures.found))] + shares.map { .decimal($0) }
            }, output.format)
    }
}
