import ArgumentParser
import RedactedAPI
import VaultAPI
import VoCVault

extension SubjectCommand {
    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks that two customers become one person.",
            discussion: """
                Nothing changes until a second person accepts it with 'subject links decide'. Each customer keeps its pseudonym, key and
                records, so that 'subject split' restores exactly what was before.

                Example: vocvault subject merge s_0F… s_7Q… --purpose subject-request --reason 'same passport, case 12'
                """)

        @Argument(help: "Pseudonym of a customer under the purpose.")
        var pseudonym: String

        @Argument(help: "Pseudonym of the other customer.")
        var other: String

        @OptionGroup var why: Why

        func run() async throws { try await why.ask(.join, pseudonym, other: other) }
    }

    struct Split: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks that a customer is taken out of the person that it belongs to.",
            discussion: "Example: vocvault subject split s_7Q… --purpose subject-request --reason 'father and son, case 13'")

        @Argument(help: "Pseudonym under which the customer came, as lookup shows it.")
        var pseudonym: String

        @OptionGroup var why: Why

        func run() async throws { try await why.ask(.split, pseudonym) }
    }

    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks that a record becomes another customer's.",
            discussion: "Example: vocvault subject move r_3K… --to s_7Q… --purpose subject-request --reason 'typed under the wrong id'")

        @Argument(help: "Pseudonym of the record under the purpose.")
        var record: String

        @Option(help: "Pseudonym of the customer who is to have it.")
        var to: String

        @OptionGroup var why: Why

        func run() async throws { try await why.ask(.move, to, record: record) }
    }

    struct Why: ParsableArguments {
        @Option(help: "Purpose of the access, from purposes.yaml.")
        var purpose: String

        @Option(help: "Reason, for the audit log; no personal data.")
        var reason: String

        fileprivate func ask(_ kind: LinkKind, _ pseudonym: String, other: String? = nil, record: String? = nil) async throws {
            let done = try await VaultEnvironment.vault().perform(
                AskLink(kind: kind, subject: pseudonym, other: other, record: record, purpose: purpose, reason: reason))
            try print("asked as link \(done.reply.number), which a second person decides; audit entry \(done.entry)")
        }
    }

    struct Links: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Which customers are one person: what waits for a decision.", subcommands: [List.self, Decide.self, Names.self])

        struct List: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Lists proposals, the vault's own and people's.", discussion: "Example: vocvault subject links list --purpose subject-request")

            @Option(help: "Purpose of the access, from purposes.yaml.")
            var purpose: String

            @Flag(help: "Also what is done or was rejected.")
            var all = false

            @OptionGroup var output: FormatOption

            func run() async throws {
                let links = try await VaultEnvironment.vault().perform(ListLinks(purpose: purpose, all: all)).reply.links
                try printListing(
                    ["link", "kind", "state", "subject", "other", "record", "field", "doubt", "asked_by", "asked", "decided_by"],
                    links.map { link in
                        [
                            .integer(link.number), .text(link.kind.rawValue), .text(link.state), .text(link.subject), .text(link.other),
                            link.record.map { .text($0) } ?? .null, link.field.map { .text($0) } ?? .null, link.doubt.map { .text($0) } ?? .null, .text(link.askedBy),
                            .time(link.asked), link.decidedBy.map { .text($0) } ?? .null,
                        ]
                    }, output.format)
            }
        }

        struct Names: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Lists customers who bear so many names that they may be several people.",
                discussion: """
                    An id, a number or an address that a shop, a family or a program uses for everybody makes one customer of many. Look at their records,
                    and take them apart with 'subject move', or have the schema say that the field is shared.

                    Example: vocvault subject links names --purpose subject-request --least 5
                    """)

            @Option(help: "Purpose of the access, from purposes.yaml.")
            var purpose: String

            @Option(help: "At least so many names that no one person has.")
            var least = 3

            @OptionGroup var output: FormatOption

            func run() async throws {
                let customers = try await VaultEnvironment.vault().perform(ListManyNamed(purpose: purpose, names: least)).reply.customers
                try printListing(
                    ["subject", "customers", "names", "records"],
                    customers.map { [.text($0.subject), .integer(Int64($0.customers)), .integer(Int64($0.names)), .integer(Int64($0.records))] }, output.format)
            }
        }

        struct Decide: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Accepts or rejects a proposal.",
                discussion: """
                    Two people must want what is done: nobody can accept what they asked for, and what the vault proposed waits for another
                    person after the first has accepted it. One person can reject.

                    Example: vocvault subject links decide 7 accept --purpose subject-request --reason 'asked both, case 12'
                    """)

            @Argument(help: "Number of the link.")
            var number: Int64

            @Argument(help: "accept or reject.")
            var decision: LinkDecision

            @OptionGroup var why: Why

            func run() async throws {
                let done = try await VaultEnvironment.vault().perform(
                    DecideLink(number: number, decision: decision, purpose: why.purpose, reason: why.reason))
                let state = done.reply.state == "proposed" ? "accepted; a second person must agree" : done.reply.state
                let person = done.reply.customers > 1 ? "; \(done.reply.customers) customers are one person" : ""
                try print("\(state)\(person); audit entry \(done.entry)")
            }
        }
    }
}

extension LinkDecision: ExpressibleByArgument {}
