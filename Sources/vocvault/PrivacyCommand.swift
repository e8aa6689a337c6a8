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
                Measures the rows that the role can read. The smallest group size that the policy enforces in figures does not
                apply, because rows show small groups too. exposed: customers in groups smaller than --wanted.

                Examples:
                  vocvault privacy check --role analyst --purpose insight
                  vocvault privacy check --role analyst --purpose insight --fields birth_date,address,region --size 3 --sensitive rating
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
