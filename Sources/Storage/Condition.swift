import Foundation
import GRDB

/// The state of the store's files.
public struct StoreCondition: Sendable {
    /// What SQLite finds wrong with the pages and indexes; empty: nothing.
    public var damage: [String]
    /// Bytes of `vault.db`, `keystore.db`, and of their write-ahead logs.
    public var dataBytes: Int64
    public var logBytes: Int64
    /// Customers whose rows are gone while their key is not.
    public var pendingErasures: Int
}

extension VaultStore {
    /// Reads every page.
    public func condition() throws -> StoreCondition {
        let damage = try read { reader in
            try ["main", "keystore"].flatMap { name in
                try String.fetchAll(reader.db, sql: "PRAGMA \(name).quick_check(5)").filter { $0 != "ok" }.map { "\(name): \($0)" }
            }
        }
        func size(_ suffix: String) -> Int64 {
            let folder = (pool.path as NSString).deletingLastPathComponent
            return [Self.dataFile, Self.keyFile].reduce(0) { total, name in
                let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)\(suffix)")
                return total + ((attributes?[.size] as? NSNumber)?.int64Value ?? 0)
            }
        }
        return StoreCondition(
            damage: damage, dataBytes: size(""), logBytes: size("-wal"), pendingErasures: try read { try $0.pendingKeyErasures().count })
    }
}
