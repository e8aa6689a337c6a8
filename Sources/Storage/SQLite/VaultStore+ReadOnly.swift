import Foundation
import GRDB

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension VaultStore {
    /// Opens the vault in `home`.
    ///
    /// - Parameter readingOnly: whether files that cannot be written are opened as well, to be read.
    public static func open(in home: URL, readingOnly: Bool) throws -> VaultStore {
        let files = [dataFile, keyFile].map { home.appendingPathComponent($0).path }
        let isWritable = ([home.path] + files).allSatisfy { access($0, W_OK) == 0 }
        let isThere = files.allSatisfy { FileManager.default.fileExists(atPath: $0) }
        let isElsewhere = FileManager.default.fileExists(atPath: home.appendingPathComponent(addressFile).path)
        guard readingOnly, !isWritable, isThere, !isElsewhere else { return try open(in: home) }
        let (data, keys) = try ReadOnlyFiles.open(data: files[0], keys: files[1])
        try data.requireFormat(.data)
        try keys.requireFormat(.keys)
        guard let identifier = try data.read({ try $0.first("SELECT vault_id FROM vault") { $0.identifier(0) } }) else {
            throw StorageError.corrupt(path: data.name, detail: "no vault id")
        }
        return VaultStore(data, keys: KeyStore(keys), vaultID: identifier)
    }

    /// Whether nothing can be written to it.
    public var isReadOnly: Bool { database is ReadOnlyFiles }
}
