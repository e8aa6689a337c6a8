import ArgumentParser
import Foundation
import RedactedAPI
import VoCVault

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Takes a signed, incremental snapshot while the vault works; checks snapshots.",
        usage: """
            vocvault backup DIR --keystore DIR2 [--keep N] [--scratch DIR3]
            vocvault backup verify DIR [--keystore DIR2] [--snapshot NAME] [--scratch DIR3]
            """,
        discussion: """
            The data goes to DIR, in chunks that later snapshots share; the key store, of which only the newest copy is
            kept, goes to a folder of its own, best on another medium: without it, or without the key file, nothing in
            DIR can be read. Policies are not backed up: they belong into git. A vault in a database is read as it is at one
            moment and kept in the same form.

            A backup succeeds only when it was read back and 'restore' would take it. One at a time works in a folder. With
            --keep only snapshots of this vault are counted, by the size of their log; those of other vaults stay.

            Examples:
              vocvault backup /mnt/backup/vault --keystore /mnt/keys/vault --keep 30
              vocvault backup verify /mnt/backup/vault
              vocvault backup ./verify --keystore /mnt/keys/vault     (a folder that is called like a command)
            """,
        subcommands: [Take.self, Verify.self], defaultSubcommand: Take.self)

    struct Take: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "take", abstract: "Takes a snapshot; the word may be left out.",
            discussion: "Example: vocvault backup /mnt/backup/vault --keystore /mnt/keys/vault --keep 30")

        @Argument(help: "Folder for the snapshots.")
        var folder: String

        @Option(help: "Folder for the copy of the key store.")
        var keystore: String

        @Option(help: "Folder on a local disk for what is copied and checked; without, DIR and DIR2, which a network's file system may not allow.")
        var scratch: String?

        @Option(help: "Remove all but so many of the newest snapshots of this vault.")
        var keep: Int?

        func run() throws {
            let session = try VaultEnvironment.session(needing: .bulk, readingOnly: true)
            StopSignals.removeTemporaries()
            let line = StatusLine()
            let report = try session.backup(to: folder, keysTo: keystore, scratch: scratch, keep: keep, progress: line.show)
            line.clear()
            report.notes.forEach { printError("note: \($0)") }
            printNotices(session.notices)
            if let doubt = session.clockDoubt { printError("note: \(doubt); 'vocvault doctor' says what to do") }
            try print("snapshot \(report.name): \(report.newChunks) of \(report.chunks) chunks are new, \(report.pruned) older snapshots removed")
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Checks the snapshots in a folder as 'restore' would, without restoring any.",
            discussion: """
                Works on this machine and without a token, with VOCVAULT_KEYS and VOCVAULT_POLICIES. Puts each snapshot together in
                DIR, for which there must be room, and checks signature, chunks, pages, keys and the whole audit log.
                States: ok; 'keys missing': whole, but not to be opened with this key store; damaged; foreign: another vault's,
                not looked into. Exits with 4 when one is damaged, with 1 when one lacks keys or there is none.

                Examples:
                  vocvault backup verify /mnt/backup/vault
                  vocvault backup verify /mnt/worm/vault --keystore /mnt/keys/vault --scratch /var/tmp --format json
                """)

        @Argument(help: "Folder of the snapshots.")
        var folder: String

        @Option(help: "The key store, or the folder that 'backup --keystore' took; without, that of the last backup into DIR.")
        var keystore: String?

        @Option(help: "Check this snapshot only.")
        var snapshot: String?

        @Option(help: "Folder for what is put together, when DIR or the key store's folder cannot be written.")
        var scratch: String?

        @OptionGroup var output: FormatOption

        func run() throws {
            StopSignals.removeTemporaries()
            let line = StatusLine()
            var findings: [SnapshotFinding] = []
            try Vault.verifyBackup(folder, snapshot: snapshot, keyStore: keystore, scratch: scratch, at: VaultEnvironment.location, progress: line.show) { finding in
                findings.append(finding)
                line.clear()
            }
            try printListing(
                ["snapshot", "time", "entries", "state", "finding"],
                findings.map { [.text($0.name), .text($0.time), .integer($0.entries), .text($0.state.rawValue), .text($0.finding)] }, output.format)
            if findings.contains(where: { $0.state == .damaged }) { throw ExitCode(4) }
            if findings.contains(where: { $0.state == .withoutKeys }) || !findings.contains(where: { $0.state == .ok }) { throw ExitCode(1) }
        }
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts the vault together from a snapshot; verifies everything first.",
        discussion: """
            VOCVAULT_HOME must not exist yet. Give the newest key store there is, the lost vault's own if it survived:
            customers who were erased since the snapshot are deleted from it again. What is restored lies in files;
            'vocvault migrate' moves it into a database.

            Without --snapshot it takes the one of this vault whose log is the longest, of those that verify.

            Example: VOCVAULT_HOME=/srv/vault vocvault restore /mnt/backup/vault --keystore /mnt/keys/vault
            """)

    @Argument(help: "Folder of the snapshots.")
    var folder: String

    @Option(help: "The newest keystore.db there is, or the folder that 'backup --keystore' took.")
    var keystore: String

    @Option(help: "Name of the snapshot; without, the newest.")
    var snapshot: String?

    func run() throws {
        StopSignals.removeTemporaries()
        try ResourceLimits.bulk.require()
        let location = VaultEnvironment.location
        let line = StatusLine()
        let report = try Vault.restore(from: folder, snapshot: snapshot, keyStore: keystore, to: location, progress: line.show)
        line.clear()
        report.notes.forEach { printError("note: \($0)") }
        try print("restored snapshot \(report.name) with \(report.entries) audit entries to \(location.home); the log verifies")
    }
}
