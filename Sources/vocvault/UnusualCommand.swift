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
            chance. A week in which every topic has more customers is not unusual. --of
            looks at another field, such as emotion; --drop and --rise at the average of
            one, such as rating. 'expected' is what the weeks before let expect, 'bound'
            what 97.5 of 100 such weeks would not exceed (or fall below), and 'false' the
            share of findings that would be false if the list ended here. Run 'vocvault
            classify' first. With --fail the exit code is 1 if anything is found, for
            cron. Weeks are those of the vault's time zone.

            Examples:
              vocvault unusual
              vocvault unusual --by product,region --week 2026-03-02 --weeks 26
              vocvault unusual --drop rating --by product
            """)

    @Option(help: "Fields by which to look, beside all feedback, separated by commas.")
    var by = "product,region,channel"

    @Option(help: "The field whose values are looked at.")
    var of = "topic"

    @Option(help: "Instead: a field whose average may have fallen.")
    var drop: String?

    @Option(help: "Instead: a field whose average may have risen.")
    var rise: String?

    @Option(help: "Any day in the week to look at; defaults to last week.")
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
        let counts = ComparedPeriods.counts
        guard counts.contains(weeks) else { throw ValidationError("--weeks must be between \(counts.lowerBound) and \(counts.upperBound)") }
        guard falseShare > 0, falseShare <= 0.5 else { throw ValidationError("--false must be above 0 and at most 0.5") }
        guard drop == nil || rise == nil else { throw ValidationError("--drop and --rise are about one field: give one of them") }
        if let week, week.milliseconds % 86_400_000 != 0 { throw ValidationError("--week is a day, such as 2026-03-02") }
    }

    func run() async throws {
        let filter = try condition.map { try Condition(asked: $0) }
        let session = try VaultEnvironment.vault()
        let shown = try await session.shownFields(purpose: purpose)
        let asked = Measure.list(by)
        let isDefault = by == "product,region,channel"
        if !isDefault, let hidden = asked.first(where: { !shown.contains($0) }) { throw ValidationError("the policy does not show '\(hidden)' to you") }
        let field = drop ?? rise ?? of
        let signal = Unusual.Signal(drop != nil ? .drop : rise != nil ? .rise : .burst, of: field, by: asked.filter { shown.contains($0) && $0 != field })
        let periods = try await periods(of: session)
        let found = try await Unusual(signal, from: session, over: periods, where: filter, falseShare: falseShare, purpose: purpose)
        try printListing(columns(signal), found.findings.map { row($0, signal) }, output.format)
        if found.cells == 0 {
            printError("there are no figures of '\(field)' for \(found.period) and \(ComparedPeriods.counts.lowerBound) weeks before it")
        } else {
            printError("\(found.period) against \(found.before) weeks before: \(found.findings.count) of \(found.cells) cells are unusual")
        }
        if fail, !found.findings.isEmpty { throw ExitCode(1) }
    }

    private func periods(of session: any VaultConnection) async throws -> ComparedPeriods {
        if let week { return ComparedPeriods(.week, before: weeks, about: week.milliseconds / 86_400_000) }
        return ComparedPeriods(.week, before: weeks, endedBy: try await session.today())
    }

    private func columns(_ signal: Unusual.Signal) -> [String] {
        let first = signal.change == .burst ? [signal.field] : []
        return first + ["field", "value", "customers"]
            + (signal.change == .burst ? ["expected", "bound", "times", "z", "false"] : [signal.field, "expected", "bound", "z", "false"])
    }

    private func row(_ finding: Unusual.Finding, _ signal: Unusual.Signal) -> [Value] {
        func number(_ value: Double, _ scale: Double = 10) -> Value { .decimal((value * scale).rounded() / scale) }
        let isBurst = signal.change == .burst
        let cell = isBurst ? 1 : 0
        let place: [Value] = finding.fields.count > cell ? [.text(finding.fields[cell]), .text(finding.values[cell])] : [.null, .null]
        let figures: [Value] =
            isBurst
            ? [number(finding.expected), number(finding.bound), number(finding.figure / finding.expected)]
            : [number(finding.figure, 100), number(finding.expected, 100), number(finding.bound, 100)]
        return (isBurst ? [.text(finding.values[0])] : []) + place + [.integer(Int64(finding.customers.rounded()))] + figures + [
            number(finding.z), number(finding.falseShare, 10_000),
        ]
    }
}
