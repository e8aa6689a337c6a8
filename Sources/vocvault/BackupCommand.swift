import ArgumentParser
import Foundation
import RedactedAPI
import VoCVault

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Takes a signed, incremental snapshot while the vault is in use; checks snapshots.",
        usage: """
            vocvault backup DIR --keystore DIR2 [--keep N] [--scratch DIR3]
            vocvault backup verify DIR [--keystore DIR2] [--snapshot NAME] [--scratch DIR3]
            """,
        discussion: """
            The data go to DIR, in chunks that later snapshots share. The key store goes to a separate folder, preferably on
            another medium; only its newest copy is kept. Without the key store or the key file, nothing in DIR can be read.
            Policies are not backed up: keep them in git. If the vault is in a database, it is read as of one moment and
            stored in the same form.

            A backup succeeds only after it has been read back and 'restore' would accept it. Only one runs at a time in a
            folder. --keep counts only snapshots of this vault, ordered by the size of their log; other vaults' snapshots stay.

            Examples:
              vocvault backup /mnt/backup/vault --keystore /mnt/keys/vault --keep 30
              vocvault backup verify /mnt/backup/vault
              vocvault backup ./verify --keystore /mnt/keys/vault     (a folder with the same name as a subcommand)
            """,
        subcommands: [Take.self, Verify.self], defaultSubcommand: Take.self)

    struct Take: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "take", abstract: "Takes a snapshot; you may omit the word 'take'.",
            discussion: "Example: vocvault backup /mnt/backup/vault --keystore /mnt/keys/vault --keep 30")

        @Argument(help: "Folder for the snapshots.")
        var folder: String

        @Option(help: "Folder for the copy of the key store.")
        var keystore: String

        @Option(help: "Folder on a local disk for copying and checking, in case DIR or DIR2 is on a network file system that does not allow it.")
        var scratch: String?

        @Option(help: "Keep this many of the newest snapshots of this vault and remove the others.")
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
                Works on this machine, with VOCVAULT_KEYS and VOCVAULT_POLICIES; needs no token. Assembles each snapshot in DIR,
                which needs enough free space, and checks signature, chunks, pages, keys and the whole audit log.
                States: ok; 'keys missing': complete, but this key store cannot open it; damaged; foreign: belongs to another
                vault and was not checked. Exits with 4 if one is damaged, with 1 if one lacks keys or there is none.

                Examples:
                  vocvault backup verify /mnt/backup/vault
                  vocvault backup verify /mnt/worm/vault --keystore /mnt/keys/vault --scratch /var/tmp --format json
                """)

        @Argument(help: "Folder of the snapshots.")
        var folder: String

        @Option(help: "The key store, or the folder given to 'backup --keystore'; defaults to that of the last backup into DIR.")
        var keystore: String?

        @Option(help: "Check only this snapshot.")
        var snapshot: String?

        @Option(help: "Folder for assembling snapshots, if DIR or the key store's folder cannot be written.")
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
        commandName: "restore", abstract: "Restores the vault from a snapshot, after verifying everything.",
        discussion: """
            VOCVAULT_HOME must not exist yet. Give the newest key store you have, the lost vault's own if it survived:
            customers who were erased since the snapshot are then deleted again. What came after a copy of it (erasures,
            revoked tokens, holds, restrictions) is taken from the journal beside the key file. The vault is restored into
            files; 'vocvault migrate' moves it into a database.

            Without --snapshot it takes the verifiable snapshot of this vault with the longest log.

            Example: VOCVAULT_HOME=/srv/vault vocvault restore /mnt/backup/vault --keystore /mnt/keys/vault
            """)

    @Argument(help: "Folder of the snapshots.")
    var folder: String

    @Option(help: "The newest keystore.db you have, or the folder given to 'backup --keystore'.")
    var keystore: String

    @Option(help: "Name of the snapshot; defaults to the newest.")
    var snapshot: String?

    @Flag(help: "Go on although erasures, revocations, holds or restrictions came after the key store and are kept nowhere.")
    var acceptOlderKeys = false

    func run() throws {
        StopSignals.removeTemporaries()
        try ResourceLimits.bulk.require()
        let location = VaultEnvironment.location
        let line = StatusLine()
        let report = try Vault.restore(
            from: folder, snapshot: snapshot, keyStore: keystore, acceptsOlderKeys: acceptOlderKeys, to: location, progress: line.show)
        line.clear()
        report.notes.forEach { printError("note: \($0)") }
        try print("restored snapshot \(report.name) with \(report.entries) audit entries to \(location.home); the log verifies")
    }
}
