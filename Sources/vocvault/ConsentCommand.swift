import ArgumentParser
import RedactedAPI
import VaultAPI
import VoCVault

/// What stands with a decision.
struct DecisionArguments: ParsableArguments {
    @Option(name: .customLong("for"), help: "The purpose that the customer decided about.")
    var about: String

    @Option(help: "Version of the text that the customer decided about.")
    var version: String?

    @Option(help: "Where the proof is, such as a form's number; sealed under the customer's key.")
    var proof: String?

    @Option(help: "When the customer decided; by default now.")
    var at: Timestamp?

    func record(_ decision: ConsentWord, of target: SubjectCommand.Target) async throws {
        let done = try await VaultEnvironment.vault().perform(
            RecordConsent(
                subject: target.pseudonym, purpose: target.purpose, about: about, decision: decision, version: version, proof: proof, at: at, reason: target.reason))
        let words: [ConsentEffect: String] = [
            .used: "purpose '\(about)' uses the customer's data", .unused: "purpose '\(about)' does not use the customer's data",
            .none: "purpose '\(about)' does not depend on it: see its basis in purposes.yaml",
        ]
        try print("\(decision.rawValue): \(words[done.reply.effect]!); audit entry \(done.entry)")
        if !done.reply.counts { printError("note: the customer has decided otherwise since, which still counts") }
        if done.reply.unlabelled > 0 { try print("removed the labels of \(done.reply.unlabelled) records") }
        printNotice(done.reply.notice)
    }
}

extension SubjectCommand {
    struct Consent: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records that a customer consents to a purpose, or withdraws the consent.",
            discussion: """
                Examples:
                  vocvault subject consent s_0F… --for insight --given --version 3 --proof 'form 17' --purpose subject-request
                  vocvault subject consent s_0F… --for insight --withdrawn --purpose subject-request --reason 'call of 4 March'
                """)

        enum Decision: String, EnumerableFlag {
            case given, withdrawn
        }

        @OptionGroup var target: Target
        @OptionGroup var decision: DecisionArguments
        @Flag(help: "What the customer decided.") var what: Decision

        func run() async throws { try await decision.record(what == .given ? .given : .withdrawn, of: target) }
    }

    struct Object: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records that a customer objects to a purpose; 'subject consent --given' ends the objection.",
            discussion: "Example: vocvault subject object s_0F… --for insight --purpose subject-request --reason 'letter of 4 March'")

        @OptionGroup var target: Target
        @OptionGroup var decision: DecisionArguments

        func run() async throws { try await decision.record(.objected, of: target) }
    }

    struct Consents: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists what a customer decided about purposes.", discussion: "Example: vocvault subject consents s_0F… --purpose subject-request")

        @OptionGroup var target: Target
        @OptionGroup var output: FormatOption

        func run() async throws {
            let consents = try await VaultEnvironment.vault().perform(ListConsents(subject: target.pseudonym, purpose: target.purpose)).reply.consents
            try printListing(
                ["about", "decision", "at", "recorded", "version", "proof", "by", "counts"],
                consents.map {
                    [
                        .text($0.about), .text($0.decision.rawValue), .time($0.at), .time($0.recorded), $0.version.map { .text($0) } ?? .null,
                        $0.proof.map { .text($0) } ?? .null, .text($0.by), .boolean($0.counts),
                    ]
                }, output.format)
        }
    }
}
