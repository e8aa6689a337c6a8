import ArgumentParser
import RedactedAPI
import VaultAPI
import VoCVault

extension SubjectCommand {
    struct Mentions: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records of others that mention a customer: finds those that may, and decides.", subcommands: [List.self, Decide.self])

        struct List: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Lists records of others whose texts have a name or a handle of the customer.",
                discussion: """
                    Many people have one name. Read what a record says with 'vocvault reveal', then decide. The search goes through all records; those
                    that an older version redacted take longer, until 'vocvault reredact' has been run.

                    Example: vocvault subject mentions list s_0F… --purpose subject-request
                    """)

            @Argument(help: "Pseudonym of the customer under the purpose.")
            var pseudonym: String

            @Option(help: "Purpose of the access, from purposes.yaml.")
            var purpose: String

            @Flag(help: "Also those about which somebody has decided.")
            var all = false

            @OptionGroup var output: FormatOption

            func run() async throws {
                let mentions = try await VaultEnvironment.vault().perform(ListMentions(subject: pseudonym, purpose: purpose, all: all)).reply.mentions
                try printListing(
                    ["record", "channel", "occurred", "fields", "decision"],
                    mentions.map { mention in
                        [
                            .text(mention.record), .text(mention.channel), .time(mention.occurred), .text(mention.fields.joined(separator: ",")),
                            mention.decision.map { .text($0.rawValue) } ?? .null,
                        ]
                    }, output.format)
            }
        }

        struct Decide: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Decides whether a record of others means the customer.",
                discussion: """
                    What is decided to be theirs is in the customer's copy, redacted, and is taken out of the text when the customer is erased. Until
                    then nothing is changed, and you can decide otherwise.

                    Example: vocvault subject mentions decide s_0F… r_3K… theirs --purpose subject-request --reason 'same address, case 12'
                    """)

            @Argument(help: "Pseudonym of the customer under the purpose.")
            var pseudonym: String

            @Argument(help: "Pseudonym of the record under the purpose.")
            var record: String

            @Argument(help: "theirs, or another: somebody else of the same name.")
            var decision: MentionDecision

            @Option(help: "Purpose of the access, from purposes.yaml.")
            var purpose: String

            @Option(help: "Reason, for the audit log; no personal data.")
            var reason: String

            func run() async throws {
                let done = try await VaultEnvironment.vault().perform(
                    DecideMention(subject: pseudonym, record: record, decision: decision, purpose: purpose, reason: reason))
                try print("decided: \(decision.rawValue); audit entry \(done.entry)")
            }
        }
    }
}

extension MentionDecision: ExpressibleByArgument {}
