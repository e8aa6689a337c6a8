import ArgumentParser
import Foundation
import Policy
import RedactedAPI
import VaultAPI
import VoCVault

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Issue, approve, list and revoke access tokens.", subcommands: [Issue.self, Approve.self, List.self, Revoke.self])

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issues a token and prints it once.",
            discussion: """
                The token works only after it has been printed. If it cannot be printed, on a full disk for instance, none is
                issued. A token of a role that reveals, decides or administers also waits until somebody else who may issue
                tokens has agreed to it ('vocvault token approve'), if there is anybody.

                Example: vocvault token issue --principal lin --role analyst --expires 90d
                """)

        @Option(help: "Principal who will use it.")
        var principal: String

        @Option(help: "Role from roles.yaml.")
        var role: String

        @Option(help: "Lifetime in days, such as 90d; by default the longest that principals.yaml allows.")
        var expires: Days?

        @Option(help: "Limit the token to these actions, such as query,lookup; by default it may do all that its role may.")
        var scope: String?

        func run() async throws {
            let actions = scope?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let vault = try VaultEnvironment.vault()
            let operation = IssueToken(principal: principal, role: role, scope: actions, days: expires?.count)
            let secret = ShownSecret(worthless: "the token was not issued: whatever was printed of it does not work")
            try await secret.showing { show in
                let issued = try await vault.issue(operation) { issued in try show("token \(issued.id) for \(principal) as \(role), shown this once:", issued.token) }
                switch issued.agreement {
                case .waiting?: printError("it does not work yet: somebody else who may issue tokens must approve it: vocvault token approve \(issued.id)")
                case .bootstrap?: printError("nobody else may issue tokens, so nobody had to agree; the log says that you issued it alone")
                case .granted?, nil: break
                }
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agrees to a token that somebody else has issued, so that it works.",
            discussion: """
                If you do not agree, revoke it.

                Example: vocvault token approve t_0a1b2c3d4e --reason 'starts on Monday'
                """)

        @Argument(help: "Id of the token, as 'token list' shows it.")
        var id: String

        @Option(help: "Reason, for the audit log; no personal data.")
        var reason: String?

        func run() async throws {
            let token = try await VaultEnvironment.vault().perform(ApproveToken(id: id, reason: reason)).reply
            try print("\(id), the token of \(token.principal) as \(token.role), works from now on")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists tokens, never their secrets.", discussion: "Example: vocvault token list --format csv")

        @OptionGroup var output: FormatOption

        func run() async throws {
            let rows = try await VaultEnvironment.vault().perform(ListTokens()).reply.tokens
            try printListing(
                ["id", "principal", "role", "scope", "created", "expires", "revoked", "agreement"],
                rows.map {
                    [
                        .text($0.id), .text($0.principal), .text($0.role), $0.scope.map { .text($0.joined(separator: " ")) } ?? .null, .time($0.created),
                        $0.expires.map { .time($0) } ?? .null, $0.revoked.map { .time($0) } ?? .null, $0.agreement.map { .text($0.rawValue) } ?? .null,
                    ]
                }, output.format)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revokes a token at once.",
            discussion: """
                On a terminal it shows whose token it is, asks for a reason unless you gave one, and has you type the id again.

                Examples:
                  vocvault token revoke t_0a1b2c3d4e --reason 'left the company'
                  vocvault token revoke t_0a1b2c3d4e --dry-run
                """)

        @Argument(help: "Id of the token, as 'token list' shows it.")
        var id: String

        @Option(help: "Reason, for the audit log; no personal data.")
        var reason: String?

        @OptionGroup var caution: Caution

        func run() async throws {
            let vault = try VaultEnvironment.vault()
            var reason = reason
            if caution.looksFirst {
                let token = try await vault.perform(RevokeToken(id: id, reason: reason, dryRun: true)).reply
                if !caution.dryRun, reason == nil { reason = try caution.reason() }
                guard try caution.goesOn(["would revoke \(id), the token of \(token.principal) as \(token.role)"], typing: id) else { return }
            }
            _ = try await vault.perform(RevokeToken(id: id, reason: reason))
            try print("revoked \(id)")
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
