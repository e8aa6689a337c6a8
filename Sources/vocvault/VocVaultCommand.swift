import ArgumentParser
import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Storage
import VaultClient
import VoCVault

/// The command line. Exit codes: 0 done; 1 failed; 2 usage or bad input; 3 denied by policy;
/// 4 integrity failure; 5 finished, but some input was rejected.
struct VocVaultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vocvault",
        abstract: "An encrypted vault for what customers say.",
        discussion: """
            Environment: VOCVAULT_HOME (./vault), VOCVAULT_KEYS (./keys), VOCVAULT_POLICIES (./policies), \
            VOCVAULT_TOKEN (your token), VOCVAULT_SERVER and VOCVAULT_AUTHORITIES (a server's address, and a PEM file with \
            the authorities of its certificate).

            A first vault:
              vocvault keys generate
              vocvault init
              export VOCVAULT_TOKEN=…   (printed by init)
              vocvault token issue --principal loader --role ingest

            A vault behind a server, with the same commands:
              vocvault --server https://vault.example.com:8443 query --purpose insight --limit 20

            Shell completion: vocvault --generate-completion-script bash|zsh|fish
            """,
        version: Vault.version,
        subcommands: [
            KeysCommand.self, InitCommand.self, TokenCommand.self, IngestCommand.self, RedactCommand.self, ReredactCommand.self,
            QueryCommand.self, RevealCommand.self, LookupCommand.self, ApprovalsCommand.self, SubjectCommand.self, CaseCommand.self, RetentionCommand.self,
            AuditCommand.self, ComplianceCommand.self, PrivacyCommand.self, ClassifyCommand.self, ReportCommand.self, PrioritiesCommand.self,
            TaskCommand.self, PolicyCommand.self, BackupCommand.self, RestoreCommand.self, MigrateCommand.self, DoctorCommand.self,
            ServeCommand.self,
        ])

    @Option(help: "Work on the vault behind this server instead of the one at hand.")
    var server: String?

    func validate() throws { if let server { VaultEnvironment.use(server: server) } }
}

/// Finished, but some of the input was rejected.
struct SomeRejected: Error {}

@main
enum Main {
    static func main() {
        ProcessHardening.apply()
        signal(SIGPIPE, SIG_DFL)
        do {
            var command = try VocVaultCommand.parseAsRoot()
            try command.run()
        } catch {
            exit(report(error))
        }
    }

    /// Prints an error for the person who will read it; returns the exit code.
    private static func report(_ error: any Error) -> Int32 {
        if let exit = error as? ExitCode { return exit.rawValue }
        if let code = code(of: error) {
            if code != 5 { printError("vocvault: \(SystemFault(error)?.description ?? "\(error)")") }
            return code
        }
        let message = VocVaultCommand.fullMessage(for: error)
        let usage = VocVaultCommand.exitCode(for: error)
        if usage == .success {
            print(message)
            return 0
        }
        if !message.isEmpty { printError(message) }
        // ArgumentParser's own codes are those of sysexits.h.
        return usage == .validationFailure ? 2 : usage.rawValue == 64 ? 2 : 1
    }

    /// nil for what the parser of arguments says.
    private static func code(of error: any Error) -> Int32? {
        switch error {
        case is SomeRejected: 5
        case let error as Interrupted: code(of: error.cause) ?? 1
        case let error as VaultError: exitCode(of: error)
        case let error as VaultClientError: exitCode(of: error)
        case is PolicyError, is ExpressionError: 2
        case is AuditError: 4
        case StorageError.corrupt, StorageError.differs: 4
        case StorageError.badAddress: 2
        case is StorageError, is SealingError: 1
        default: SystemFault(error) == nil ? nil : 1
        }
    }

    private static func exitCode(of error: VaultClientError) -> Int32 {
        guard case .problem(let name, let status, _) = error else { return 1 }
        return switch name {
        case "denied", "not-signed-in", "needs-approval", "on-hold": 3
        case "integrity": 4
        case "needs-confirmation": 1
        default: (400..<500).contains(status) && status != 404 && status != 429 ? 2 : 1
        }
    }

    private static func exitCode(of error: VaultError) -> Int32 {
        switch error {
        case .denied, .notSignedIn, .needsApproval, .onHold: 3
        case .invalid, .keys: 2
        case .integrity: 4
        case .notFound, .notAnchored, .needsConfirmation: 1
        }
    }
}
