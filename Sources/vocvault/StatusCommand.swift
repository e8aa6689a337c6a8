import ArgumentParser
import RedactedAPI
import VaultAPI
import VoCVault

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What waits for you: requests, decisions, tasks.",
        discussion: """
            Lists what your role decides or works on, with what is late and when the next one is due.

            Example: vocvault status
            """)

    @OptionGroup var output: FormatOption

    func run() async throws {
        let inbox = try await VaultEnvironment.vault().perform(ShowInbox()).reply
        if output.format == .table, inbox.items.isEmpty { return try print("nothing waits for \(inbox.principal): the role decides nothing, and carries out no improvements") }
        try printListing(
            ["waiting", "count", "overdue", "due", "command"],
            inbox.items.map {
                [
                    .text(Self.name(of: $0.kind)), .integer(Int64($0.count)), .integer(Int64($0.overdue)), $0.due.map { .time($0) } ?? .null, .text(Self.command(for: $0.kind)),
                ]
            }, output.format)
    }

    private static func name(of kind: InboxItem.Kind) -> String {
        switch kind {
        case .approvals: "requests that need a second person"
        case .tokens: "tokens that others have issued"
        case .links: "customers who may be one person"
        case .cases: "customers' requests"
        case .proposals: "improvements that were proposed"
        case .results: "improvements that were carried out"
        case .work: "improvements that you carry out"
        }
    }

    private static func command(for kind: InboxItem.Kind) -> String {
        switch kind {
        case .approvals: "vocvault approvals list"
        case .tokens: "vocvault token list"
        case .links: "vocvault subject links list"
        case .cases: "vocvault case list"
        case .proposals, .results, .work: "vocvault task list"
        }
    }
}
