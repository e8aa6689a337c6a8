import ArgumentParser
import RedactedAPI
import VaultAPI
import VoCVault

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Checks the vault and says what to do.",
        discussion: """
            Checks files, database pages, audit log, disk, clock, keys, erasures, backup, retention, customers' requests and
            tokens. Exits with 4 if something was changed or damaged outside the vault (findings of kind 'integrity'), and
            with 1 if anything else fails. Warnings do not affect the exit code.

            Example: vocvault doctor --format json
            """)

    @OptionGroup var output: FormatOption

    func run() async throws {
        let vault = try VaultEnvironment.vault(readingOnly: true)
        let findings = try await vault.perform(Examine()).reply.findings
        try printListing(
            ["check", "state", "finding", "advice", "kind"],
            findings.map { [.text($0.check), .text($0.state.rawValue), .text($0.finding), .text($0.advice), .text($0.kind.rawValue)] }, output.format)
        printNotices(vault.notices)
        let failed = findings.filter { $0.state == .failure }
        if failed.contains(where: { $0.kind == .integrity }) { throw ExitCode(4) }
        if !failed.isEmpty { throw ExitCode(1) }
    }
}
