import ArgumentParser
import Classification
import Foundation
import Policy
import RedactedAPI
import VoCVault
import Wire

extension ClassifyCommand {
    struct Discover: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proposes codes for texts in which the frame finds no topic.",
            discussion: """
                Groups texts without a topic by terms that many customers use, and shows other telling words of each group and sample
                texts. Only words that --least customers use are shown, "…" stands in place of others, and nothing is stored. 'accept'
                puts a proposal into the code frame, under the name that you give; 'reject' has it not proposed again. Then run
                'vocvault policy check' and 'vocvault classify'.

                Examples:
                  vocvault classify discover --since 2026-03-01
                  vocvault classify discover accept 取件码 "pickup code" --id delivery.code --zh 取件码 --en "Pickup code" --department Logistics
                  vocvault classify discover reject 今天
                """,
            subcommands: [Propose.self, Accept.self, Reject.self], defaultSubcommand: Propose.self)
    }

    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Shows proposals, the largest first.",
            discussion: "Needs a role whose rows show 'subject' and 'text'.\n\nExample: vocvault classify discover --where \"channel = 'app'\" --limit 5")

        @OptionGroup var options: FrameOptions
        @OptionGroup var output: FormatOption

        @Option(name: .customLong("where"), help: "Condition that rows must meet.")
        var condition: String?

        @Option(help: "Only feedback from this time on.")
        var since: Timestamp?

        @Option(help: "Purpose of the access, from purposes.yaml.")
        var purpose = "insight"

        @Option(help: "Customers without whom nothing is proposed or shown; at least 2.")
        var least = 5

        @Option(help: "How many proposals to show, at most.")
        var limit = 10

        func validate() throws {
            guard least >= 2 else { throw ValidationError("--least must be at least 2.") }
            guard (1...100).contains(limit) else { throw ValidationError("--limit must be between 1 and 100.") }
        }

        func run() async throws {
            let filter = try condition.map { try Condition(parsing: $0) }
            let classifier = try options.classifier()
            let rejected = try CodeFrameFile.load(options.frame).rejected
            let found = try await classifier.discover(
                on: VaultEnvironment.vault(), purpose: purpose, filter: filter, since: since, least: least, limit: limit, rejected: rejected)
            try printListing(
                ["term", "customers", "texts", "words", "samples"],
                found.proposals.map { proposal in
                    [
                        .text(proposal.words[0]), .integer(Int64(proposal.customers)), .integer(Int64(proposal.texts)),
                        .text(proposal.words.dropFirst().joined(separator: ", ")), .text(proposal.samples.joined(separator: " | ")),
                    ]
                }, output.format)
            printError("\(found.uncoded) of \(found.texts) texts have no topic")
        }
    }

    struct Accept: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a proposal into the code frame.",
            discussion: "With the id of a pack's code it adds phrases to that.\n\nExample: vocvault classify discover accept 取件码 --id delivery.code --zh 取件码 --en \"Pickup code\"")

        @Argument(help: "The phrases of the code: the term, and those of the words that mean the same.")
        var phrases: [String]

        @Option(help: "The code: lower-case letters, with levels joined by dots.")
        var id: String

        @Option(help: "Its Chinese name.")
        var zh: String

        @Option(help: "Its English name.")
        var en: String

        @Option(help: "The department responsible.")
        var department = ""

        @Option(help: "The code frame.")
        var frame = VaultEnvironment.policies + "/codeframe.yaml"

        func run() throws {
            let code = CodeFrameEdit.Code(id: id, chinese: zh, english: en, department: department, phrases: phrases)
            try change(frame) { try CodeFrameEdit.adding(code, to: $0, file: frame) }
            try print("\(id) is in \(frame)")
        }
    }

    struct Reject: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has terms not proposed again.", discussion: "Example: vocvault classify discover reject 今天 昨天")

        @Argument(help: "Terms of proposals.")
        var terms: [String]

        @Option(help: "The code frame.")
        var frame = VaultEnvironment.policies + "/codeframe.yaml"

        func run() throws {
            try change(frame) { try CodeFrameEdit.rejecting(terms, in: $0, file: frame) }
            try print("\(terms.count) \(terms.count == 1 ? "term is" : "terms are") not proposed again")
        }
    }
}

/// Replaces a code frame by what a change makes of it, if that is valid.
private func change(_ path: String, _ change: (String) throws -> String) throws {
    guard let text = FileManager.default.contents(atPath: path).flatMap({ String(data: $0, encoding: .utf8) }) else {
        throw VaultError.invalid("\(path) does not exist or is not UTF-8")
    }
    try writePrivately(Data(change(text).utf8), to: path, replacing: true)
}
