import ArgumentParser
import AuditLog
import Foundation
import RedactedAPI
import StandardStreams
import VaultAPI
import VoCVault
import Wire

extension AuditEntry.Outcome: ExpressibleByArgument {}
extension AuditExport: ExpressibleByArgument {}

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The tamper-evident log of every access and denial.",
        subcommands: [List.self, Show.self, Question.self, Reason.self, Summary.self, Export.self, Verify.self, Prove.self, Anchor.self, Witness.self, ForkCommand.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists entries, newest first.",
            discussion: """
                In a table, entries that only record that somebody looked at pages of the console are one line where they
                stand in a row. A reason that is about a customer is sealed in the log (sealed_reason), and opened here; it is
                [erased] once the customer is. 'audit show' and 'audit export' give entries as they are hashed.

                Examples:
                  vocvault audit list --action reveal --field phone --since 2026-03-01 --until 2026-04-01
                  vocvault audit list --principal lin --outcome denied --format ndjson
                  vocvault audit list --subject s_7ZQ2M8C4D6F1G3H5J9K0N2P4RS --field phone   (whatever the purpose)
                """)

        @OptionGroup var search: SearchOptions
        @Option(help: "How many entries to list, newest first.") var limit = 100
        @OptionGroup var output: FormatOption

        func run() async throws {
            var operation = search.operation(limit: limit)
            operation.fold = output.format == .table
            let found = try await VaultEnvironment.vault().perform(operation).reply.entries
            let entries = found.map(Self.shown)
            if output.format == .json || output.format == .ndjson {
                let lines = entries.map { String(decoding: $0.canonicalBytes, as: UTF8.self) }
                try StandardOutput.write(((output.format == .json ? "[\n" + lines.joined(separator: ",\n") + "\n]" : lines.joined(separator: "\n")) + "\n").utf8)
                return
            }
            try printListing(
                ["seq", "time", "principal", "role", "purpose", "action", "outcome", "target", "fields", "rows", "reason", "rule"],
                output.format == .table ? found.folded.map(Self.row) : entries.map(Self.row), output.format)
        }

        /// The entry with its reason, which the log may have sealed.
        private static func shown(_ entry: LoggedEntry) -> AuditEntry {
            var shown = AuditEntry(entry)
            shown.reason = entry.reason
            return shown
        }

        private static func row(_ line: FoldedEntry) -> [Value] {
            switch line {
            case .entry(let entry): return row(shown(entry))
            case .views(let views):
                var row = row(AuditEntry(views[0]))
                row[5] = .text("looked at \(views.count) pages")
                row[11] = .text("entries \(views[views.count - 1].seq) to \(views[0].seq)")
                return row
            }
        }

        private static func row(_ entry: AuditEntry) -> [Value] {
            [
                .integer(entry.seq), .text(entry.moment), .text(entry.principal), .text(entry.role),
                .text(entry.purpose), .text(entry.action), .text(entry.outcome.rawValue),
                entry.target.map { .text($0) } ?? .null, .text(entry.fields.joined(separator: " ")),
                .integer(entry.rows), entry.reason.map { .text($0) } ?? .null, .text(entry.rule),
            ]
        }
    }

    struct SearchOptions: ParsableArguments {
        @Option(help: "Principal who acted.") var principal: String?
        @Option(help: "Role.") var role: String?
        @Option(help: "Action, such as query, reveal, subject.erase.") var action: String?
        @Option(help: "Purpose.") var purpose: String?
        @Option(help: "Outcome: allowed, denied or failed.") var outcome: AuditEntry.Outcome?
        @Option(help: "Pseudonym exactly as in the entry, or id of a token.") var target: String?
        @Option(help: "Pseudonym of a customer under any purpose; finds entries of all purposes.") var subject: String?
        @Option(help: "Pseudonym of a record under any purpose.") var record: String?
        @Option(help: "Field.") var field: String?
        @Option(help: "Part of the reason.") var reason: String?
        @Option(help: "Start of the period.") var since: Timestamp?
        @Option(help: "End of the period (exclusive).") var until: Timestamp?

        func operation(limit: Int) -> ListAuditEntries {
            ListAuditEntries(
                principal: principal, role: role, action: action, purpose: purpose, outcome: outcome.map { LoggedEntry.Outcome(rawValue: $0.rawValue)! },
                target: target, subject: subject, record: record, field: field, reason: reason, since: since, until: until,
                limit: min(max(limit, 1), 10_000))
        }

        func filter(limit: Int) -> AuditFilter {
            AuditFilter(
                principal: principal, role: role, action: action, purpose: purpose, outcome: outcome, target: target,
                subject: subject, record: record, field: field, reason: reason, since: since, until: until, limit: limit)
        }
    }

    struct Question: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints what a query asked for, as JSON.",
            discussion: """
                Values of personal fields, and words that were searched for, are shown as tags. Retention destroys the key of a
                month's questions ('questions' in retention.yaml); the entries stay.

                Example: vocvault audit question 17
                """)

        @Argument(help: "Number of the query's entry, as 'audit list' shows it.")
        var number: Int64

        func run() async throws { try print(try await VaultEnvironment.vault().perform(ReadQuestion(number: number)).reply.question) }
    }

    struct Reason: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the reason that an entry gives.",
            discussion: """
                A reason that is about a customer is sealed in the log until the customer is erased.

                Example: vocvault audit reason 17
                """)

        @Argument(help: "Number of the entry, as 'audit list' shows it.")
        var number: Int64

        func run() async throws { try print(try await VaultEnvironment.vault().perform(ReadReason(number: number)).reply.reason) }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints one entry exactly as hashed.", discussion: "Example: vocvault audit show 17")

        @Argument(help: "Number of the entry.")
        var number: Int64

        func run() async throws { try await StandardOutput.write((VaultEnvironment.vault().perform(GetAuditEntry(number: number)).reply + "\n").utf8) }
    }
}
