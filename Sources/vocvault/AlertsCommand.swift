import ArgumentParser
import RedactedAPI
import VaultAPI

struct AlertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "alerts", abstract: "Looks out for what feedback says of a sudden.", subcommands: [Evaluate.self])

    struct Evaluate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Raises the alerts of alerts.yaml about feedback, once a period.",
            discussion: """
                Compares the last day, week or month that is over with those before it, as
                'feedback' in alerts.yaml says, by figures with noise, which are charged as
                any others ('vocvault disclosure plan'). What stands out becomes an entry of
                the log and goes to the command and to endpoints of outbox.yaml that take
                alert.feedback. Each rule tells of a period once. Run it from cron, daily,
                with a token of a role without rows, such as reporting, after 'vocvault
                classify'. Exit code 1: the figures of a rule were refused.

                Example: vocvault alerts evaluate
                """)

        @Option(help: "Purpose of the access, from purposes.yaml.")
        var purpose = "insight"

        @OptionGroup var output: FormatOption

        func run() async throws {
            let rules = try await VaultEnvironment.vault().perform(EvaluateAlerts(purpose: purpose)).reply.rules
            try printListing(
                ["rule", "period", "state", "cell", "customers", "average", "expected", "bound", "z", "false"],
                rules.flatMap { rule -> [[Value]] in
                    let first: [Value] = [.text(rule.name), .text(rule.period), .text(rule.state.rawValue)]
                    guard !rule.findings.isEmpty else { return [first + Array(repeating: .null, count: 7)] }
                    return rule.findings.map { finding in
                        let cell = finding.cell.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
                        return first + [
                            .text(cell.isEmpty ? "all" : cell), .integer(Int64(finding.customers)), finding.average.map { .decimal($0) } ?? .null, .decimal(finding.expected),
                            .decimal(finding.bound), .decimal(finding.z), .decimal(finding.falseShare),
                        ]
                    }
                }, output.format)
            for rule in rules { if let problem = rule.problem { printError("rule \(rule.name): \(problem)") } }
            if rules.contains(where: { $0.state == .refused }) { throw ExitCode(1) }
        }
    }
}
