import Foundation

extension StoreReader {
    /// Whether the vault's creation has not ended: it has no administrator yet, and nothing else.
    public var isUnfinished: Bool {
        get throws {
            guard try auditHead() == nil else { return false }
            return try db.integer("SELECT 1 FROM token LIMIT 1") == nil && db.integer("SELECT 1 FROM subject LIMIT 1") == nil
                && db.integer("SELECT 1 FROM record LIMIT 1") == nil
        }
    }
}

extension VaultStore {
    /// The vault in a database whose creation in `home` did not end; nil when there is none, or a whole one.
    public static func unfinished(at address: PostgresAddress, keys: PostgresAddress? = nil, in home: URL) throws -> VaultStore? {
        let file = home.appendingPathComponent(addressFile).path
        if let text = FileManager.default.contents(atPath: file), text != Data(note(of: address, keys: keys).utf8) { return nil }
        do {
            let store = try open(address, keys: keys)
            return try store.read { try $0.isUnfinished } ? store : nil
        } catch StorageError.notAVault {
            return nil
        }
    }
}
