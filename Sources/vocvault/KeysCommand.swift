import ArgumentParser
import Foundation
import RedactedAPI
import VoCVault

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Root keys: create a key file, see its state, rotate.",
        subcommands: [Generate.self, Status.self, Rotate.self])

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a new key file with one fresh root key, mode 0600. Never overwrites.",
            discussion: "Example: vocvault keys generate --out keys")

        @Option(help: "Where to write it.")
        var out: String = VaultEnvironment.value("VOCVAULT_KEYS", default: "keys")

        func run() throws {
            let template = FileManager.default.contents(atPath: "keys.example").map { String(decoding: $0, as: UTF8.self) }
            let today = String(Timestamp(milliseconds: Vault.systemClock()).description.prefix(10))
            let id = try KeyFileWriter.generate(at: out, template: template, today: today)
            print("wrote \(out) with root key \(id); keep a copy apart from the vault's backups")
        }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Moves every key of the vault to the active root key, and retires the others.",
            discussion: """
                Works in batches while the vault is in use; a run that was stopped goes on where it was. A root key
                that wraps nothing any more is retired: its line may leave the key file, but keep it as long as a
                backup from before is kept. docs/RUNBOOK.md has the drill for a root key that leaked.

                Examples:
                  vocvault keys rotate --new-root     (adds a fresh key to the key file and makes it active)
                  vocvault keys rotate                (after you changed 'active' yourself, as for exec and passphrase)
                """)

        @Flag(help: "First add a fresh root key to the key file and make it the active one.")
        var newRoot = false

        @Option(help: "Keys a transaction.")
        var batch = 1000

        func run() throws {
            // Whoever may not rotate does not change the key file either.
            try VaultEnvironment.session().requireRotation()
            if newRoot {
                let today = String(Timestamp(milliseconds: Vault.systemClock()).description.prefix(10))
                let path = VaultEnvironment.location.keys
                printError("added root key \(try KeyFileWriter.addRoot(to: path, today: today)) to \(path); renew your copy of the file")
            }
            let isTerminal = isatty(STDERR_FILENO) == 1
            let report = try VaultEnvironment.session().rotateRootKey(batch: batch) { done in
                if isTerminal { FileHandle.standardError.write(Data("\r\(done) customers' keys".utf8)) }
            }
            if isTerminal { printError("") }
            print("moved \(report.subjectKeys) customers' keys and \(report.dataKeys) keys of the vault")
            for id in report.retired { print("retired \(id): its line may leave the key file once no backup needs it") }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows which root keys wrap what.", discussion: "Example: vocvault keys status --format json")

        @OptionGroup var output: FormatOption

        func run() throws {
            let rows = try VaultEnvironment.vault().keyStatus()
            printListing(
                ["root_key", "active", "created", "subject_keys", "data_keys", "needs_rotation"],
                rows.map {
                    [
                        .text($0.id), .boolean($0.isActive), .time($0.created), .integer(Int64($0.subjectKeys)),
                        .integer(Int64($0.dataKeys)), .boolean($0.needsRotation),
                    ]
                }, output.format)
        }
    }
}

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Creates the vault and an administrator, and prints its token once.",
        discussion: "Example: vocvault init --administrator alice")

    @Option(help: "Name of the first administrator.")
    var administrator = "admin"

    func run() throws {
        let location = VaultEnvironment.location
        let (vault, token) = try Vault.create(at: location, administrator: administrator)
        printError("created the vault in \(location.home)")
        printError("its audit log verifies with \(vault.verifierKey)")
        printError("the administrator's token, shown this once:")
        print(token)
    }
}
