import ArgumentParser
import Classification
import Foundation
import RedactedAPI
import VaultAPI
import VoCVault

extension ClassifyCommand {
    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks for the labels that would teach a model most.",
            discussion: """
                Shows redacted texts of which a model of the labels so far is least sure, and
                that differ from each other. Type the labels of each, with blanks between;
                an empty line leaves the text out, q ends. Labels are stored at once, as those
                of a module that schema.yaml declares; 'none' should be one of them, for texts
                that have no other. 'classify train --module' learns from them. Needs a role
                whose rows show 'record', 'text' and the module, and that may annotate.

                Examples:
                  vocvault classify ask --module taught
                  vocvault classify ask --module taught --list --format json
                  vocvault classify train --module taught --out taught.model
                """)

        @Option(help: "The module whose labels are asked for.")
        var module: String

        @Option(help: "How many texts to ask about, 1 to 50.")
        var limit = 10

        @Flag(help: "List the texts, and ask nothing.")
        var list = false

        @Option(name: .customLong("where"), help: "Condition that rows must meet.")
        var condition: String?

        @Option(help: "Only feedback from this time on.")
        var since: Timestamp?

        @Option(help: "Purpose of the access, from purposes.yaml.")
        var purpose = "insight"

        @OptionGroup var output: FormatOption

        func validate() throws {
            guard (1...50).contains(limit) else { throw ValidationError("--limit must be between 1 and 50.") }
        }

        func run() async throws {
            let filter = try condition.map { try Condition(asked: $0) }
            let session = try VaultEnvironment.vault()
            let lessons = try await Lessons(of: module, from: session, purpose: purpose)
            let questions = try await lessons.questions(from: session, filter: filter, since: since, limit: limit)
            if list {
                try printListing(["record", "guesses", "text"], questions.map { [.text($0.record), .text($0.guesses.joined(separator: " ")), .text($0.text)] }, output.format)
            } else {
                let labelled = try await ask(questions, session)
                printError("\(labelled) texts labelled; \(lessons.examples.count) had labels before")
            }
        }

        /// - Returns: how many have labels now.
        private func ask(_ questions: [Lessons.Question], _ session: any VaultConnection) async throws -> Int {
            var labelled = 0
            for (number, question) in questions.enumerated() {
                try print("\(number + 1) of \(questions.count): \(question.text)")
                let guesses = question.guesses.isEmpty ? "" : " (\(question.guesses.joined(separator: " "))?)"
                while true {
                    printError("labels\(guesses):")
                    guard let line = try StandardInput.line(), line != "q" else { return labelled }
                    let labels = Set(line.split(whereSeparator: \.isWhitespace).map(String.init))
                    guard !labels.isEmpty else { break }
                    do {
                        let annotation = Annotation(record: question.record, module: module, labels: Dictionary(uniqueKeysWithValues: labels.map { ($0, 1) }))
                        _ = try await session.annotate([annotation], purpose: purpose)
                        labelled += 1
                        break
                    } catch {
                        // A slip of the pen, and nothing that another line would not mend.
                        guard let slip = Annotate.slip("\(error)", onLine: [number + 1]) else { throw error }
                        printError(slip)
                    }
                }
            }
            return labelled
        }
    }
}
