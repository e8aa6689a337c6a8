import ArgumentParser
import Storage
import VoCVault

struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade", abstract: "Brings a vault that an older version wrote up to this version's format.",
        discussion: """
            Stop everything that has the vault open, and back it up with the version that wrote it. First the pages, the keys and the
            audit log are verified, and the files copied into the vault's home (before-format-N); a database must have been backed
            up within a day. The format changes in one transaction a file; then the vault is verified again, and an entry says what was
            done. If it is interrupted, run it again: until then the vault does not open. docs/UPGRADING.md has the rest.

            Examples:
              vocvault upgrade
              vocvault upgrade --owner 'postgres://voc_owner@db.example.com/voc?sslmode=verify-full'
            """)

    @Option(help: "Address of the role that owns the tables, where the vault is in a PostgreSQL database.")
    var owner: String?

    @Option(help: "The same of the keys' tables, where these have a database of their own.")
    var keysOwner: String?

    @Flag(help: "You have another backup: copies no files, and asks for no backup of a database.")
    var withoutBackup = false

    func run() throws {
        let (owner, keysOwner) = (try owner.map { try PostgresAddress($0) }, try keysOwner.map { try PostgresAddress($0) })
        guard let report = try Vault.upgrade(at: VaultEnvironment.location, owner: owner, keysOwner: keysOwner, isBackedUp: withoutBackup) else {
            return try print("the vault has format \(VaultStore.format) already")
        }
        try print("the vault has format \(report.to) now; it had \(report.from). Its audit log verifies with \(report.entries) entries")
        if let copy = report.copy {
            printError("the files as they were are in \(copy): delete it once you have seen that all is well, as it has the keys of everyone who is erased from now on")
        }
    }
}
