import ArgumentParser
import Foundation
import RedactedAPI
import VoCVault

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Root keys: create a key file, see its state.",
        subcommands: [Generate.self, Status.self])

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

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows which root keys wrap what.", discussion: "Example: vocvault keys status --format json")

        @OptionGroup var output: FormatOption

        func run() throws {
            let rows = try VaultEnvironment.session().keyStatus()
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
