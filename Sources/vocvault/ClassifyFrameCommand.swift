import ArgumentParser
import Classification
import Foundation
import Policy
import VoCVault

extension ClassifyCommand {
    struct Frame: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks a code frame, and shows the packs that it can build on.",
            discussion: """
                Examples:
                  vocvault classify frame check
                  vocvault classify frame list
                  vocvault classify frame show hotel
                """,
            subcommands: [Check.self, List.self, Show.self])
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tries every example and counterexample of a code frame.", discussion: "Example: vocvault classify frame check --frame codeframe.yaml")

        @Option(help: "The code frame.") var frame = VaultEnvironment.policies + "/codeframe.yaml"

        func run() throws {
            let frame = try codeFrame(frame)
            let slips = Classifier(frame: frame).slips
            for slip in slips { printError(slip.description) }
            let tried = frame.codes.reduce(0) { $0 + $1.examples.count + $1.counterexamples.count }
            try print("\(tried - slips.count) of \(tried) examples are coded as the frame says")
            if !slips.isEmpty { throw ExitCode.failure }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the packs that 'extends' in a code frame may name.", discussion: "Example: vocvault classify frame list")

        @OptionGroup var output: FormatOption

        func run() throws {
            try printListing(
                ["pack", "about"],
                FramePack.allCases.map { pack in
                    // Its first line says what it is for.
                    [.text(pack.rawValue), .text(String(pack.text.prefix { $0 != "\n" }.dropFirst(2)))]
                }, output.format)
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a pack, for reading or for copying from it.", discussion: "Example: vocvault classify frame show hotel")

        @Argument(help: "A pack, from 'classify frame list'.")
        var pack: FramePack

        func run() throws { try StandardOutput.write(pack.text.utf8) }
    }
}

extension FramePack: ExpressibleByArgument {}
