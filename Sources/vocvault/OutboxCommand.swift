import ArgumentParser
import Foundation
import Policy
import RedactedAPI
import VaultServer
import VoCVault

struct OutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Tells other systems what happens in the vault: signed webhooks, without personal data.", subcommands: [Run.self, Status.self])

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends what the endpoints of outbox.yaml are to be told now.",
            discussion: """
                A server ('vocvault serve') does so by itself; without one, run this from cron, every minute or so. What an endpoint does \
                not take is sent again later. Exit code 1: some endpoint took nothing, or not everything.

                Example: vocvault outbox run
                """)

        func run() async throws {
            let vault = try VaultEnvironment.session().vaultOfOutbox()
            let sender = WebhookSender()
            try vault.forgetFormerEndpoints()
            let reports = try await withThrowingTaskGroup { group in
                for endpoint in vault.policies.outbox { group.addTask { (endpoint.name, try await sender.deliver(vault, to: endpoint)) } }
                return try await group.reduce(into: [String: WebhookSender.Report]()) { $0[$1.0] = $1.1 }
            }
            await sender.end()
            for (name, report) in reports.sorted(by: { $0.key < $1.key }) {
                try print("\(name): \(report.delivered) delivered\(report.failed > 0 ? ", \(report.failed) not taken" : "")\(report.failure.map { ": \($0)" } ?? "")")
            }
            if reports.values.contains(where: { $0.failed > 0 || $0.failure != nil }) { throw ExitCode(1) }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows what waits for each endpoint.", discussion: "Example: vocvault outbox status")

        @OptionGroup var output: FormatOption

        func run() throws {
            let vault = try VaultEnvironment.session().vaultOfOutbox()
            let measures = Dictionary(uniqueKeysWithValues: try vault.outboxMeasures().map { ($0.endpoint, $0) })
            try printListing(
                ["endpoint", "waiting", "oldest", "not_taken", "failure"],
                vault.policies.outbox.map { endpoint in
                    let found = measures[endpoint.name]
                    return [
                        .text(endpoint.name), .integer(Int64(found?.waiting ?? 0)), found.map { .text(Timestamp(milliseconds: $0.oldest).description) } ?? .null,
                        .integer(Int64(found?.failing ?? 0)), found?.failure.map { .text($0) } ?? .null,
                    ]
                }, output.format)
        }
    }
}
