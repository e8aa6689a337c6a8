import ArgumentParser
import RedactedAPI
import VaultAPI
import VoCVault

struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Deletes what retention.yaml says is due.",
        subcommands: [Plan.self, Run.self])

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows how many records each rule would affect now.",
            discussion: """
                Below the rules stands what is not a record and has come to its end ('kept', 'tombstones', 'questions' and 'log').
                The numbers are those that a run would have: rules that remove whole records go first, and a record that one
                of them deletes counts only there.

                Example: vocvault retention plan
                """)

        @OptionGroup var output: FormatOption

        func run() async throws {
            let forecast = try await VaultEnvironment.vault().perform(RetentionPlan()).reply
            try printListing(
                ["rule", "removes", "older_than", "due", "held"],
                forecast.rules.map { [.text($0.rule), .text($0.removes), .text($0.before), .integer(Int64($0.due)), .integer(Int64($0.held))] }
                    + forecast.kept.map { [.text($0.kind), .text("kept"), .text($0.before), .integer(Int64($0.due)), .integer(0)] },
                output.format)
            printError("\(forecast.records) records are due; \(forecast.customersErased) customers would be erased")
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Applies the rules in batches; if it is killed, the next run continues.",
            discussion: """
                On a terminal it shows what will be deleted and asks for confirmation; a job is not asked.

                In two cases a run stops, on a terminal or not, and names the command that confirms it: when the machine's clock
                was set, or the vault has not seen it for a long time (--confirm-clock), and when the run would exceed the
                ceiling of retention.yaml (--confirm, with the number of records). Use these options only when a run asks for
                them, never in a timer.

                Examples:
                  vocvault retention run --dry-run
                  vocvault retention run --batch 1000 --max-seconds 300
                  vocvault retention run --confirm 10584
                """)

        @Option(help: "Records per transaction.")
        var batch = 1000

        @Option(help: "Stop after this many seconds; the next run continues.")
        var maxSeconds: Double?

        @Flag(help: "Confirm that the machine's clock is right although a run doubted it; recorded in the audit log.")
        var confirmClock = false

        @Option(help: "Allow up to this many records, even beyond the policy's ceiling, without asking on a terminal.")
        var confirm: Int?

        @OptionGroup var caution: Caution

        func run() async throws {
            let vault = try VaultEnvironment.vault(needing: .bulk)
            var confirmed = confirm
            if caution.dryRun || confirm == nil && caution.looksFirst {
                let forecast = try await vault.perform(RetentionPlan(confirmClock: confirmClock, confirm: confirmed)).reply
                let rules = forecast.rules.filter { $0.due > 0 }.sorted { $0.rule < $1.rule }
                var lines = rules.map { "\($0.rule): \($0.due) records" } + forecast.kept.filter { $0.due > 0 }.map { "\($0.kind): \($0.due) at their end" }
                    + ["\(forecast.customersErased) customers would be erased; \(forecast.records) records would be changed or deleted"]
                if let obstacle = forecast.obstacle {
                    // Do not ask about something that the run would not do.
                    guard caution.dryRun else { throw VaultError.needsConfirmation(obstacle) }
                    lines.append("it would stop: \(obstacle)")
                }
                guard try caution.goesOn(lines, typing: String(forecast.records)) else { return }
                confirmed = forecast.records
            }
            let report = try await run(on: vault, confirmed)
            for (rule, count) in report.records.sorted(by: { $0.key < $1.key }) { try print("\(rule): \(count) records") }
            for (kind, count) in report.ended.sorted(by: { $0.key < $1.key }) { try print("\(kind): \(count) at their end") }
            try print("\(report.customersErased) customers erased; \(report.complete ? "nothing due is left" : "the time is up, more is due")")
            printNotice(report.notice)
        }

        /// Repeats the operation, which works for some seconds, until nothing is due or the time is up.
        private func run(on vault: any VaultConnection, _ confirmed: Int?) async throws -> RunRetention.Reply {
            let deadline = maxSeconds.map { ContinuousClock.now + .seconds($0) }
            var total: RunRetention.Reply?
            repeat {
                let left = deadline.map { max(1, Int((($0 - .now) / .seconds(1)).rounded())) } ?? Self.seconds
                var done = try await vault.perform(
                    RunRetention(batch: batch, maxSeconds: min(left, Self.seconds), confirmClock: confirmClock ? true : nil, confirm: confirmed)
                ).reply
                if let total {
                    done.records.merge(total.records, uniquingKeysWith: +)
                    done.customersErased += total.customersErased
                    done.ended.merge(total.ended, uniquingKeysWith: +)
                }
                total = done
            } while total?.complete == false && deadline.map { .now < $0 } ?? true
            return total!
        }

        /// Duration of one operation.
        private static let seconds = 60
    }
}
