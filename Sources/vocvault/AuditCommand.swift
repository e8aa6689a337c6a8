import ArgumentParser
import AuditLog
import Foundation
import RedactedAPI
import VoCVault

extension AuditEntry.Outcome: ExpressibleByArgument {}

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The tamper-evident log of every access and denial.",
        subcommands: [List.self, Show.self, Verify.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists entries, newest first.",
            discussion: """
                Examples:
                  vocvault audit list --action reveal --field phone --since 2026-03-01 --until 2026-04-01
                  vocvault audit list --principal lin --outcome denied --format ndjson
                """)

        @Option(help: "Who.") var principal: String?
        @Option(help: "What, such as query, reveal, subject.erase.") var action: String?
        @Option(help: "For which purpose.") var purpose: String?
        @Option(help: "allowed, denied or failed.") var outcome: AuditEntry.Outcome?
        @Option(help: "Pseudonym of a record or customer, or a token's id.") var target: String?
        @Option(help: "Which field.") var field: String?
        @Option(help: "From this time on.") var since: Timestamp?
        @Option(help: "Before this time.") var until: Timestamp?
        @Option(help: "The newest so many.") var limit = 100
        @OptionGroup var output: FormatOption

        func run() throws {
            let entries = try VaultEnvironment.session().auditEntries(
                AuditFilter(
                    principal: principal, action: action, purpose: purpose, outcome: outcome, target: target,
                    field: field, since: since, until: until, limit: limit))
            if output.format == .json || output.format == .ndjson {
                let lines = entries.map { String(decoding: $0.canonicalBytes, as: UTF8.self) }
                print(output.format == .json ? "[\n" + lines.joined(separator: ",\n") + "\n]" : lines.joined(separator: "\n"))
                return
            }
            printListing(
                ["seq", "time", "principal", "role", "purpose", "action", "outcome", "target", "fields", "rows", "reason", "rule"],
                entries.map { entry in
                    [
                        .integer(entry.seq), .text(entry.time), .text(entry.principal), .text(entry.role),
                        .text(entry.purpose), .text(entry.action), .text(entry.outcome.rawValue),
                        entry.target.map { .text($0) } ?? .null, .text(entry.fields.joined(separator: " ")),
                        .integer(entry.rows), entry.reason.map { .text($0) } ?? .null, .text(entry.rule),
                    ]
                }, output.format)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints one entry as it is hashed.", discussion: "Example: vocvault audit show 17")

        @Argument(help: "The entry's number.")
        var number: Int64

        func run() throws { print(try VaultEnvironment.session().auditEntry(number)) }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recomputes the whole log against its signed checkpoint; exit code 4 when it was tampered with.",
            discussion: """
                Prints the checkpoint. Keep it outside the vault: given back later, it shows whether the log was
                rolled back or rewritten in between.

                Examples:
                  vocvault audit verify > checkpoint-2026-03.txt
                  vocvault audit verify --checkpoint checkpoint-2026-03.txt
                """)

        @Option(help: "An older checkpoint that was kept elsewhere.")
        var checkpoint: String?

        func run() throws {
            let older = try checkpoint.map { path in
                guard let data = FileManager.default.contents(atPath: path) else {
                    throw VaultError.invalid("\(path) does not exist or cannot be read")
                }
                return String(decoding: data, as: UTF8.self)
            }
            let result = try VaultEnvironment.session().verifyAudit(against: older)
            printError("verified \(result.entries) entries; the log's key is \(result.verifierKey)")
            print(result.checkpoint, terminator: "")
        }
    }
}
