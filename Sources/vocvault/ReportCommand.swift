import ArgumentParser
import Foundation
import RedactedAPI
import Reporting
import VoCVault

extension Language: ExpressibleByArgument {}

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Draws satisfaction, trends, topics and reasons to hurry as one HTML file.",
        discussion: """
            Everything in it is an aggregate that the policy shows to your role; groups of too few customers are left
            out. 'vocvault classify' comes first: topics and sentiment are its labels.

            Example: vocvault report --out report.html --since 2026-01-01 --language zh --csv topics.csv
            """)

    @Option(help: "Write the report to this file.")
    var out: String

    @Option(help: "From this time on.")
    var since: Timestamp?

    @Option(help: "Before this time.")
    var until: Timestamp?

    @Option(help: "zh or en.")
    var language = Language.english

    @Option(help: "Write the topics' figures to this file as well.")
    var csv: String?

    @Option(help: "The code frame, for the topics' names.")
    var frame = VaultEnvironment.policies + "/codeframe.yaml"

    @Option(help: "What it is done for.")
    var purpose = "insight"

    func run() throws {
        let codes = try codeFrame(frame).codes
        let names = Dictionary(codes.map { ($0.id, language == .chinese ? $0.chinese : $0.english) }, uniquingKeysWith: { first, _ in first })
        let session = try VaultEnvironment.vault()
        let (since, until, purpose) = (since, until, purpose)
        let figures = try waitFor { try await Figures(from: session, purpose: purpose, since: since, until: until) }
        let first = since.map { String($0.description.prefix(10)) } ?? "…"
        let period = since == nil && until == nil ? "" : "\(first) – \(until.map { String($0.description.prefix(10)) } ?? "…")"
        let report = Report(figures: figures, language: language, names: names, period: period)
        try writePrivately(Data(report.html.utf8), to: out, replacing: true)
        if let csv { try writePrivately(Data(report.csv.utf8), to: csv, replacing: true) }
        if figures.suppressed > 0 { printError("\(figures.suppressed) groups are too small to be shown") }
    }
}
