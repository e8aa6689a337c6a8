import ArgumentParser
import RedactedAPI
import VaultAPI

extension SourcesCommand {
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows when something came in from each source last, and how much.",
            discussion: """
                'lag' says how many seconds ago the latest record occurred that came in.
                Counts are of the runs that retention.yaml keeps.

                Example: vocvault sources status
                """)

        @OptionGroup var output: FormatOption

        func run() async throws {
            let sources = try await VaultEnvironment.vault().perform(ListRuns(limit: 1)).reply.sources
            try printListing(
                ["source", "runs", "last", "latest", "lag"] + SourcesCommand.counts,
                sources.map { source in
                    [
                        .text(source.source), .integer(Int64(source.runs)), .time(source.last), source.latest.map { .time($0) } ?? .null,
                        source.lag.map { .integer(Int64($0)) } ?? .null,
                    ] + SourcesCommand.values(source.counts)
                }, output.format)
        }
    }

    struct Runs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists runs, the newest first: what each brought in, and how much was rejected.",
            discussion: """
                A run is a file or a stream; what comes with requests and forms is one run a
                day. One that is 'open' has not ended, or its process did not live to say so.

                Example: vocvault sources runs --source hotline
                """)

        @Option(help: "Runs of this source alone.")
        var source: String?

        @Option(help: "The most runs.")
        var limit = 50

        @OptionGroup var output: FormatOption

        func run() async throws {
            let runs = try await VaultEnvironment.vault().perform(ListRuns(source: source, limit: limit)).reply.runs
            try printListing(
                ["run", "source", "kind", "state", "began", "last", "latest"] + SourcesCommand.counts,
                runs.map { run in
                    [
                        .integer(run.number), .text(run.source), .text(run.kind.rawValue), .text(run.state.rawValue), .time(run.began), .time(run.last),
                        run.latest.map { .time($0) } ?? .null,
                    ] + SourcesCommand.values(run.counts)
                }, output.format)
        }
    }

    private static let counts = ["stored", "replaced", "duplicates", "rejected", "erased_before"]

    private static func values(_ counts: SourceCounts) -> [Value] {
        [counts.stored, counts.replaced, counts.duplicates, counts.rejected, counts.erasedBefore].map { .integer(Int64($0)) }
    }
}
