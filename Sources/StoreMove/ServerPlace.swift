import Foundation
import Store
import StorePostgres
import Wire

/// Where the server of a vault is, as the file `postgres` in its home says.
struct ServerPlace {
    static let fileName = "postgres"
    private static let keysMark = "keys "

    let data: PostgresAddress
    /// Of the keys, where these have a database of their own.
    let keys: PostgresAddress?

    init(_ data: PostgresAddress, keys: PostgresAddress?) { (self.data, self.keys) = (data, keys) }

    /// Nil: the vault of `home` is in files, or there is none.
    init?(in home: URL) throws {
        let file = home.appendingPathComponent(Self.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { throw StorageError.readOnly(path: file.path) }
        let lines = text.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: "\n", maxSplits: 1).map(String.init)
        if let last = lines.last, lines.count == 2, last.hasPrefix(Self.keysMark) {
            self.init(try PostgresAddress(lines[0]), keys: try PostgresAddress(String(last.dropFirst(Self.keysMark.count))))
        } else {
            self.init(try PostgresAddress(lines.joined(separator: "\n")), keys: nil)
        }
    }

    /// What the file holds.
    var note: [UInt8] { Array(("\(data.text)\n" + (keys.map { "\(Self.keysMark)\($0.text)\n" } ?? "")).utf8) }

    func write(in home: URL) throws { try DurableFile.replace(home.appendingPathComponent(Self.fileName).path, with: note) }

    func open(anyFormat: Bool = false) throws -> VaultStore {
        let vault = try ServerVault(opening: data, keys: keys, anyFormat: anyFormat)
        return VaultStore(vault.data, keys: KeyStore(vault.keys), vaultID: vault.vaultID, snapshots: ServerSnapshots(data: vault.data, keys: vault.keys))
    }
}
