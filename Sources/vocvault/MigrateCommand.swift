import ArgumentParser
import Foundation
import Storage
import VoCVault

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Moves the vault from its files into a PostgreSQL database.",
        discussion: """
            Nobody can write meanwhile. A move that was interrupted goes on where it stopped; at the end every row is
            compared, the files are closed for good, and the vault's home says where the data are. Running processes end
            with an error at their next write: start them anew. Then delete the files: who keeps them keeps the keys of
            customers who are erased from now on.

            The files cannot be used again afterwards: on a terminal the command asks for confirmation.

            --owner is the address of the role that makes and owns the tables; the vault itself connects as --to says. A server
            that has standbys and waits for none of them is refused, unless --accept-asynchronous accepts what that loses.

            With --keys-database the keys move into a database of their own.

            Example:
              vocvault migrate --to 'postgres://vocvault@db.example.com/voc?sslmode=verify-full' \\
                --owner 'postgres://voc_owner@db.example.com/voc?sslmode=verify-full'
            """)

    @Option(help: "Address of the database, as the vault will connect to it.")
    var to: String

    @Option(help: "Address of the same database as the role that owns the tables.")
    var owner: String

    @OptionGroup var keys: KeysDatabase

    @Flag(help: "Accept that a failover loses what was acknowledged last.")
    var acceptAsynchronous = false

    @OptionGroup var caution: Caution

    func run() throws {
        let (address, owner, keys) = (try PostgresAddress(to), try PostgresAddress(owner), try keys.place())
        if caution.looksFirst {
            let rows = try VaultEnvironment.session().migrationForecast(to: address, owner: owner, keys: keys, acceptsAsynchronous: acceptAsynchronous)
            let lines = [
                "would move and compare about \(rows) rows (more with each command until then)",
                "would close the files in \(VaultEnvironment.location.home) for good; the vault would be in \(address.name)",
            ]
            guard try caution.goesOn(lines, typing: "migrate") else { return }
        }
        let rows = try VaultEnvironment.session(needing: .bulk).migrate(to: address, owner: owner, keys: keys, acceptsAsynchronous: acceptAsynchronous) { progress in
            if isErrorTerminal { showProgress("\r\u{1B}[K\(progress.step.rawValue) \(progress.table): \(progress.rows) rows") }
        }
        if isErrorTerminal { printError("") }
        let home = VaultEnvironment.location.home
        try print("moved and compared \(rows) rows; the vault is in \(address.name) now")
        warn(of: Set(try [address, keys?.address].compactMap { $0 }.flatMap { try VaultStore.serverDurability(at: $0).faults }).sorted())
        try print("when you have seen that it is well, delete \([VaultStore.dataFile, VaultStore.keyFile].map { "\(home)/\($0)*" }.joined(separator: " "))")
    }
}
