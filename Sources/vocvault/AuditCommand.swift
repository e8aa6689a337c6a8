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

/// The log differs from what was signed or from an older checkpoint: exit code 4.
struct DamagedLog: Error, CustomStringConvertible {
    let problem: String
    var description: String { problem }
}

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

    struct Summary: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Counts entries by principal and action; shows denials and first-time reveals.",
            discussion: """
                Without a period it covers the whole log. Everything outside Monday to Friday, 08:00 to 19:00 in the
                policy's time zone, counts as out of hours.

                Examples:
                  vocvault audit summary --since 2026-03-01 --until 2026-04-01
                  vocvault audit summary --since 2026-03-04T19:00:00+08:00 --principal zhao
                """)

        @Option(help: "Start of the period.") var since: Timestamp?
        @Option(help: "End of the period (exclusive).") var until: Timestamp?
        @Option(help: "Only this principal.") var principal: String?
        @OptionGroup var output: FormatOption

        func run() throws {
            let summary = try VaultEnvironment.session().auditSummary(since: since, until: until)
            func wanted(_ name: String) -> Bool { principal.map { $0 == name } ?? true }
            // One table that every reader can use: kind, who, what, how often.
            var rows: [[Value]] = summary.activities.filter { wanted($0.principal) }.map {
                [
                    .text("activity"), .text($0.principal), .text($0.action), .integer(Int64($0.allowed)),
                    .integer(Int64($0.denied)), .integer(Int64($0.failed)), .integer($0.rows), .integer(Int64($0.outOfHours)),
                    .text("role \($0.role)"),
                ]
            }
            rows += summary.fieldUses.filter { wanted($0.principal) }.map {
                [
                    .text("field"), .text($0.principal), .text("reveal \($0.field)"), .integer(Int64($0.times)), .null, .null,
                    .null, .null, $0.isNew ? .text("for the first time") : .null,
                ]
            }
            rows += summary.denials.filter { wanted($0.principal) }.map {
                [
                    .text("denial"), .text($0.principal), .text($0.action), .null, .integer(Int64($0.times)), .null, .null,
                    .null, .text($0.rule),
                ]
            }
            rows += summary.alerts.filter { wanted($0.principal) }.map {
                [
                    .text("alert"), .text($0.principal), .text($0.rule), .integer(Int64($0.times)), .null, .null, .null, .null, .null,
                ]
            }
            if summary.overdueCases > 0 {
                let count = Value.integer(Int64(summary.overdueCases))
                rows.append([.text("case"), .null, .text("overdue"), .null, .null, .null, count, .null, .text("see 'vocvault case list'")])
            }
            try printListing(
                ["kind", "principal", "what", "allowed", "denied", "failed", "rows", "out_of_hours", "note"], rows, output.format)
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Exports the log for other systems, oldest entry first.",
            discussion: """
                jsonl: the entries exactly as hashed. ocsf: OCSF 1.3, API Activity. cef: ArcSight CEF.

                Example: vocvault audit export --to ocsf --since 2026-03-01 > march.ocsf.jsonl
                """)

        private static let blockSize = 64 << 10

        @Option(help: "Format: jsonl, ocsf or cef.") var to: AuditExport
        @OptionGroup var search: SearchOptions

        func run() throws {
            var block: [UInt8] = []
            try VaultEnvironment.session().exportAudit(search.filter(limit: .max)) { entry in
                block += Array(to.line(entry).utf8) + [0x0A]
                guard block.count >= Self.blockSize else { return }
                try StandardOutput.write(block)
                block.removeAll(keepingCapacity: true)
            }
            try StandardOutput.write(block)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints one entry exactly as hashed.", discussion: "Example: vocvault audit show 17")

        @Argument(help: "Number of the entry.")
        var number: Int64

        func run() async throws { try await StandardOutput.write((VaultEnvironment.vault().perform(GetAuditEntry(number: number)).reply + "\n").utf8) }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recomputes the whole log and checks it against its signed checkpoint; exit code 4 if it was tampered with.",
            discussion: """
                Prints the checkpoint. Keep it outside the vault. With --checkpoint it shows later whether the log was
                rolled back or rewritten in between.

                It holds every table against the log, too, and every key and record's MAC against what the vault wrote. --deep
                also opens each sealed record and recomputes the tags under which its customer is found; --sample 5 does so
                for about 5 percent of the customers, others each time.

                Examples:
                  vocvault audit verify > checkpoint-2026-03.txt
                  vocvault audit verify --deep > checkpoint-2026-03.txt
                  vocvault audit verify --checkpoint checkpoint-2026-03.txt
                """)

        @Option(help: "File with an older checkpoint that you kept elsewhere.")
        var checkpoint: String?

        @Flag(help: "Also open every sealed record.")
        var deep = false

        @Option(help: "Open the sealed records of about so many percent of the customers.")
        var sample: Int?

        func validate() throws {
            if deep, sample != nil { throw ValidationError("--deep opens all records; leave out --sample") }
            if let sample, !(1...100).contains(sample) { throw ValidationError("--sample must be 1 to 100") }
        }

        func run() async throws {
            let vault = try VaultEnvironment.vault(readingOnly: true)
            let result = try await vault.perform(VerifyAudit(checkpoint: checkpoint.map(readText), deep: deep ? 100 : sample)).reply
            guard result.valid else { throw DamagedLog(problem: result.problem ?? "the log is damaged") }
            printNotices(vault.notices)
            printError("verified \(result.entries ?? 0) entries; the log's key is \(result.verifierKey ?? "")")
            if let records = result.records { printError("opened \(records) records: everything in them opens, and the index has the tags of their values") }
            try StandardOutput.write((result.checkpoint ?? "").utf8)
        }
    }

    struct Prove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proves that an entry is in the log, or that the log continues an older checkpoint.",
            discussion: """
                The proof is text in C2SP form (tlog-proof; tlog-witness for --consistency). Nobody needs this vault to
                check it: docs/verify_proof.py does so with only Python and openssl.

                Examples:
                  vocvault audit prove 17 > entry-17.proof
                  vocvault audit prove --consistency checkpoint-2026-03.txt > since-march.proof
                """)

        @Argument(help: "Number of the entry.")
        var number: Int64?
        @Option(help: "File with an older checkpoint of this vault, or 'none' for an empty log.")
        var consistency: String?

        func validate() throws {
            guard (number == nil) != (consistency == nil) else {
                throw ValidationError("Name either an entry or --consistency.")
            }
        }

        func run() async throws {
            let vault = try VaultEnvironment.vault()
            if let number {
                try await StandardOutput.write(vault.perform(ProveAuditEntry(number: number)).reply.utf8)
            } else if let consistency {
                let size = consistency == "none" ? 0 : try await size(of: readText(consistency), vault)
                try await StandardOutput.write(vault.perform(ProveConsistency(from: size)).reply.utf8)
            }
        }

        /// The size of a checkpoint, which is first verified against the log as it is now.
        private func size(of checkpoint: String, _ vault: any VaultConnection) async throws -> Int64 {
            let found = try await vault.perform(VerifyAudit(checkpoint: checkpoint)).reply
            guard found.valid else { throw DamagedLog(problem: found.problem ?? "the log is damaged") }
            guard let size = checkpoint.split(separator: "\n").dropFirst().first.flatMap({ Int64($0) }) else { throw VaultError.invalid("this is not a checkpoint") }
            return size
        }
    }

    struct Anchor: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the newest checkpoint to places outside the vault.",
            discussion: """
                Anyone who holds an anchored checkpoint can show later that the log, or the whole database, was rolled
                back. The command also prints the checkpoint.

                Examples:
                  vocvault audit anchor --file /mnt/worm/checkpoints
                  vocvault audit anchor --exec 'git -C /srv/anchors commit --allow-empty -F -' --post https://log.example/anchor
                """)

        @Option(help: "A file to overwrite, or a folder that gets one file per log size.")
        var file: [String] = []
        @Option(help: "Shell command that reads the checkpoint on standard input.")
        var exec: [String] = []
        @Option(help: "URL to send the checkpoint to (HTTP POST, text/plain).")
        var post: [String] = []

        func run() async throws {
            let note = try await VaultEnvironment.vault().perform(AnchorAudit()).reply
            for path in file { try write(note, to: path) }
            for command in exec { try run(command, note) }
            for address in post { try await CheckpointPost.send(note, to: address) }
            try StandardOutput.write(note.utf8)
        }

        private func write(_ note: String, to path: String) throws {
            var isFolder: ObjCBool = false
            var target = path
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                target += "/checkpoint-\(note.split(separator: "\n")[1]).txt"
            }
            do {
                try DurableFile.replace(target, with: Array(note.utf8), mode: 0o644)
            } catch {
                throw VaultError.notAnchored("\(error)")
            }
        }

        private func run(_ command: String, _ note: String) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", command]
            // The command must not see the token.
            process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "VOCVAULT_TOKEN" }
            process.standardOutput = FileHandle.standardError
            let input = Pipe()
            process.standardInput = input
            try process.run()
            // A command that does not read its input may still succeed: its exit code decides.
            try? StandardStreams.write(Array(note.utf8), to: input.fileHandleForWriting.fileDescriptor)
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw VaultError.notAnchored("a command for anchoring ended with exit code \(process.terminationStatus)")
            }
        }
    }

    struct Witness: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks another vault's log, keeps its checkpoint in this vault's log, and signs it.",
            discussion: """
                Refuses, with exit code 4, a log that does not continue the one it witnessed last. Prints the
                checkpoint with this vault's signature (C2SP tlog-cosignature).

                Example, between vaults A and B:
                  A$ vocvault audit prove --consistency none > request
                  B$ vocvault audit witness --key "$KEY_OF_A" request > checkpoint-witnessed.txt
                """)

        @Option(help: "Verifier key of the other log, as printed by its 'init' and 'audit verify'.")
        var key: String
        @Argument(help: "File with the output of the other vault's 'audit prove --consistency'; - for standard input.")
        var request: String

        func run() throws {
            let text = request == "-"
                ? String(decoding: try openInput(request).readToEnd() ?? Data(), as: UTF8.self) : try readText(request)
            try StandardOutput.write(VaultEnvironment.session().witness(text, key: key).utf8)
        }
    }
}
