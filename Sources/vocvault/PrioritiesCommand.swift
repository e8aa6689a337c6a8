import ArgumentParser
import Policy
import RedactedAPI
import Reporting
import VoCVault

struct PrioritiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "priorities", abstract: "Ranks what to improve first, with the figures behind each score.",
        discussion: """
            Figures are of whole months, and a customer counts once in each. What is too small to be shown is empty, and comes
            last. score = 100 × reach^a × severity^b × trend^c ÷ effort^d; codeframe.yaml sets the exponents and each code's effort.

            Example: vocvault priorities --by-product --since 2026-01-01
            """)

    @Flag(help: "Rank each product separately.") var byProduct = false
    @Option(help: "Start of the period.") var since: Timestamp?
    @Option(help: "End of the period (exclusive).") var until: Timestamp?
    @Option(help: "The code frame.") var frame = VaultEnvironment.policies + "/codeframe.yaml"
    @Option(help: "Purpose of the access, from purposes.yaml.") var purpose = "insight"
    @OptionGroup var output: FormatOption

    func run() async throws {
        let file = try CodeFrameFile.load(frame)
        let session = try VaultEnvironment.vault()
        let ranked = try await Priority.ranked(
            from: session, byProduct: byProduct, efforts: file.efforts, weights: file.priorityWeights, purpose: purpose, since: since, until: until)
        func number(_ value: Double) -> Value { .decimal((value * 1000).rounded() / 1000) }
        try printListing(
            ["code"] + (byProduct ? ["product"] : []) + ["customers", "reach", "severity", "trend", "effort", "score"],
            ranked.map { item in
                [.text(item.code)] + (byProduct ? [.text(item.product ?? "")] : [])
                    + [
                        .integer(Int64(item.customers)), number(item.reach), item.severity.map(number) ?? .null, number(item.trend), number(item.effort),
                        item.score.map(number) ?? .null,
                    ]
            }, output.format)
    }
}

extension CodeFrameFile {
    var efforts: [String: Int] { Dictionary(codes.map { ($0.id, $0.effort) }, uniquingKeysWith: { first, _ in first }) }

    var priorityWeights: Priority.Weights { .init(reach: weights.reach, severity: weights.severity, trend: weights.trend, effort: weights.effort) }
}
