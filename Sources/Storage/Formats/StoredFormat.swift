/// A step in the history of what a vault stores. One that has shipped never changes: what comes after is another step.
struct StoredFormat: Sendable {
    let number: Int
    /// What it changes in `vault.db`, in SQL of SQLite.
    let data: String
    /// The same in `keystore.db`.
    let keys: String
    /// The same in the schemas `vault` and `keystore` of PostgreSQL, as the tables' owner.
    let server: (data: String, keys: String)
    /// What the tables are once it has been taken.
    let fingerprints: (data: SchemaFingerprint, keys: SchemaFingerprint, server: SchemaFingerprint)

    /// From the first on, each beginning where the one before ends.
    static let all = [format1, format2]
    /// The one that this program reads and writes.
    static var current: Int { all.count }

    /// What it changes in one of the files.
    func script(_ file: VaultFile) -> String { file == .data ? data : keys }

    /// What it changes in a database with these parts.
    func script(_ parts: ServerParts) -> String { (parts.hasData ? server.data : "") + "\n" + (parts.hasKeys ? server.keys : "") }

    func fingerprint(_ parts: ServerParts) -> SchemaFingerprint { fingerprints.server.only(parts) }

    func fingerprint(_ file: VaultFile) -> SchemaFingerprint { file == .data ? fingerprints.data : fingerprints.keys }
}

/// A file of a vault that lies in files.
enum VaultFile: Sendable {
    case data, keys
}
