import ArgumentParser
import StorePostgres

/// The address of keys that have a database of their own.
struct KeysDatabase: ParsableArguments {
    @Option(name: .customLong("keys-database"), help: "Address of a separate database for the keys; by default they are stored beside the data.")
    var address: String?

    @Option(name: .customLong("keys-owner"), help: "Address of that database, for the role that owns its tables.")
    var owner: String?

    func validate() throws {
        if owner != nil, address == nil { throw ValidationError("--keys-owner needs --keys-database") }
    }

    /// Where to create them.
    func place() throws -> KeysPlace? {
        guard let address else { return nil }
        guard let owner else { throw ValidationError("--keys-database needs --keys-owner, the role that makes and owns its tables") }
        return KeysPlace(try PostgresAddress(address), owner: try PostgresAddress(owner))
    }
}
