import ArgumentParser
import RedactedAPI
import Reporting
import VaultAPI
import VoCVault

struct ForecastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast", abstract: "Says how many customers each topic will have in the weeks to come, with bounds.",
        discussion: """
            Continues the weeks of all feedback and of each topic by exponential smoothing.
            'lower' and 'upper' hold the figure that will be shown in 95 of 100 cases; a
            week beyond them is unusual. A topic that is shown in fewer than 8 weeks is
            left out. Run 'vocvault classify' first.

            Examples:
              vocvault forecast
              vocvault forecast --by product --weeks 52 --ahead 8
            """)

    @Option(help: "The field whose values are forecast.")
    var of = "topic"

    @Option(help: "Fields by which to tell them apart, separated by commas.")
    var by = ""

    @Option(help: "How many weeks to continue, 8 to 104.")
    var weeks = 26

    @Option(help: "How many weeks to forecast, 1 to 13.")
    var ahead = 4

    @Option(name: .customLong("where"), help: "Condition that records must meet, such as \"product = 'X5'\".")
    var condition: String?

    @Option(help: "Purpose of the access, from purposes.yaml.")
    var purpose = "insight"

    @OptionGroup var output: FormatOption

    func validate() throws {
        guard (Forecast.leastPeriods...104).contains(weeks) else { throw ValidationError("--weeks must be between \(Forecast.leastPeriods) and 104") }
        guard (1...13).contains(ahead) else { throw ValidationError("--ahead must be between 1 and 13") }
    }

    func run() async throws {
        let filter = try condition.map { try Condition(asked: $0) }
        let session = try VaultEnvironment.vault()
        let periods = ComparedPeriods(.week, before: weeks - 1, endedBy: try await session.today())
        let forecast = try await Forecast(of: of, by: Measure.list(by), from: session, after: periods, ahead: ahead, where: filter, purpose: purpose)
        func number(_ value: Double) -> Value { .decimal((value * 10).rounded() / 10) }
        try printListing(
            [of, "field", "value", "last", "week", "expected", "lower", "upper"],
            forecast.lines.flatMap { line in
                line.periods.map { week in
                    let place: [Value] = line.fields.count > 1 ? [.text(line.fields[1]), .text(line.values[1])] : [.null, .null]
                    return [line.values.first.map { .text($0) } ?? .text("all")] + place + [
                        .integer(Int64(line.last)), .text(week.name), number(week.expected), number(week.lower), number(week.upper),
                    ]
                }
            }, output.format)
        if forecast.lines.isEmpty { printError("there are no figures of \(Forecast.leastPeriods) weeks up to \(periods.name)") }
    }
}

extension VaultConnection {
    /// The present day in the vault's time zone, since 1970.
    func today() async throws -> Int64 {
        guard let today = Timestamp(try await perform(WhoAmI()).reply.today) else { throw VaultError.invalid("the vault does not say which day it is") }
        return today.milliseconds / 86_400_000
    }
}
