import Foundation

/// The state of the store.
public struct StoreCondition: Sendable {
    /// What SQLite finds wrong with the pages and indexes; empty: nothing, or a server's to say.
    public var damage: [String]
    /// Bytes of the data and keys, and of the write-ahead logs beside them.
    public var dataBytes: Int64
    public var logBytes: Int64
    /// Customers whose rows are gone while their key is not.
    public var pendingErasures: Int
}

extension VaultStore {
    /// Reads every page.
    public func condition() throws -> StoreCondition {
        let pending = try read { try $0.pendingKeyErasures().count }
        guard isInFiles else { return StoreCondition(damage: [], dataBytes: try dataBytes, logBytes: 0, pendingErasures: pending) }
        let damage = try ["main", "keystore"].flatMap { name in
            try database.read { db in try db.rows("PRAGMA \(name).quick_check(5)") { $0.text(0) } }.filter { $0 != "ok" }.map { "\(name): \($0)" }
        }
        return StoreCondition(damage: damage, dataBytes: try dataBytes, logBytes: fileBytes("-wal"), pendingErasures: pending)
    }

    /// Bytes of the data and keys.
    var dataBytes: Int64 {
        get throws { isInFiles ? fileBytes("") : try database.read { try $0.integer("SELECT pg_database_size(current_database())")! } }
    }

    /// Bytes of the files whose names end so.
    private func fileBytes(_ suffix: String) -> Int64 {
        [database.name, keys.database.name].reduce(0) { total, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file + suffix)
            return total + ((attributes?[.size] as? NSNumber)?.int64Value ?? 0)
        }
    }
}
