import ArgumentParser
import Foundation
import RedactedAPI
import VaultAPI
import VoCVault

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Create a key file, show the state of the keys, rotate them.",
        subcommands: [Generate.self, Status.self, Rotate.self])

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a new key file with one new root key, mode 0600. Never overwrites.",
            discussion: "Example: vocvault keys generate --out keys")

        @Option(help: "Where to write it.")
        var out: String = VaultEnvironment.value("VOCVAULT_KEYS", default: "keys")

        func run() throws {
            let template = FileManager.default.contents(atPath: "keys.example").map { String(decoding: $0, as: UTF8.self) }
            let today = String(Timestamp(milliseconds: Vault.systemClock()).description.prefix(10))
            let id = try KeyFileWriter.generate(at: out, template: template, today: today)
            try print("wrote \(out) with root key \(id); keep a copy apart from the vault's backups")
        }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replaces keys while the vault is in use: the root key, or those that you name.",
            discussion: """
                Works in batches; if it is stopped, run it again and it continues. Without one of the options below it moves
                every key to the active root key and retires the others. You may delete a retired root key from the key
                file, but not while you keep a backup from before.

                Afterwards restart the processes that have the vault open (a server: SIGHUP), unless you replaced only the
                audit key, the state key or the customers' keys. docs/RUNBOOK.md has the drill for a leaked key.

                With --dry-run it changes nothing and says what each step would do. On a terminal, it asks for confirmation
                before it destroys former customer keys, because earlier snapshots become unreadable without them.

                Examples:
                  vocvault keys rotate --reseal --dry-run
                  vocvault keys rotate --new-root           (adds a new key to the key file and makes it active)
                  vocvault keys rotate                      (after you changed 'active' yourself, as for exec and passphrase)
                  vocvault keys rotate --reseal             (a new key for every customer, and all records under it)
                  vocvault keys rotate --indexes            (new keys for look-ups)
                  vocvault keys rotate --pseudonyms insight (new pseudonyms under a purpose)
                  vocvault keys rotate --audit              (a new key signs the audit log)
                  vocvault keys rotate --state              (a new key vouches for the vault's rows)
                """)

        @Flag(help: "First add a new root key to the key file and make it active.")
        var newRoot = false

        @Flag(help: "Give every customer a new key and reseal all records.")
        var reseal = false

        @Flag(help: "With --reseal: destroy the former keys at once; older backups become unreadable.")
        var retireNow = false

        @Option(help: "Reason, for the audit log. Required with --retire-now.")
        var reason: String?

        @Flag(help: "Rebuild the indexes under new keys.")
        var indexes = false

        @Option(help: "Give this purpose new pseudonyms; earlier ones can still be looked up.")
        var pseudonyms: String?

        @Flag(help: "Replace the key that signs the audit log.")
        var audit = false

        @Flag(help: "Replace the key that vouches for the vault's rows, in one transaction: writers wait for it.")
        var state = false

        @Option(help: "Keys, records or customers per transaction.")
        var batch = 1000

        @OptionGroup var caution: Caution

        func validate() throws {
            guard reseal || !retireNow else { throw ValidationError("--retire-now goes with --reseal") }
            guard reason?.contains(where: { !$0.isWhitespace }) ?? !retireNow else { throw ValidationError("give the reason with --reason") }
        }

        private var rotatesRoot: Bool { newRoot || !(reseal || indexes || audit || state || pseudonyms != nil) }

        func run() throws {
            if caution.dryRun { return try plan().forEach { try print($0) } }
            if reseal, caution.looksFirst {
                let plan = try VaultEnvironment.session().resealingForecast(retireNow: retireNow)
                if plan.retired > 0, try !caution.goesOn(lines(plan), typing: String(plan.retired)) { return }
            }
            // Whoever may not rotate must not change the key file either.
            try VaultEnvironment.session(needing: .bulk).requireRotation()
            if newRoot {
                let today = String(Timestamp(milliseconds: Vault.systemClock()).description.prefix(10))
                let path = VaultEnvironment.location.keys
                printError("added root key \(try KeyFileWriter.addRoot(to: path, today: today)) to \(path); update your copy of the file")
            }
            let session = try VaultEnvironment.session()
            if rotatesRoot { try rotateRoot(session) }
            if reseal { try resealRecords(session) }
            if indexes {
                let report = try session.rotateIndexKeys(batch: batch) { show("\($0.customers) customers") }
                endProgress()
                try print("rebuilt the indexes of \(report.fields.joined(separator: ", "))")
            }
            if let pseudonyms { try print("\(pseudonyms) has pseudonyms of version \(session.rotatePseudonyms(purpose: pseudonyms))") }
            if audit { try print("the audit log verifies with \(session.rotateAuditKey())") }
            if state { try print("rows are vouched for under a state key of version \(session.rotateStateKey())") }
            printNotices(session.notices)
        }

        /// What each step would do.
        private func plan() throws -> [String] {
            let session = try VaultEnvironment.session()
            var lines: [String] = []
            if newRoot { lines.append("would add a root key to \(VaultEnvironment.location.keys)") }
            if rotatesRoot {
                let report = try session.rootRotationForecast(newRoot: newRoot)
                lines.append("would move \(report.subjectKeys) customers' keys and \(report.dataKeys) keys of the vault")
                lines += report.retired.map { "would retire \($0)" }
            }
            if reseal { lines += self.lines(try session.resealingForecast(retireNow: retireNow)) }
            if indexes { lines.append("would rebuild the indexes of \(try session.reindexingForecast().fields.joined(separator: ", "))") }
            if let pseudonyms { lines.append("would give \(pseudonyms) new pseudonyms") }
            if audit { lines.append("would replace the key that signs the audit log") }
            if state { lines.append("would replace the key that vouches for the vault's rows") }
            return lines
        }

        private func lines(_ plan: ResealingReport) -> [String] {
            var lines = ["would seal \(plan.records) records anew under keys of version \(plan.version), and destroy \(plan.retired) former keys"]
            if plan.kept > 0 { lines.append("\(plan.kept) former keys would be kept for older backups") }
            if plan.retired > 0 { lines.append("nobody can then read these customers' data in older snapshots") }
            return lines
        }

        private func rotateRoot(_ session: Session) throws {
            let report = try session.rotateRootKey(batch: batch) { show("\($0) customers' keys") }
            endProgress()
            try print("moved \(report.subjectKeys) customers' keys and \(report.dataKeys) keys of the vault")
            for id in report.retired { try print("retired \(id): you may delete its line from the key file once no backup needs it") }
        }

        private func resealRecords(_ session: Session) throws {
            let report = try session.resealRecords(batch: batch, retireNow: retireNow, reason: reason) { show("\($0.customers) customers' keys, \($0.records) records") }
            endProgress()
            try print("sealed \(report.records) records anew under keys of version \(report.version), destroyed \(report.retired) former keys")
            if report.kept > 0 {
                try print(
                    """
                    \(report.kept) former keys are kept, because an older backup needs them or a process is still reading what they \
                    sealed: take a backup, then run this again (or now with --retire-now)
                    """)
            }
        }

        private func show(_ progress: String) { if isErrorTerminal { showProgress("\r\(progress)") } }
        private func endProgress() { if isErrorTerminal { printError("") } }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the root keys and the keys that each of them wraps.",
            discussion: """
                Examples:
                  vocvault keys status --format json
                  vocvault keys status --versions
                """)

        @Flag(help: "List the keys of customers, indexes, pseudonyms and the audit log by version.")
        var versions = false

        @OptionGroup var output: FormatOption

        func run() async throws {
            if versions {
                let rows = try await VaultEnvironment.vault().perform(ListKeys()).reply.versions
                return try printListing(
                    ["use", "name", "version", "state", "keys"],
                    rows.map { [.text($0.use), .text($0.name), .integer(Int64($0.version)), .text($0.state.rawValue), .integer(Int64($0.count))] },
                    output.format)
            }
            let rows = try await VaultEnvironment.vault().perform(ListKeys()).reply.keys
            try printListing(
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
