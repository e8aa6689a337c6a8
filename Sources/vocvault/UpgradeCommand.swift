import ArgumentParser
import Store
import VoCVault

struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade", abstract: "Upgrades a vault written by an older version to this version's format.",
        discussion: """
            Stop everything that has the vault open, and back it up with the version that wrote it. The command first verifies the
            pages, the keys and the audit log, and copies the files into the vault's home (before-format-N); a database must have
            been backed up within the last day. It changes the format in one transaction per file, verifies the vault again, and
            records the upgrade in the log. If it is interrupted, run it again: until it has finished, the vault does not open.
            See docs/UPGRADING.md.

            Examples:
              vocvault upgrade
              vocvault upgrade --owner 'postgres://voc_owner@db.example.com/voc?sslmode=verify-full'
            """)

    @Option(help: "Address for the role that owns the tables, if the vault is in a PostgreSQL database.")
    var owner: String?

    @Option(help: "The same for the keys' tables, if these have a separate database.")
    var keysOwner: String?

    @Flag(help: "You have another backup: do not copy the files, and do not require a database backup.")
    var withoutBackup = false

    func run() throws {
        let (owner, keysOwner) = (try owner.map { try PostgresAddress($0) }, try keysOwner.map { try PostgresAddress($0) })
        guard let report = try Vault.upgrade(at: VaultEnvironment.location, owner: owner, keysOwner: keysOwner, isBackedUp: withoutBackup) else {
            return try print("the vault already has format \(VaultStore.format)")
        }
        try print("the vault now has format \(report.to) instead of \(report.from). Its audit log verifies with \(report.entries) entries")
        if let copy = report.copy {
            printError("the old files are in \(copy): delete it once you have seen that all is well, because it holds the keys of everyone who is erased from now on")
        }
    }
}
