/// A step in the history of what a vault stores. One that has shipped never changes: what comes after is another step.
struct StoredFormat: Sendable {
    let number: Int
    /// What it changes in `vault.db`, in SQL of SQLite.
    let data: String
    /// The same in `keystore.db`.
    let keys: String
    /// The same in both schemas of a PostgreSQL database, as the tables' owner.
    let server: String
    /// What the tables are once it has been taken.
    let fingerprints: (data: SchemaFingerprint, keys: SchemaFingerprint, server: SchemaFingerprint)

    /// From the first on, each beginning where the one before ends.
    static let all = [format1, format2]
    /// The one that this program reads and writes.
    static var current: Int { all.count }

    /// What it changes in one of the files.
    func script(_ file: VaultFile) -> String { file == .data ? data : keys }

    func fingerprint(_ file: VaultFile) -> SchemaFingerprint { file == .data ? fingerprints.data : fingerprints.keys }
}

/// A file of a vault that lies in files.
enum VaultFile: Sendable {
    case data, keys
}
