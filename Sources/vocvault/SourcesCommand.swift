import ArgumentParser
import Policy
import RedactedAPI
import VoCVault

struct SourcesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources", abstract: "How files of other tools become records, and what came in: presets, a first rule for a file, runs.",
        subcommands: [List.self, Infer.self, Status.self, Runs.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the presets and sources of sources.yaml.")

        @OptionGroup var output: FormatOption

        func run() throws {
            let policy = try PolicyCommand.load()
            let presets = policy.presets.map { ["preset", $0.preset, $0.format.rawValue, $0.description] }
            let sources = policy.sources.sorted { $0.key < $1.key }.map { ["source", $0.key, $0.value.format.rawValue, $0.value.preset] }
            try printListing(["kind", "name", "format", "description"], (presets + sources).map { $0.map { .text($0) } }, output.format)
        }
    }

    struct Infer: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a first rule for a file: the preset that fits, and the columns that nothing maps.",
            discussion: """
                Reads the policy files and the beginning of the file; needs no vault and no token. What it prints belongs at the
                end of sources.yaml.

                Example: vocvault sources infer export.csv --name crm
                """)

        @Argument(help: "A file.")
        var file: String

        @OptionGroup var arguments: InputArguments

        @Option(help: "Name of the source.")
        var name = "my-source"

        func run() throws {
            let inference = try SourceInference(InputSource(openInput(file)), options: arguments.options(file: file), name: name, policy: PolicyCommand.load())
            try print(inference.yaml)
        }
    }
}
