import ArgumentParser
import Foundation
import RedactedAPI
import Reporting
import VoCVault

struct UnusualCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unusual", abstract: "Finds topics that came up more often in a week than the weeks before let expect.",
        discussion: """
            Compares the customers of each topic in one week with the weeks before, for
            all feedback and by the fields of --by, and lists what is too much to be
            chance. A week in which every topic has more customers is not unusual.
            'expected' is what the weeks before let expect, 'upper' what 97.5 of 100 such
            weeks would not exceed, and 'false' the share of findings that would be false
            if the list ended here. Run 'vocvault classify' first. With --fail the exit
            code is 1 if anything is found, for cron.

            Examples:
              vocvault unusual
              vocvault unusual --by product,region --week 2026-03-02 --weeks 26
            """)

    @Option(help: "Fields by which to look, beside all feedback, separated by commas.")
    var by = "product,region,channel"

    @Option(help: "Any day in the week to look at; defaults to last week, from Monday, by UTC.")
    var week: Timestamp?

    @Option(help: "How many weeks before it to compare with, 5 to 104.")
    var weeks = 13

    @Option(name: .customLong("where"), help: "Condition that records must meet, such as \"sentiment = 'negative'\".")
    var condition: String?

    @Option(name: .customLong("false"), help: "The share of findings that may be false.")
    var falseShare = 0.05

    @Flag(help: "Exit with 1 if anything is found.")
    var fail = false

    @Option(help: "Purpose of the access, from purposes.yaml.")
    var purpose = "insight"

    @OptionGroup var output: FormatOption

    func validate() throws {
        guard (Unusual.leastWeeks...104).contains(weeks) else { throw ValidationError("--weeks must be between \(Unusual.leastWeeks) and 104") }
        guard falseShare > 0, falseShare <= 0.5 else { throw ValidationError("--false must be above 0 and at most 0.5") }
    }

    func run() async throws {
        let filter = try condition.map { try Condition(asked: $0) }
        let session = try VaultEnvironment.vault()
        let shown = try await session.shownFields(purpose: purpose)
        let asked = Measure.list(by)
        let isDefault = by == "product,region,channel"
        if !isDefault, let hidden = asked.first(where: { !shown.contains($0) }) { throw ValidationError("the policy does not show '\(hidden)' to you") }
        let day: Int64 = 86_400_000
        let monday = week.map(Self.monday) ?? Timestamp(milliseconds: Self.monday(now()).milliseconds - 7 * day)
        let found = try await Unusual(
            from: session, by: asked.filter(shown.contains), week: monday, weeks: weeks, where: filter, falseShare: falseShare, purpose: purpose)
        func number(_ value: Double) -> Value { .decimal((value * 10).rounded() / 10) }
        try printListing(
            ["topic", "field", "value", "customers", "expected", "upper", "times", "z", "false"],
            found.findings.map { finding in
                [
                    .text(finding.values[0]), finding.fields.count > 1 ? .text(finding.fields[1]) : .null, finding.values.count > 1 ? .text(finding.values[1]) : .null,
                    .integer(Int64(finding.customers.rounded())), number(finding.expected), number(finding.upper), number(finding.customers / finding.expected), number(finding.z),
                    .decimal((finding.falseShare * 10_000).rounded() / 10_000),
                ]
            }, output.format)
        if found.cells == 0 {
            printError("there are no figures of topics for the week from \(monday.description.prefix(10)) and \(Unusual.leastWeeks) weeks before it")
        } else {
            printError("\(found.week) against \(found.weeks) weeks before: \(found.findings.count) of \(found.cells) cells are unusual")
        }
        if fail, !found.findings.isEmpty { throw ExitCode(1) }
    }

    /// The Monday of a day's week.
    private static func monday(_ time: Timestamp) -> Timestamp {
        let day: Int64 = 86_400_000
        let number = time.milliseconds / day
        return Timestamp(milliseconds: (number - (number + 3) % 7) * day)
    }
}
