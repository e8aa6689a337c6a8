import ArgumentParser
import RedactedAPI
import VaultAPI
import VoCVault

struct DisclosureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disclosure", abstract: "What figures cost of the budgets of the days that they are about.", subcommands: [Plan.self])

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a question would cost, by period, and what is left.",
            discussion: """
                Roles that see figures and no rows release them from a budget that each day of data has, for all of them together.
                What was released is answered again for nothing. A longer period is a sum of years, quarters and months.
                Fresh noise costs the organisation's ε as well, each time anew
                unless the grant is 'continual': that is told below the table.

                Examples:
                  vocvault disclosure plan --purpose insight --group-by product --since 2026-01-01
                  vocvault disclosure plan --purpose insight --measure count,avg(rating) --where "rating <= 2"
                """)

        @Option(name: .customLong("where"), help: "Condition that rows must meet.")
        var condition: String?

        @Option(help: "Fields to group by, separated by commas.")
        var groupBy: String?

        @Option(help: "Figures, separated by commas: \(Measure.forms).")
        var measure = "count"

        @Option(help: "Start of the period, such as 2026-03-01.")
        var since: Timestamp?

        @Option(help: "End of the period (exclusive).")
        var until: Timestamp?

        @Option(help: "Purpose of the access, from purposes.yaml.")
        var purpose: String

        @OptionGroup var output: FormatOption

        func run() async throws {
            func list(_ text: String) -> [String] { text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty } }
            let reply = try await VaultEnvironment.vault().perform(
                PlanDisclosure(
                    purpose: purpose, groupBy: list(groupBy ?? ""), measures: Measure.list(measure), where: try condition.map { try Condition(asked: $0) }, since: since,
                    until: until)
            ).reply
            try printListing(
                ["from", "until", "cost", "left", "budget"],
                reply.periods.map { [.text($0.from), .text($0.until), .decimal($0.cost), .decimal($0.left), .decimal(reply.budget)] }, output.format)
            guard let epsilon = reply.epsilon else { return }
            printError("it would cost ε \(epsilon.cost); \(epsilon.left) of \(epsilon.budget) in any \(epsilon.days) days is left to the organisation")
        }
    }
}
