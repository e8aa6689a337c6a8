import ArgumentParser
import Storage
import VoCVault

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Creates the vault and an administrator, and prints its token once.",
        discussion: """
            The data lie in files, or with --store in a PostgreSQL database. --owner is the address of the role that makes
            and owns the tables; it is needed this once. The vault itself connects as --store says, as a role that can
            neither change nor delete audit entries. Passwords come from ~/.pgpass or PGPASSFILE, never from an address.
            Without --owner a home is made for another process of the vault that is there already. A server that has standbys
            and waits for none of them is refused, unless --accept-asynchronous accepts what a failover then loses.

            The vault is begun only once the token has been printed. When that fails, or the command is killed before, run it
            again: it starts afresh.

            With --keys-database the keys lie in a database of their own: who copies, restores or loses the one with the data
            has not the keys with it.

            Examples:
              vocvault init --administrator alice
              vocvault init --store 'postgres://vocvault@db.example.com/voc?sslmode=verify-full' \\
                --owner 'postgres://voc_owner@db.example.com/voc?sslmode=verify-full'
            """)

    @Option(help: "Name of the first administrator.")
    var administrator = "admin"

    @Option(help: "Address of the PostgreSQL database that keeps the data.")
    var store: String?

    @Option(help: "Address of the same database as the role that owns the tables.")
    var owner: String?

    @OptionGroup var keys: KeysDatabase

    @Flag(help: "Accept that a failover of the database loses what was acknowledged last.")
    var acceptAsynchronous = false

    func validate() throws {
        guard store == nil else { return }
        let given = [("--owner", owner != nil), ("--keys-database", keys.address != nil), ("--accept-asynchronous", acceptAsynchronous)]
        if let first = given.first(where: \.1) { throw ValidationError("\(first.0) needs --store") }
    }

    func run() async throws {
        try ResourceLimits().require()
        let location = VaultEnvironment.location
        var place = Vault.StorePlace.files
        if let store {
            let address = try PostgresAddress(store)
            guard let owner else {
                let vault = try Vault.join(address, keys: keys.address.map { try PostgresAddress($0) }, at: location, acceptsAsynchronous: acceptAsynchronous)
                warn(of: try vault.serverFaults())
                return printError("\(location.home) now leads to the vault in \(address.name)")
            }
            place = .postgres(address, owner: try PostgresAddress(owner), keys: try keys.place())
        }
        let secret = ShownSecret(worthless: "the vault was not created, and the token is worth nothing: run 'vocvault init' again")
        try await secret.showing { show in
            let (vault, _) = try Vault.create(
                at: location, in: place, administrator: administrator, acceptsAsynchronous: acceptAsynchronous,
                show: { try show("the administrator's token, shown this once:", $0) })
            warn(of: try vault.serverFaults())
            printError("created the vault in \(location.home)")
            printError("its audit log verifies with \(vault.verifierKey)")
        }
    }
}

/// Tells of settings of a server with which it loses what was acknowledged.
func warn(of faults: [String]) { for fault in faults { printError("warning: on the database's server \(fault)") } }
