import Foundation
import GRDB
import Store

/// Files of SQLite in a folder that cannot be written: on a disk that is mounted read-only, say, or kept as evidence.
///
/// SQLite reads them as they lie there where it can: beside other processes with their write-ahead log, or without one. A
/// log without its index, which nobody has open, needs a folder that can be written: then a private copy is read.
final class ReadOnlyFiles: CopyableFile {
    /// What errors name.
    let name: String
    let (isReadOnly, hasKeysApart) = (true, false)
    private let readers: LendingPool<SQLiteReader>
    /// Removed with the last reference.
    private let copy: PrivateCopy?

    /// How both files are opened.
    private struct Way {
        var data: String
        var keys: String
        /// Parameters of the files' addresses.
        var parameters: String
    }

    private init(name: String, _ way: Way, copy: PrivateCopy?) {
        (self.name, self.copy) = (name, copy)
        readers = LendingPool(count: 8) {
            var configuration = SQLiteDatabase.configuration("read-only", patience: 15)
            configuration.readonly = true
            configuration.prepareDatabase { db in
                try SQLiteSchema.applyPragmas(to: db, cacheKiB: 4 << 10)
                if way.data != way.keys { try db.execute(sql: "ATTACH DATABASE ? AS keystore", arguments: [SQLiteDatabase.address(of: way.keys, way.parameters)]) }
            }
            return try SQLiteReader(path: SQLiteDatabase.address(of: way.data, way.parameters), configuration: configuration)
        }
    }

    /// Opens `vault.db` with `keystore.db`, and `keystore.db` alone.
    static func open(data: String, keys: String) throws -> (data: ReadOnlyFiles, keys: ReadOnlyFiles) {
        func files(_ way: Way, _ copy: PrivateCopy? = nil) throws -> (data: ReadOnlyFiles, keys: ReadOnlyFiles) {
            let files = (
                ReadOnlyFiles(name: data, way, copy: copy),
                ReadOnlyFiles(name: keys, Way(data: way.keys, keys: way.keys, parameters: way.parameters), copy: copy)
            )
            for file in [files.0, files.1] { _ = try file.read { try $0.integer("SELECT COUNT(*) FROM sqlite_schema") } }
            return files
        }
        do {
            return try files(Way(data: data, keys: keys, parameters: "mode=ro"))
        } catch StorageError.readOnly {
            // There is no index of the log, and nowhere to make one: nobody has the files open.
        }
        if [data, keys].allSatisfy({ size($0 + "-wal") == 0 }) { return try files(Way(data: data, keys: keys, parameters: "mode=ro&immutable=1")) }
        let copy = try PrivateCopy(of: [data, keys])
        return try files(Way(data: copy.paths[0], keys: copy.paths[1], parameters: "mode=ro&immutable=1"), copy)
    }

    private static func size(_ path: String) -> Int64 {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.int64Value ?? 0
    }

    /// - Throws: ``StorageError`` when the file is not ours, or of another format: here it cannot be brought up to date.
    func requireFormat(_ file: VaultPart) throws { try naming { try readers.lend { try $0.requireFormat(file, path: name) } } }

    /// Copies what it reads into another file.
    func backup(to target: DatabaseQueue, pagesPerStep: CInt, progress: @escaping (DatabaseBackupProgress) -> Void) throws {
        try readers.lend { try $0.backup(to: target, pagesPerStep: pagesPerStep, progress: progress) }
    }

    func read<R>(_ body: (any Connection) throws -> R) throws -> R { try naming { try readers.lend { try $0.read(beside: readers, body) } } }

    func lookUp<R>(_ body: (any Connection) throws -> R) throws -> R { try read(body) }

    func withWriter<R>(_ body: (any WritingConnection) throws -> R) throws -> R { throw StorageError.readOnly(path: name) }

    func naming<R>(_ body: () throws -> R) throws -> R { try StorageError.naming(name, body) }

    func checkpoint() {}

    func truncateLog(patience: Duration) {}

    /// There is none to make.
    func withRoom<R>(_ room: Room, _ body: () throws -> R) throws -> R { try body() }
}
