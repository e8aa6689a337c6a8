import ArgumentParser
import RedactedAPI
import VoCVault

struct PrivacyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "privacy", abstract: "How easily customers can be singled out in what a role can see.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "k-anonymity, l-diversity and re-identification risk of combinations of fields, the riskiest first.",
            discussion: """
                Measures the rows that the role can read, times in the form in which they show them. The smallest group size that
                the policy enforces in figures does not apply, because rows show small groups too. exposed: customers in groups
                smaller than --wanted. Ends with a verdict and, where groups are too small, with what to coarsen or leave out:
                of all choices the one that loses least.

                Examples:
                  vocvault privacy check --role analyst --purpose insight
                  vocvault privacy check --role analyst --purpose insight --fields product,region,occurred_at --size 3 --sensitive rating
                  vocvault privacy check --role analyst --purpose insight --fail-under 5
                """)

        @Option(help: "Role whose view to check.")
        var role: String

        @Option(help: "Purpose.")
        var purpose: String

        @Option(help: "Smallest group size that counts as safe.")
        var wanted = 5

        @Option(help: "Only these fields.")
        var fields: String?

        @Option(help: "Maximum number of fields in a combination, 1 to 4.")
        var size = 2

        @Option(help: "Field whose diversity within each group is measured.")
        var sensitive: String?

        @Option(help: "How many combinations to list, riskiest first.")
        var limit = 20

        @Option(help: "Exit with 1 if a group has fewer customers.")
        var failUnder: Int?

        @OptionGroup var output: FormatOption

        func run() throws {
            let names = fields?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let line = StatusLine()
            let report = try VaultEnvironment.session().privacyCheck(
                role: role, purpose: purpose, wanted: threshold, fields: names, size: size, sensitive: sensitive,
                progress: { line.show(done: $0, of: $1) })
            line.clear()
            try printListing(
                ["fields", "groups", "customers", "k", "exposed", "l", "prosecutor_risk", "marketer_risk"],
                report.risks.prefix(limit).map { risk in
                    [
                        .text(risk.fields.joined(separator: " ")), .integer(Int64(risk.groups)), .integer(Int64(risk.customers)), .integer(Int64(risk.k)),
                        .integer(Int64(risk.exposed)), risk.l.map { .integer(Int64($0)) } ?? .null,
                        .decimal(risk.prosecutorRisk), .decimal(risk.marketerRisk),
                    ]
                }, output.format)
            let verdict = verdict(report)
            if output.format == .table { try print("\n\(verdict)") } else { showProgress(verdict + "\n") }
            if let failUnder, let k = report.k, k < failUnder { throw ExitCode(1) }
        }

        private var threshold: Int { failUnder ?? wanted }

        private func verdict(_ report: PrivacyReport) -> String {
            guard let k = report.k else { return "Passed: the role sees no rows that tell customers apart." }
            guard k < threshold else { return "Passed: every group has \(k) customers or more; \(threshold) are wanted." }
            var lines = [
                "Failed: the smallest group has \(k) customer\(k == 1 ? "" : "s"), \(threshold) are wanted; \(report.exposed) of \(report.customers) customers are in smaller groups."
            ]
            guard let proposal = report.proposal else {
                return lines[0] + "\nNo coarser form of the fields is enough: show this role figures only (page: 0)."
            }
            lines.append("With the least loss, groups are large enough if rows show")
            for change in proposal {
                let loss = "\(Int((change.loss * 100).rounded())) % of what it tells is lost"
                lines.append(
                    change.form == "suppress"
                        ? "  \(change.field): not at all; a grant with 'page: 0' can give figures about it" : "  \(change.field): times: \(change.form); \(loss)")
            }
            return lines.joined(separator: "\n")
        }
    }
}
