import ArgumentParser
import RedactedAPI
import VoCVault

struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Deletes what is due by retention.yaml.",
        subcommands: [Plan.self, Run.self])

    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows how much each rule would touch now.", discussion: "Example: vocvault retention plan")

        @OptionGroup var output: FormatOption

        func run() throws {
            let plan = try VaultEnvironment.vault().retentionPlan()
            printListing(
                ["rule", "removes", "older_than", "due", "held"],
                plan.map { [.text($0.rule), .text($0.removes), .text($0.before), .integer(Int64($0.due)), .integer(Int64($0.held))] },
                output.format)
        }
    }

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Carries the rules out, in batches; a run that was killed goes on where it stopped.",
            discussion: """
                Nothing is deleted by a clock that was set, or that the vault has not seen for long, until --confirm-clock says
                that it is right; nor more than the ceiling of retention.yaml, until --confirm says how many records. Give
                them when a run asks for them, never in a timer.

                Examples:
                  vocvault retention run --batch 1000 --max-seconds 300
                  vocvault retention run --confirm 10584
                """)

        @Option(help: "Records a transaction.")
        var batch = 1000

        @Option(help: "Stop after so many seconds; the next run goes on.")
        var maxSeconds: Double?

        @Flag(help: "The machine's clock is right, although the run doubted it; goes to the audit log.")
        var confirmClock = false

        @Option(help: "Take up to so many records, although that is more than the policy's ceiling.")
        var confirm: Int?

        func run() throws {
            let consent = RetentionConsent(clock: confirmClock, records: confirm)
            let vault = try VaultEnvironment.vault()
            let report = try vault.retentionRun(batch: batch, seconds: maxSeconds, consent: consent, progress: { _ in })
            for (rule, count) in report.done.sorted(by: { $0.key < $1.key }) { print("\(rule): \(count) records") }
            print("\(report.customersErased) customers erased; \(report.isComplete ? "nothing due is left" : "the time is up, more is due")")
            printNotices(vault)
        }
    }
}
