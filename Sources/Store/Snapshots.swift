/// Copies a vault's parts, each as it is at one moment, into files of mode 0600; writing goes on meanwhile.
package protocol Snapshots: Sendable {
    func copyData(to path: String, progress: @escaping (CopyProgress) -> Void) throws
    func copyKeys(to path: String) throws
}

/// How far a copy has come.
package enum CopyProgress: Sendable {
    /// Of files: so many of so many pages.
    case pages(Int, of: Int)
    /// Of a database.
    case rows(Int)
}

extension VaultStore {
    /// The names of the files that a copy has, and a vault in files.
    package static let dataFile = "vault.db"
    package static let keyFile = "keystore.db"

    /// Writes the data as it is at one moment into a file of mode 0600; writing goes on meanwhile.
    ///
    /// - Parameter path: a new file. For a vault in a database it may be that of a former snapshot of the same vault, which
    ///   then takes what has changed since.
    package func copyData(to path: String, progress: @escaping (CopyProgress) -> Void = { _ in }) throws { try snapshots.copyData(to: path, progress: progress) }

    /// Writes the key store as it is at one moment into a new file of mode 0600. It has the key of every customer who is
    /// in a copy of the data that was taken before, and was not erased since.
    package func copyKeys(to path: String) throws { try snapshots.copyKeys(to: path) }
}
