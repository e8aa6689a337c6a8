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
            abstract: "Replaces keys while the vault is in use: the root key, or those that you name.",
            discussion: """
                Works in batches; a run that was stopped goes on where it was. Without one of the options below it moves
                every key to the active root key and retires the others: a root key that wraps nothing any more may leave
                the key file, but keep its line as long as a backup from before is kept.

                Processes that have the vault open must be restarted afterwards (a server: SIGHUP), unless it was the
                audit key or the customers'. docs/RUNBOOK.md has the drill for a key that leaked.

                Examples:
                  vocvault keys rotate --new-root           (adds a fresh key to the key file and makes it active)
                  vocvault keys rotate                      (after you changed 'active' yourself, as for exec and passphrase)
                  vocvault keys rotate --reseal             (a new key for every customer, and all records under it)
                  vocvault keys rotate --indexes            (new keys for look-ups)
                  vocvault keys rotate --pseudonyms insight (new pseudonyms under a purpose)
                  vocvault keys rotate --audit              (a new key signs the audit log)
                """)

        @Flag(help: "First add a fresh root key to the key file and make it the active one.")
        var newRoot = false

        @Flag(help: "Give every customer a new key, and seal all records anew.")
        var reseal = false

        @Flag(help: "With --reseal: destroy the former keys at once, although older backups cannot be read without them.")
        var retireNow = false

        @Flag(help: "Build the indexes anew under new keys.")
        var indexes = false

        @Option(help: "Give this purpose new pseudonyms; those shown before are still found.")
        var pseudonyms: String?

        @Flag(help: "Replace the key that signs the audit log.")
        var audit = false

        @Option(help: "Keys, records or customers a transaction.")
        var batch = 1000

        func validate() throws {
            guard reseal || !retireNow else { throw ValidationError("--retire-now goes with --reseal") }
        }

        func run() throws {
            // Whoever may not rotate does not change the key file either.
            try VaultEnvironment.session().requireRotation()
            if newRoot {
                let today = String(Timestamp(milliseconds: Vault.systemClock()).description.prefix(10))
                let path = VaultEnvironment.location.keys
                printError("added root key \(try KeyFileWriter.addRoot(to: path, today: today)) to \(path); renew your copy of the file")
            }
            let session = try VaultEnvironment.session()
            if newRoot || !(reseal || indexes || audit || pseudonyms != nil) { try rotateRoot(session) }
            if reseal { try resealRecords(session) }
            if indexes {
                let report = try session.rotateIndexKeys(batch: batch) { show("\($0.customers) customers") }
                endProgress()
                print("built the indexes of \(report.fields.joined(separator: ", ")) anew")
            }
            if let pseudonyms { print("\(pseudonyms) has pseudonyms of version \(try session.rotatePseudonyms(purpose: pseudonyms))") }
            if audit { print("the audit log verifies with \(try session.rotateAuditKey())") }
            printNotices(session)
        }

        private func rotateRoot(_ session: Session) throws {
            let report = try session.rotateRootKey(batch: batch) { show("\($0) customers' keys") }
            endProgress()
            print("moved \(report.subjectKeys) customers' keys and \(report.dataKeys) keys of the vault")
            for id in report.retired { print("retired \(id): its line may leave the key file once no backup needs it") }
        }

        private func resealRecords(_ session: Session) throws {
            let report = try session.resealRecords(batch: batch, retireNow: retireNow) { show("\($0.customers) customers' keys, \($0.records) records") }
            endProgress()
            print("sealed \(report.records) records anew under keys of version \(report.version), destroyed \(report.retired) former keys")
            if report.kept > 0 {
                print(
                    """
                    \(report.kept) former keys are kept, because an older backup needs them or a process is still reading what they \
                    sealed: take a backup, then run this again (or now with --retire-now)
                    """)
            }
        }

        private var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
        private func show(_ progress: String) { if isTerminal { FileHandle.standardError.write(Data("\r\(progress)".utf8)) } }
        private func endProgress() { if isTerminal { printError("") } }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows which root keys wrap what, and which keys there are under them.",
            discussion: """
                Examples:
                  vocvault keys status --format json
                  vocvault keys status --versions
                """)

        @Flag(help: "List the keys of customers, indexes, pseudonyms and the audit log by version.")
        var versions = false

        @OptionGroup var output: FormatOption

        func run() throws {
            if versions {
                let rows = try VaultEnvironment.vault().keyVersions()
                return printListing(
                    ["use", "name", "version", "state", "keys"],
                    rows.map { [.text($0.use), .text($0.name), .integer(Int64($0.version)), .text($0.state.rawValue), .integer(Int64($0.count))] },
                    output.format)
            }
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
