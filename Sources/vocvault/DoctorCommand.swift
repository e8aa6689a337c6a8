import ArgumentParser
import RedactedAPI
import VoCVault

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Examines the vault and says what to do.",
        discussion: """
            Looks at files, database pages, audit log, disk, clock, keys, erasures, backup, retention, customers' requests and
            tokens. Exits with 1 when anything fails, with 4 when it is the database or the log.

            Example: vocvault doctor --format json
            """)

    @OptionGroup var output: FormatOption

    func run() throws {
        let vault = try VaultEnvironment.vault(readingOnly: true)
        let findings = try vault.examine()
        printListing(
            ["check", "state", "finding", "advice"],
            findings.map { [.text($0.check), .text($0.state.rawValue), .text($0.finding), .text($0.advice)] }, output.format)
        printNotices(vault)
        let failed = findings.filter { $0.state == .failure }
        if failed.contains(where: { ["database", "audit log"].contains($0.check) }) { throw ExitCode(4) }
        if !failed.isEmpty { throw ExitCode(1) }
    }
}
