import ArgumentParser
import Foundation
import RedactedAPI
import VoCVault

struct ForkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fork", abstract: "Compares the log with the kept head, and records a decision if they do not match.",
        discussion: """
            The vault keeps the last head of the log beside the key file, or in the folder VOCVAULT_HEAD. If the log does not
            continue that head, the database was rolled back, or replaced by a standby that lagged behind, and the vault
            refuses it. This command says how many entries are missing; it exits with 4 if any are.

            First try to bring back the database that has them. If it is lost, --accept lets the vault continue with the
            current one. Everything the missing entries recorded, including erasures, is then lost and must be done again. The
            decision becomes an entry in the log that names both heads. Run it on each machine that the vault runs on.

            Examples:
              vocvault audit fork
              vocvault audit fork --accept --reason 'failover of 12 May: the standby lagged by 40 entries'
            """)

    @Flag(help: "Continue with the log that is in the database.")
    var accept = false

    @Option(help: "Reason, for the audit log.")
    var reason: String?

    @OptionGroup var output: FormatOption

    func validate() throws {
        if accept, reason == nil { throw ValidationError("--accept needs --reason") }
    }

    func run() throws {
        let (location, token) = (VaultEnvironment.location, try VaultEnvironment.token())
        let client = "local uid \(getuid())"
        if accept {
            let (report, receipt) = try Vault.acceptFork(at: location, token: token, client: client, reason: reason!)
            printError("entry \(receipt) records that the log continues with \(report.found.entries) entries; \(missing(report)) are lost")
            if let copy = report.publishedCopy { printError("this machine's copy of the former log is in \(copy): its entries show what must be done again") }
            return
        }
        let report = try Vault.examineFork(at: location, token: token, client: client)
        var rows: [[Value]] = [
            [.text("found"), .integer(report.found.entries), .text(report.found.root), .text("the database; last entry \(report.last.map { "\($0)" } ?? "unknown")")]
        ]
        if let kept = report.kept { rows.insert([.text("kept"), .integer(kept.entries), .text(kept.root), .text(report.place)], at: 0) }
        try printListing(["head", "entries", "root", "place"], rows, output.format)
        if report.areKeysBehind {
            printError("the keys are older than the data: their database was rolled back, or replaced by a copy that lagged behind")
            if report.fork == nil { throw ExitCode(4) }
        }
        guard let fork = report.fork else {
            return printError(report.kept == nil ? "no head is kept yet" : "the log continues the head that was kept")
        }
        printError("\(fork)")
        printError("\(missing(report)) are missing")
        if let copy = report.publishedCopy { printError("\(copy) is this machine's own copy of the log as it was, and has entries that the database lacks") }
        throw ExitCode(4)
    }

    private func missing(_ report: ForkReport) -> String {
        let range = report.missing
        return range.lowerBound == range.upperBound ? "\(range.lowerBound) entries" : "\(range.lowerBound) to \(range.upperBound) entries"
    }
}
