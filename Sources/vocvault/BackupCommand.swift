import ArgumentParser
import VoCVault

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Takes a signed, incremental snapshot while the vault works.",
        discussion: """
            The data goes to DIR, in chunks that later snapshots share; the key store, of which only the newest copy is
            kept, goes to a folder of its own, best on another medium: without it, or without the key file, nothing in
            DIR can be read. Policies are not backed up: they belong into git. A vault in a database is read as it is at one
            moment and kept in the same form.

            Example: vocvault backup /mnt/backup/vault --keystore /mnt/keys/vault --keep 30
            """)

    @Argument(help: "Folder for the snapshots.")
    var folder: String

    @Option(help: "Folder for the copy of the key store.")
    var keystore: String

    @Option(help: "Remove all but so many of the newest snapshots.")
    var keep: Int?

    func run() throws {
        let session = try VaultEnvironment.session(readingOnly: true)
        let report = try session.backup(to: folder, keysTo: keystore, keep: keep)
        printNotices(session)
        if let doubt = session.clockDoubt { printError("note: \(doubt); 'vocvault doctor' says what to do") }
        print("snapshot \(report.name): \(report.newChunks) of \(report.chunks) chunks are new, \(report.pruned) older snapshots removed")
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Puts the vault together from a snapshot; verifies everything first.",
        discussion: """
            VOCVAULT_HOME must not exist yet. Give the newest key store there is, the lost vault's own if it survived:
            customers who were erased since the snapshot are deleted from it again. What is restored lies in files;
            'vocvault migrate' moves it into a database.

            Example: VOCVAULT_HOME=/srv/vault vocvault restore /mnt/backup/vault --keystore /mnt/keys/vault/keystore.db
            """)

    @Argument(help: "Folder of the snapshots.")
    var folder: String

    @Option(help: "The newest keystore.db there is.")
    var keystore: String

    @Option(help: "Name of the snapshot; without, the newest.")
    var snapshot: String?

    func run() throws {
        let location = VaultEnvironment.location
        let (name, entries) = try Vault.restore(from: folder, snapshot: snapshot, keyStore: keystore, to: location)
        print("restored snapshot \(name) with \(entries) audit entries to \(location.home); the log verifies")
    }
}
