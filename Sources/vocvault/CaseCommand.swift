import ArgumentParser
import RedactedAPI
import VaultAPI
import VoCVault

extension CaseKind: ExpressibleByArgument {}
extension CaseOutcome: ExpressibleByArgument {}

struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Customers' requests and their deadlines.",
        discussion: "Deadlines are set in schema.yaml: cases: {days: 30} or {working_days: 15}.",
        subcommands: [Open.self, List.self, Ask.self, Answer.self, Evidence.self, Close.self])

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Opens a case.",
            discussion: "Example: vocvault case open --kind erasure s_0F… --purpose subject-request --note 'letter of 4 March'")

        @Option(help: "Kind: access, correction, erasure, restriction, objection or portability.") var kind: CaseKind
        @Argument(help: "The customer's pseudonym under the purpose.") var pseudonym: String
        @Option(help: "Purpose of the access, from purposes.yaml.") var purpose: String
        @Option(help: "What the customer asked for; no personal data.") var note: String?

        func run() async throws {
            let opened = try await VaultEnvironment.vault().perform(OpenCase(kind: kind, subject: pseudonym, purpose: purpose, note: note)).reply
            try print("case \(opened.number), due \(opened.due)")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists cases, most urgent first, and whom each waits for.", discussion: "Example: vocvault case list --purpose subject-request")

        @Option(help: "Purpose of the access, from purposes.yaml.") var purpose: String
        @Flag(help: "Include closed cases.") var closed = false
        @OptionGroup var output: FormatOption

        func run() async throws {
            let cases = try await VaultEnvironment.vault().perform(ListCases(purpose: purpose, closed: closed)).reply.cases
            try printListing(
                ["id", "kind", "subject", "status", "opened", "due", "overdue", "closed", "note", "waits_for"],
                cases.map {
                    [
                        .integer($0.id), .text($0.kind), .text($0.subject), .text($0.status), .time($0.opened), .time($0.due),
                        .boolean($0.isOverdue), $0.closed.map { .time($0) } ?? .null, .text($0.note),
                        .text($0.tasks.filter { $0.state == "open" }.map { "\($0.id) \($0.system)" }.joined(separator: ", ")),
                    ]
                }, output.format)
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes a case.",
            discussion: "Example: vocvault case close 3 --as answered --purpose subject-request --note 'copy sent'")

        @Argument(help: "Number of the case.") var id: Int64
        @Option(name: .customLong("as"), help: "Outcome: answered or refused.") var outcome: CaseOutcome
        @Option(help: "Purpose of the access, from purposes.yaml.") var purpose: String
        @Option(help: "How it was answered, or why it was refused.") var note: String

        func run() async throws {
            let done = try await VaultEnvironment.vault().perform(CloseCase(number: id, outcome: outcome, purpose: purpose, note: note))
            try print("closed; audit entry \(done.entry)")
        }
    }
}
