import ArgumentParser
import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import StandardStreams
import Store
import VaultClient
import VoCVault
import Wire

/// The command line. Exit codes: 0 done; 1 failed; 2 usage or bad input; 3 denied by policy;
/// 4 integrity failure; 5 finished, but some input was rejected.
struct VocVaultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vocvault",
        abstract: "An encrypted vault for what customers say.",
        discussion: """
            Environment: VOCVAULT_HOME (./vault), VOCVAULT_KEYS (./keys), VOCVAULT_POLICIES (./policies), \
            VOCVAULT_HEAD (folder that keeps the head of the log; defaults to the key file's folder), VOCVAULT_TOKEN (your token), \
            VOCVAULT_TOKEN_FILE (a file with it, instead), \
            VOCVAULT_SERVER (address of a server), VOCVAULT_AUTHORITIES (PEM file with the certificate authorities to trust for it).

            A first vault:
              vocvault keys generate
              vocvault init
              export VOCVAULT_TOKEN=…   (printed by init)
              vocvault token issue --principal loader --role ingest

            The same commands on a server's vault:
              vocvault --server https://vault.example.com:8443 query --purpose insight --limit 20

            Shell completion: vocvault --generate-completion-script bash|zsh|fish
            """,
        version: Vault.version,
        subcommands: [
            StatusCommand.self, KeysCommand.self, InitCommand.self, TokenCommand.self, IngestCommand.self, WatchCommand.self, SourcesCommand.self, RedactCommand.self,
            ReredactCommand.self,
            ReclassifyCommand.self,
            QueryCommand.self, ChangesCommand.self, AnnotateCommand.self, RevealCommand.self, LookupCommand.self, ApprovalsCommand.self, SubjectCommand.self, CaseCommand.self,
            RetentionCommand.self,
            AuditCommand.self, ComplianceCommand.self, PrivacyCommand.self, ClassifyCommand.self, ReportCommand.self, PrioritiesCommand.self, UnusualCommand.self,
            ForecastCommand.self, AlertsCommand.self,
            DisclosureCommand.self,
            TaskCommand.self, PolicyCommand.self, BackupCommand.self, RestoreCommand.self, MigrateCommand.self, UpgradeCommand.self, DoctorCommand.self, OutboxCommand.self,
            ServeCommand.self,
        ])

    @Option(help: "Address of a server; work on its vault instead of the local one.")
    var server: String?

    func validate() throws { if let server { VaultEnvironment.use(server: server) } }
}

/// Finished, but some of the input was rejected.
struct SomeRejected: Error {}

@main
enum Main {
    static func main() async {
        ProcessHardening.apply()
        StandardStreams.occupy()
        signal(SIGPIPE, SIG_DFL)
        var code: Int32 = 0
        do {
            var command = try VocVaultCommand.parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch {
            code = report(error)
        }
        do {
            try StandardOutput.finish()
        } catch {
            let lost = report(error)
            if code == 0 || code == 5 { code = lost }
        }
        exit(code)
    }

    /// Prints an error for the person at the terminal; returns the exit code.
    private static func report(_ error: any Error) -> Int32 {
        if let exit = error as? ExitCode { return exit.rawValue }
        if let lost = error as? OutputError, lost.failure.isBrokenPipe { StandardStreams.endByBrokenPipe() }
        if let code = code(of: error) {
            if code != 5 { printError("vocvault: \(FileFault(error)?.description ?? "\(error)")") }
            return code
        }
        let message = VocVaultCommand.fullMessage(for: error)
        let usage = VocVaultCommand.exitCode(for: error)
        if usage == .success {
            do { try print(message) } catch { return report(error) }
            return 0
        }
        if !message.isEmpty { printError(message) }
        // ArgumentParser has exit codes of its own, from sysexits.h.
        return usage == .validationFailure ? 2 : usage.rawValue == 64 ? 2 : 1
    }

    /// nil for errors of the argument parser.
    private static func code(of error: any Error) -> Int32? {
        switch error {
        case is SomeRejected: 5
        case let error as Interrupted: code(of: error.cause) ?? 1
        case let error as VaultError: error.failure.exitCode
        case BackupError.unrestorable(_, isDamage: true): 4
        case is BackupError: 1
        case let error as VaultClientError: error.failure?.exitCode ?? 1
        case is PolicyError, is ExpressionError, is ConditionMistake: 2
        case is AuditError, is DamagedLog: 4
        case let error as StorageError: error.failure.exitCode
        case is SealingError, is OutputError, is InputError, is FileError, is LimitError, is Declined: 1
        default: FileFault(error) == nil ? nil : 1
        }
    }
}
