import ArgumentParser
import RedactedAPI
import VoCVault

struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Deletes what is due by retention.yaml.",
        subcommands: [Plan.self, Run.self])

    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows how much each rule would touch now.",
            discussion: """
                The numbers are those of a run: rules that remove whole records go first, and a record that one of them
                deletes counts there alone.

                Example: vocvault retention plan
                """)

        @OptionGroup var output: FormatOption

        func run() throws {
            let forecast = try VaultEnvironment.vault().retentionForecast()
            try printListing(
                ["rule", "removes", "older_than", "due", "held"],
                forecast.rules.map { [.text($0.rule), .text($0.removes), .text($0.before), .integer(Int64($0.due)), .integer(Int64($0.held))] },
                output.format)
            printError("\(forecast.records) records are due; \(forecast.customersErased) customers would be erased")
        }
    }

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Carries the rules out, in batches; a run that was killed goes on where it stopped.",
            discussion: """
                On a terminal it shows what will go and asks for confirmation; a job is not asked.

                Examples:
                  vocvault retention run --dry-run
                  vocvault retention run --batch 1000 --max-seconds 300
                """)

        @Option(help: "Records a transaction.")
        var batch = 1000

        @Option(help: "Stop after so many seconds; the next run goes on.")
        var maxSeconds: Double?

        @OptionGroup var caution: Caution

        func run() throws {
            let vault = try VaultEnvironment.vault(needing: .bulk)
            if caution.looksFirst {
                let forecast = try vault.retentionForecast()
                let rules = forecast.rules.filter { $0.due > 0 }.sorted { $0.rule < $1.rule }
                let lines = rules.map { "\($0.rule): \($0.due) records" }
                    + ["\(forecast.customersErased) customers would be erased; \(forecast.records) records would be changed or deleted"]
                guard try caution.goesOn(lines, typing: String(forecast.records)) else { return }
            }
            let report = try vault.retentionRun(batch: batch, seconds: maxSeconds, progress: { _ in })
            for (rule, count) in report.done.sorted(by: { $0.key < $1.key }) { try print("\(rule): \(count) records") }
            try print("\(report.customersErased) customers erased; \(report.isComplete ? "nothing due is left" : "the time is up, more is due")")
        }
    }
}
