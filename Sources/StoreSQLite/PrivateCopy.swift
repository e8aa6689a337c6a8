import Foundation
import GRDB
import Store

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Copies of files of SQLite, with what their write-ahead logs hold, in a temporary folder that only their owner can read;
/// removed with the last reference. What a process that was killed has left there goes with the next copy.
final class PrivateCopy: Sendable {
    /// In the order in which they were given.
    let paths: [String]
    private let folder: URL
    /// Locked for as long as the copy is used.
    private let lock: Int32
    private static let prefix = "vocvault-copy-"

    init(of files: [String]) throws {
        let parent = FileManager.default.temporaryDirectory
        Self.sweep(parent)
        let folder = parent.appendingPathComponent(Self.prefix + UUID().uuidString)
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        lock = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        flock(lock, LOCK_EX)
        paths = files.map { folder.appendingPathComponent(URL(fileURLWithPath: $0).lastPathComponent).path }
        for (file, copy) in zip(files, paths) {
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: file + suffix) {
                try FileManager.default.copyItem(atPath: file + suffix, toPath: copy + suffix)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy + suffix)
            }
            try StorageError.naming(copy) {
                // Takes in what the log holds, and leaves one file.
                let queue = try DatabaseQueue(path: copy)
                try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
                try queue.close()
            }
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
        close(lock)
    }

    private static func sweep(_ parent: URL) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? [] where name.hasPrefix(prefix) {
            let folder = parent.appendingPathComponent(name)
            let lock = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard lock >= 0 else { continue }
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(at: folder) }
            close(lock)
        }
    }
}
