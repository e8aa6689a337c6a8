import ArgumentParser
import RedactedAPI
import VaultAPI
import VoCVault

struct PolicyHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Lists the policies that were in force, the newest first, and what each changed.",
        discussion: """
            Entries of the audit log name the policy in force by the first 16 digits of its digest.

            Examples:
              vocvault policy history
              vocvault policy history --format ndjson
            """)

    @OptionGroup var output: FormatOption

    func run() async throws {
        let versions = try await VaultEnvironment.vault().perform(ListPolicyVersions()).reply.versions
        try printListing(
            ["number", "since", "policy", "in_force", "changes"],
            versions.map { version in
                [
                    .integer(version.number), .time(version.since), .text(String(version.digest.prefix(16))), .boolean(version.isInForce),
                    .text(version.number == 1 ? "the first one noted" : version.changes.joined(separator: "; ")),
                ]
            }, output.format)
    }
}
