import ArgumentParser
import VoCVault

struct ReclassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reclassify", abstract: "Fills fields of schema.yaml in older records, from what was kept sealed when nothing classified it.",
        discussion: """
            After a field was added to schema.yaml: values that older records have under its path, or under a heading that csv.columns or the
            record's source maps to it, move there; indexes and coarser forms follow. What fits no field stays sealed. Works in batches, each
            with its audit entry; what is done is not done again.

            Example: vocvault reclassify --max-seconds 300
            """)

    @Option(help: "Records per transaction.")
    var batch = 500

    @Option(help: "Stop after this many seconds.")
    var maxSeconds: Double?

    func run() throws {
        let report = try VaultEnvironment.session(needing: .bulk).reclassify(batch: batch, seconds: maxSeconds)
        try print("filled fields of \(report.done) records of \(report.examined); \(report.isComplete ? "nothing is left" : "stopped: run it again")")
        for (field, count) in report.fields.sorted(by: { $0.key < $1.key }) { try print("  \(field) \(count)") }
    }
}
