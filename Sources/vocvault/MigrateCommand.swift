import ArgumentParser
import Foundation
import Store
import VoCVault

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Moves the vault from its files into a PostgreSQL database.",
        discussion: """
            Nobody can write in the meantime. If the move is interrupted, run it again and it continues. At the end it compares
            every row, closes the files for good, and records in the vault's home where the data are. Running processes fail
            at their next write: restart them. Then delete the files, because they hold the keys of customers who are erased
            from now on.

            The files cannot be used again afterwards, so on a terminal the command asks for confirmation.

            --owner is the address of the role that creates and owns the tables; the vault itself connects to --to. The command
            refuses a server that has standbys and waits for none of them, unless --accept-asynchronous accepts the possible loss.

            With --keys-database the keys move into a separate database.

            Example:
              vocvault migrate --to 'postgres://vocvault@db.example.com/voc?sslmode=verify-full' \\
                --owner 'postgres://voc_owner@db.example.com/voc?sslmode=verify-full'
            """)

    @Option(help: "Address that the vault will connect to.")
    var to: String

    @Option(help: "Address of the same database, for the role that owns the tables.")
    var owner: String

    @OptionGroup var keys: KeysDatabase

    @Flag(help: "Accept that a failover may lose the last acknowledged transactions.")
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
        try print("once you have seen that all is well, delete \([VaultStore.dataFile, VaultStore.keyFile].map { "\(home)/\($0)*" }.joined(separator: " "))")
    }
}
