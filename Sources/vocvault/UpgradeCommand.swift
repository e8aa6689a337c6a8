import ArgumentParser
import Storage
import VoCVault

struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade", abstract: "Brings a vault that an older version wrote up to this version's format.",
        discussion: """
            Stop everything that has the vault open, and take a backup with the version that wrote it. The format changes in one
            transaction a file, the audit log is verified, and an entry says what was done. There is no way back but the backup.

            Examples:
              vocvault upgrade
              vocvault upgrade --owner 'postgres://voc_owner@db.example.com/voc?sslmode=verify-full'
            """)

    @Option(help: "Address of the role that owns the tables, where the vault is in a PostgreSQL database.")
    var owner: String?

    @Option(help: "The same of the keys' tables, where these have a database of their own.")
    var keysOwner: String?

    func run() throws {
        let (owner, keysOwner) = (try owner.map { try PostgresAddress($0) }, try keysOwner.map { try PostgresAddress($0) })
        guard let report = try Vault.upgrade(at: VaultEnvironment.location, owner: owner, keysOwner: keysOwner) else {
            return try print("the vault has format \(VaultStore.format) already")
        }
        try print("the vault has format \(report.to) now; it had \(report.from). Its audit log verifies with \(report.entries) entries")
    }
}
