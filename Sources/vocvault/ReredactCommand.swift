import ArgumentParser
import VoCVault

struct ReredactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reredact", abstract: "Redacts stored texts anew that an older detector has redacted.",
        discussion: """
            Works in batches, each with its audit entry; a run that was stopped goes on where it was.

            Example: vocvault reredact --max-seconds 300
            """)

    @Option(help: "Records a transaction.")
    var batch = 500

    @Option(help: "Stop after this many seconds.")
    var maxSeconds: Double?

    func run() throws {
        let report = try VaultEnvironment.session(needing: .bulk).reredact(batch: batch, seconds: maxSeconds)
        try print("redacted \(report.done) records anew; \(report.left == 0 ? "nothing is left" : "\(report.left) are left")")
    }
}
