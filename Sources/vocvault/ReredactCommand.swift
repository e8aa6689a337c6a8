import ArgumentParser
import VoCVault

struct ReredactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reredact", abstract: "Redacts stored texts again that an older detector redacted, or one under other policies.",
        discussion: """
            Works in batches, each with its audit entry; if it is stopped, run it again and it continues.

            Example: vocvault reredact --max-seconds 300
            """)

    @Flag(help: "Also those that the present detector redacted. A run that was stopped begins anew.")
    var all = false

    @Option(help: "Records per transaction.")
    var batch = 500

    @Option(help: "Stop after this many seconds.")
    var maxSeconds: Double?

    func run() throws {
        let report = try VaultEnvironment.session(needing: .bulk).reredact(all: all, batch: batch, seconds: maxSeconds)
        try print("redacted \(report.done) records again; \(report.left == 0 ? "nothing is left" : "\(report.left) are left")")
    }
}
