import ArgumentParser
import StorePostgres
import VoCVault

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Creates the vault and an administrator, and prints the administrator's token once.",
        discussion: """
            The data are stored in files, or with --store in a PostgreSQL database. --owner is the address of the role that
            creates and owns the tables; it is needed only this once. The vault itself connects to --store, as a role that can
            neither change nor delete audit entries. Passwords come from ~/.pgpass or PGPASSFILE, never from an address.
            Without --owner, init creates a home for another process of an existing vault. It refuses a server that has standbys
            and waits for none of them, unless --accept-asynchronous accepts the loss that a failover may bring.

            The vault exists only after the token has been printed. If printing fails, or the command is killed before, run it
            again: it starts over.

            With --keys-database the keys are stored in a separate database, so that copying, restoring or losing the database
            with the data does not involve the keys.

            Examples:
              vocvault init --administrator alice
              vocvault init --store 'postgres://vocvault@db.example.com/voc?sslmode=verify-full' \\
                --owner 'postgres://voc_owner@db.example.com/voc?sslmode=verify-full'
            """)

    @Option(help: "Name of the first administrator.")
    var administrator = "admin"

    @Option(help: "Address of the PostgreSQL database for the data.")
    var store: String?

    @Option(help: "Address of the same database, for the role that owns the tables.")
    var owner: String?

    @OptionGroup var keys: KeysDatabase

    @Flag(help: "Accept that a failover of the database may lose the last acknowledged transactions.")
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

/// Warns about database settings that can lose acknowledged writes.
func warn(of faults: [String]) { for fault in faults { printError("warning: on the database's server \(fault)") } }
