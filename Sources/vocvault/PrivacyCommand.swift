import ArgumentParser
import RedactedAPI
import VoCVault

struct PrivacyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "privacy", abstract: "How well customers hide in what a role can see.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "k-anonymity, l-diversity and re-identification risk of combinations of fields, the riskiest first.",
            discussion: """
                Looks at the data at hand, without the smallest group that policy enforces in figures: it is the rows that
                show small groups. exposed: customers in groups of fewer than --wanted.

                Examples:
                  vocvault privacy check --role analyst --purpose insight
                  vocvault privacy check --role analyst --purpose insight --fields birth_date,address,region --size 3 --sensitive rating
                """)

        @Option(help: "Whose view.")
        var role: String

        @Option(help: "Under which purpose.")
        var purpose: String

        @Option(help: "The smallest group that is held to be safe.")
        var wanted = 5

        @Option(help: "Only these fields.")
        var fields: String?

        @Option(help: "Most fields of a combination, 1 to 4.")
        var size = 2

        @Option(help: "A field whose variety within each group is measured.")
        var sensitive: String?

        @Option(help: "The riskiest so many.")
        var limit = 20

        @OptionGroup var output: FormatOption

        func run() throws {
            let names = fields?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let risks = try VaultEnvironment.session().privacyCheck(
                role: role, purpose: purpose, wanted: wanted, fields: names, size: size, sensitive: sensitive)
            try printListing(
                ["fields", "groups", "customers", "k", "exposed", "l", "prosecutor_risk", "marketer_risk"],
                risks.prefix(limit).map { risk in
                    [
                        .text(risk.fields.joined(separator: " ")), .integer(Int64(risk.groups)), .integer(Int64(risk.customers)), .integer(Int64(risk.k)),
                        .integer(Int64(risk.exposed)), risk.l.map { .integer(Int64($0)) } ?? .null,
                        .decimal(risk.prosecutorRisk), .decimal(risk.marketerRisk),
                    ]
                }, output.format)
        }
    }
}
