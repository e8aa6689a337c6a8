import ArgumentParser
import Foundation
import Policy
import RedactedAPI
import VoCVault

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens of principals.", subcommands: [Issue.self, List.self, Revoke.self])

    struct Issue: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issues a token and prints it once.",
            discussion: "Example: vocvault token issue --principal lin --role analyst --expires 90d")

        @Option(help: "Who will use it.")
        var principal: String

        @Option(help: "A role of roles.yaml.")
        var role: String

        @Option(help: "Lifetime in days, as 90d; without it the token does not expire.")
        var expires: Days?

        @Option(help: "The only actions that it is for, separated by commas, as query,lookup; without, all of the role's.")
        var scope: String?

        func run() throws {
            let actions = try scope?.split(separator: ",").map { name in
                guard let action = Action(rawValue: name.trimmingCharacters(in: .whitespaces)) else { throw ValidationError("--scope: there is no action '\(name)'") }
                return action
            }
            let (token, id) = try VaultEnvironment.vault().issueToken(
                principal: principal, role: role, scope: actions, days: expires?.count)
            printError("token \(id) for \(principal) as \(role), shown this once:")
            print(token)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists tokens, never their secrets.", discussion: "Example: vocvault token list --format csv")

        @OptionGroup var output: FormatOption

        func run() throws {
            let rows = try VaultEnvironment.vault().tokens()
            printListing(
                ["id", "principal", "role", "scope", "created", "expires", "revoked"],
                rows.map {
                    [
                        .text($0.id), .text($0.principal), .text($0.role), $0.scope.map { .text($0.joined(separator: " ")) } ?? .null, .time($0.created),
                        $0.expires.map { .time($0) } ?? .null, $0.revoked.map { .time($0) } ?? .null,
                    ]
                }, output.format)
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a token at once.", discussion: "Example: vocvault token revoke t_0a1b2c3d4e")

        @Argument(help: "The token's id, as 'token list' shows it.")
        var id: String

        func run() throws {
            try VaultEnvironment.vault().revokeToken(id)
            print("revoked \(id)")
        }
    }
}

/// A number of days, written as `90d`.
struct Days: ExpressibleByArgument {
    var count: Int

    init?(argument: String) {
        guard argument.hasSuffix("d"), let count = Int(argument.dropLast()), (0...36_500).contains(count) else { return nil }
        self.count = count
    }
}
