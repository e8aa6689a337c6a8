import ArgumentParser
import Foundation
import Pages
import RedactedAPI
import VoCVault

struct ComplianceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compliance", abstract: "The record of processing activities.", subcommands: [Report.self])

    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draws up the record of processing (GDPR Art. 30, PIPL Art. 54-56) from the policies and the log.",
            discussion: """
                Purposes, categories, recipients, retention and measures come from the policies. Accesses, erasures and
                alerts of the period come from the log, which is verified on the way. Without --out and --json, the JSON
                goes to standard output. Exits with 4 if the log is not intact.

                Example: vocvault compliance report --since 2026-01-01 --until 2026-04-01 --out q1.html --json q1.json
                """)

        @Option(help: "Start of the period.") var since: Timestamp?
        @Option(help: "End of the period (exclusive).") var until: Timestamp?
        @Option(help: "Write HTML to this file.") var out: String?
        @Option(help: "Write JSON to this file.") var json: String?

        func run() throws {
            let report = try VaultEnvironment.session().processingReport(since: since, until: until)
            if let out { try writePrivately(Data(ProcessingDocument.page(report).utf8), to: out, replacing: true) }
            let data = try ProcessingDocument.json(report)
            if let json { try writePrivately(data, to: json, replacing: true) }
            if out == nil, json == nil { try StandardOutput.write(data) }
            guard report.verification.isIntact else { throw VaultError.integrity(report.verification.result) }
        }
    }
}
