import ArgumentParser
import Foundation
import RedactedAPI
import VaultAPI
import VoCVault

/// What a batch has not done.
private struct Refused {
    var line: Int
    var reason: String
}

extension SubjectCommand {
    struct Batch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds, exports or erases the customers of a file, one a line, with a summary first.", subcommands: [Find.self, Export.self, Erase.self])

        struct List: ParsableArguments {
            @Argument(help: "A file with one customer a line, or - for standard input.")
            var file: String

            /// The lines that have something, each once, with their numbers.
            func lines() throws -> [(number: Int, text: String)] {
                let data = try openInput(file).readToEnd() ?? Data()
                guard let text = String(validating: data, as: UTF8.self) else { throw VaultError.invalid("\(file) is not UTF-8") }
                var seen: Set<String> = []
                return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
                    let line = line.trimmingCharacters(in: .whitespacesAndNewlines)
                    return line.isEmpty || !seen.insert(line).inserted ? nil : (index + 1, line)
                }
            }
        }

        struct Find: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Finds the customers with the values of a file; the answer names lines, not values.",
                discussion: "Example: vocvault subject batch find phones.txt --field phone --purpose subject-request --format csv")

            @OptionGroup var list: List
            @Option(help: "An indexed field, such as customer_id, phone, email.") var field: String
            @Option(help: "Purpose of the access; optional if your role has only one for it.") var purpose: String?
            @OptionGroup var output: FormatOption

            func run() async throws {
                let vault = try VaultEnvironment.vault()
                var rows: [[Value]] = []
                for (number, value) in try list.lines() {
                    let found = try await vault.perform(LookUp(field: field, value: value, purpose: purpose)).reply.subjects
                    rows += found.isEmpty ? [[.integer(Int64(number)), .null]] : found.map { [.integer(Int64(number)), .text($0)] }
                }
                try printListing(["line", "subject"], rows, output.format)
            }
        }

        struct Export: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Exports everything held about each customer of a file, a ZIP for each.",
                discussion: "Example: vocvault subject batch export subjects.txt --out copies --purpose subject-request")

            @OptionGroup var list: List
            @Option(help: "Purpose of the access, from purposes.yaml.") var purpose: String
            @Option(help: "Reason, for the audit log; no personal data.") var reason: String?
            @Option(help: "Language of the pages: zh or en; by default both, side by side.") var language: CopyLanguage?
            @Option(help: "Folder for the copies, named after the pseudonyms; nothing in it is overwritten.") var out: String
            @OptionGroup var caution: Caution

            func run() async throws {
                let lines = try list.lines()
                let present = lines.filter { FileManager.default.fileExists(atPath: path(of: $0.text)) }
                var summary = ["would export \(lines.count - present.count) customers to \(out)"]
                if !present.isEmpty { summary.append("\(present.count) are there already") }
                guard !caution.dryRun else { return try summary.forEach { try print($0) } }
                for line in summary { printError(line) }
                try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                let vault = try VaultEnvironment.vault()
                var (done, refused) = (0, [Refused]())
                for (number, subject) in lines where !FileManager.default.fileExists(atPath: path(of: subject)) {
                    do {
                        guard subject.utf8.allSatisfy({ $0 &- 48 < 10 || $0 | 0x20 &- 97 < 26 || $0 == 0x5F }) else { throw VaultError.invalid("not a pseudonym") }
                        let copy = try await vault.perform(ExportSubject(subject: subject, purpose: purpose, reason: reason, language: language, sharersStay: caution.yes)).reply
                        try writePrivately(Data(copy.content), to: path(of: subject), replacing: false)
                        done += 1
                    } catch let error as VaultError {
                        refused.append(Refused(line: number, reason: "\(error)"))
                    }
                }
                try print("exported \(done) customers")
                try tell(refused)
            }

            private func path(of subject: String) -> String { "\(out)/\(subject).zip" }
        }

        struct Erase: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Erases each customer of a file.",
                discussion: """
                    First it says how many customers and records would go, and which lines would be refused. On a terminal it asks for confirmation.

                    Examples:
                      vocvault subject batch erase subjects.txt --purpose subject-request --reason 'requests of March' --dry-run
                      vocvault subject batch erase subjects.txt --purpose subject-request --reason 'requests of March'
                    """)

            @OptionGroup var list: List
            @Option(help: "Purpose of the access, from purposes.yaml.") var purpose: String
            @Option(help: "Reason, for the audit log; no personal data.") var reason: String
            @OptionGroup var caution: Caution

            func run() async throws {
                let (lines, vault) = (try list.lines(), try VaultEnvironment.vault())
                var (wanted, records, refused, shared) = ([(number: Int, text: String)](), 0, [Refused](), [Refused]())
                for line in lines {
                    do {
                        let plan = try await vault.perform(EraseSubject(subject: line.text, purpose: purpose, reason: reason, dryRun: true, sharersStay: caution.yes)).reply
                        records += plan.records
                        if let others = plan.others { shared.append(Refused(line: line.number, reason: others)) }
                        wanted.append(line)
                    } catch let error as VaultError {
                        refused.append(Refused(line: line.number, reason: "\(error)"))
                    }
                }
                var summary = ["would erase \(wanted.count) customers with \(records) records"]
                summary += shared.map { "line \($0.line): \($0.reason)" }
                summary += refused.map { "line \($0.line): \($0.reason)" }
                // Whatever runs it sees what it does.
                if !caution.looksFirst { for line in summary { printError(line) } }
                guard try caution.goesOn(summary, typing: String(wanted.count)) else { return }
                var (done, gone) = (0, 0)
                for line in wanted {
                    do {
                        let sharersStay = caution.yes || caution.looksFirst
                        gone += try await vault.perform(EraseSubject(subject: line.text, purpose: purpose, reason: reason, sharersStay: sharersStay)).reply.records
                        done += 1
                    } catch let error as VaultError {
                        refused.append(Refused(line: line.number, reason: "\(error)"))
                    }
                }
                try print("erased \(done) customers with \(gone) records")
                try tell(refused)
            }
        }
    }
}

/// Names the lines of a batch that were refused.
private func tell(_ refused: [Refused]) throws {
    for line in refused { printError("line \(line.line): \(line.reason)") }
    if !refused.isEmpty { throw SomeRejected() }
}

extension ChangedRecords {
    /// Who else has a handle of the customer, and who may mention the customer; nil: nobody.
    fileprivate var others: String? {
        var parts = (sharers ?? []).map { "\($0.count) others have the same \($0.field)" }
        if let undecided = undecidedMentions, undecided > 0 { parts.append("\(undecided) records of others may mention the customer") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
