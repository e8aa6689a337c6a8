import ArgumentParser
import Foundation
import StandardStreams
import SyntheticFeed

/// Writes a synthetic feed to standard output.
@main
struct FeedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voc-feed",
        abstract: "Writes invented customer feedback as JSON lines.",
        discussion: "Example: voc-feed --count 2000 > feed.jsonl")

    @Option(help: "How many records.")
    var count = 2000

    @Option(help: "How many customers speak; a third of the records when not given.")
    var customers: Int?

    @Option(help: "The same seed gives the same feed.")
    var seed: UInt64 = 1

    func run() throws {
        var feed = Feed(seed: seed, count: count, customers: customers)
        var block = ""
        for index in 0..<count {
            block += feed.next().json + "\n"
            if block.utf8.count > 1 << 20 || index == count - 1 {
                try write(block)
                block = ""
            }
        }
    }

    private func write(_ block: String) throws {
        do throws(WriteFailure) {
            try StandardStreams.write(Array(block.utf8), to: STDOUT_FILENO)
        } catch {
            if error.isBrokenPipe { StandardStreams.endByBrokenPipe() }
            throw error
        }
    }

    static func main() {
        StandardStreams.occupy()
        main(nil)
    }
}
