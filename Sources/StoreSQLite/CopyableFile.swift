import Foundation
import GRDB
import Store
import Wire

/// A file of SQLite that can be copied while it is used.
protocol CopyableFile: Database {
    func backup(to target: DatabaseQueue, pagesPerStep: CInt, progress: @escaping (DatabaseBackupProgress) -> Void) throws
}

extension CopyableFile {
    var isInFiles: Bool { true }

    func check(connections body: @escaping @Sendable (any Connection) throws -> Void, reading part: VaultPart) {}

    func damage() throws -> [String] {
        let file = URL(fileURLWithPath: name).lastPathComponent
        return try read { db in try db.rows("PRAGMA main.quick_check(5)") { $0.text(0) } }.filter { $0 != "ok" }.map { "\(file): \($0)" }
    }

    func size() -> DatabaseSize { DatabaseSize(bytes: Self.bytes(name), logBytes: Self.bytes(name + "-wal")) }

    private static func bytes(_ path: String) -> Int64 {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.int64Value ?? 0
    }

    func durability() -> ServerDurability? { nil }

    /// Writes what it has at one moment into a new file of mode 0600.
    func copy(to path: String, progress: @escaping (CopyProgress) -> Void) throws {
        _ = try BlockFile(path, blockSize: 1, .writing)
        try StorageError.naming(path) {
            let target = try DatabaseQueue(path: path)
            try backup(to: target, pagesPerStep: CopyProgress.portion) { progress(.pages($0.completedPageCount, of: $0.totalPageCount)) }
            // One file, without a write-ahead log beside it.
            try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try target.close()
        }
    }
}

extension CopyProgress {
    /// Pages between two reports.
    fileprivate static let portion: CInt = 2048
}

/// Snapshots of a vault in files.
struct FileSnapshots: Snapshots {
    let data, keys: any CopyableFile

    func copyData(to path: String, progress: @escaping (CopyProgress) -> Void) throws { try data.copy(to: path, progress: progress) }

    func copyKeys(to path: String) throws { try keys.copy(to: path) { _ in } }
}

extension VaultStore {
    /// A vault in files.
    convenience init(data: any CopyableFile, keys: any CopyableFile, vaultID: UInt128) {
        self.init(data, keys: KeyStore(keys), vaultID: vaultID, snapshots: FileSnapshots(data: data, keys: keys))
    }
}
