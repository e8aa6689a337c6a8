import ArgumentParser
import RedactedAPI
import VaultAPI
import VoCVault

struct ApprovalsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals", abstract: "Requests that need a second principal: list, grant, deny.",
        discussion: """
            A reveal of a field with 'approval: 2' in schema.yaml waits here for 24 hours. A grant can be used once,
            within 8 hours, by the person who asked. Nobody can grant their own request.
            """,
        subcommands: [List.self, Grant.self, Deny.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists requests that have not expired.", discussion: "Example: vocvault approvals list")

        @OptionGroup var output: FormatOption

        func run() async throws {
            let approvals = try await VaultEnvironment.vault().perform(ListApprovals()).reply.approvals
            try printListing(
                ["id", "state", "principal", "role", "purpose", "record", "field", "reason", "asked", "expires", "decided_by"],
                approvals.map {
                    [
                        .integer($0.id), .text($0.state), .text($0.principal), .text($0.role), .text($0.purpose), .text($0.record),
                        .text($0.field), .text($0.reason), .time($0.asked), .time($0.expires), $0.decidedBy.map { .text($0) } ?? .null,
                    ]
                }, output.format)
        }
    }

    struct Decision: ParsableArguments {
        @Argument(help: "Number of the request.")
        var id: Int64

        @Option(help: "Reason, for the audit log; no personal data.")
        var reason: String?
    }

    struct Grant: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Grants a request.", discussion: "Example: vocvault approvals grant 3 --reason 'case 2026-17'")

        @OptionGroup var decision: Decision

        func run() async throws {
            let done = try await VaultEnvironment.vault().perform(DecideApproval(number: decision.id, decision: .grant, reason: decision.reason))
            try print("granted; audit entry \(done.entry)")
        }
    }

    struct Deny: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Denies a request.", discussion: "Example: vocvault approvals deny 3 --reason 'not needed for a call back'")

        @OptionGroup var decision: Decision

        func run() async throws {
            let done = try await VaultEnvironment.vault().perform(DecideApproval(number: decision.id, decision: .deny, reason: decision.reason))
            try print("denied; audit entry \(done.entry)")
        }
    }
}
