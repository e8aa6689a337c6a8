import ArgumentParser
import Foundation
import Pages
import RedactedAPI
import VaultAPI
import VoCVault
import Wire

extension CaseTaskOutcome: ExpressibleByArgument {}

extension CaseCommand {
    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Notes what another system, or whoever checks the identity, has to do for a case.",
            discussion: """
                A case is answered once all have answered.

                Examples:
                  vocvault case ask 3 --system identity --note 'call back on the number we have' --purpose subject-request
                  vocvault case ask 3 --system crm --note 'erase C-1009' --purpose subject-request
                """)

        @Argument(help: "Number of the case.") var id: Int64
        @Option(help: "Who has to do it, such as crm; identity: whoever checks that the customer is who they say.") var system: String
        @Option(help: "What is to be done; no personal data.") var note: String
        @Option(help: "Purpose of the access, from purposes.yaml.") var purpose: String

        func run() async throws {
            let done = try await VaultEnvironment.vault().perform(AskCaseTask(number: id, purpose: purpose, system: system, note: note))
            try print("task \(done.reply.task); audit entry \(done.entry)")
        }
    }

    struct Answer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Notes the answer to a task of a case.",
            discussion: "Example: vocvault case answer 3 --task 7 --as done --note 'erased on 5 March' --purpose subject-request")

        @Argument(help: "Number of the case.") var id: Int64
        @Option(help: "Number of the task, as 'case list' shows it.") var task: Int64
        @Option(name: .customLong("as"), help: "Outcome: done or refused.") var outcome: CaseTaskOutcome
        @Option(help: "The answer; no personal data.") var note: String
        @Option(help: "Purpose of the access, from purposes.yaml.") var purpose: String

        func run() async throws {
            let done = try await VaultEnvironment.vault().perform(AnswerCaseTask(number: id, task: task, purpose: purpose, outcome: outcome, note: note))
            try print("noted; audit entry \(done.entry)")
        }
    }

    struct Evidence: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a ZIP that shows how a case was handled: the case with its tasks, and every entry of the log about it, each with its proof.",
            discussion: """
                Needs audit.read besides case.manage. docs/verify_proof.py checks the proofs, with only Python and openssl.

                Example: vocvault case evidence 3 --purpose subject-request --out case-3.zip
                """)

        @Argument(help: "Number of the case.") var id: Int64
        @Option(help: "Purpose of the access, from purposes.yaml.") var purpose: String
        @Option(help: "The file; never overwritten.") var out: String

        func run() async throws {
            if FileManager.default.fileExists(atPath: out) { throw VaultError.invalid("\(out) exists already") }
            let vault = try VaultEnvironment.vault()
            guard let found = try await vault.perform(ListCases(purpose: purpose, closed: true)).reply.cases.first(where: { $0.id == id }) else {
                throw VaultError.notFound("case \(id)")
            }
            let entries = try await vault.perform(
                ListAuditEntries(subject: found.subject, since: found.opened, until: found.closed.map { Timestamp(milliseconds: $0.milliseconds + 60_000) }, limit: 10_000)
            ).reply.entries
            var archive = ZipArchive(date: Date())
            archive.add("case.json", Data(try JSON(encoding: found).bytes + [0x0A]))
            for entry in entries.sorted(by: { $0.seq < $1.seq }) {
                let proof = try await vault.perform(ProveAuditEntry(number: entry.seq)).reply
                archive.add("entries/\(entry.seq).txt", Data(proof.utf8))
            }
            try writePrivately(archive.data, to: out, replacing: false)
            try print("case \(id) with \(found.tasks.count) tasks and \(entries.count) entries")
        }
    }
}
