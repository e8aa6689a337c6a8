import Foundation
import Store
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Room on the disk of a vault's files that is kept for when it is full: a file of blocks that are given back to erasures,
/// retention and check-points, and taken again afterwards.
///
/// A check-point can need as much as the write-ahead log has of new pages, and gives the log's room back only then.
final class DiskReserve: Sendable {
    static let fileName = "reserve"
    /// Bytes: at least what a write-ahead log has when it is check-pointed by itself, all pages being new.
    private static let (smallest, largest) = (Int64(SQLiteSchema.autocheckpoint) * 8192, Int64(64 << 20))
    /// Of the data.
    private static let share: Int64 = 8
    /// Of what is free, on a small disk.
    private static let shareOfFree: Int64 = 4
    /// What opening the files may need: the index of a write-ahead log.
    private static let opening: Int64 = 1 << 20
    private static let step: Int64 = 64 << 10
    /// Bytes of such an index that are laid out at once: enough for a log of 64 MiB.
    private static let indexed: Int64 = 64 << 10

    private let path: String
    /// The write-ahead log of a file on the same disk.
    private struct Log {
        var file: String
        var empty: @Sendable () throws -> Void
    }

    private let logs = Mutex<[Log]>([])

    /// - Parameter home: the folder of the vault's files.
    init(home: URL) { path = home.appendingPathComponent(Self.fileName).path }

    /// For a vault whose files are there no longer.
    static func remove(from home: URL) { unlink(home.appendingPathComponent(fileName).path) }

    func addLog(of file: String, _ empty: @escaping @Sendable () throws -> Void) { logs.withLock { $0.append(Log(file: file, empty: empty)) } }

    private func logs(of file: String?) -> [Log] { logs.withLock { all in all.filter { file == nil || $0.file == file } } }

    /// Bytes that anybody can still write to the disk with a file.
    static func free(at path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    private var length: Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Makes the reserve, or more of it, where there is room enough besides.
    ///
    /// - Parameter data: bytes of the files that it is for.
    func fill(for data: Int64) {
        guard let free = Self.free(at: URL(fileURLWithPath: path).deletingLastPathComponent().path) else { return }
        let present = length
        let wanted = min(max(data / Self.share, Self.smallest), Self.largest, (free + present) / Self.shareOfFree)
        if wanted - present >= Self.step { _ = lengthen(to: wanted) }
    }

    /// - Returns: whether the disk had so much room.
    private func lengthen(to length: Int64) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        let present = self.length
        return length <= present || posix_fallocate(file, off_t(present), off_t(length - present)) == 0
    }

    /// Runs `body` with so much of the reserve given back, and takes what is left of it afterwards.
    private func lending<R>(_ bytes: Int64, _ body: () throws -> R) rethrows -> R {
        let present = length
        truncate(path, off_t(max(0, present - bytes)))
        defer {
            // A file that could not be lengthened as a whole may have got a part.
            var wanted = present
            while wanted > length, !lengthen(to: wanted) { wanted -= Self.step }
        }
        return try body()
    }

    /// Empties write-ahead logs, which gives their room back. The reserve helps where it must, and is there again when this
    /// returns.
    private func makeRoom(_ logs: [Log]) {
        func empty() throws {
            var failure: (any Error)?
            for log in logs {
                do { try log.empty() } catch { failure = failure ?? error }
            }
            if let failure { throw failure }
        }
        do {
            try empty()
        } catch StorageError.diskFull {
            try? lending(.max, empty)
        } catch {
            // A reader holds it: it stays as it is.
        }
    }

    /// Runs `body`, once more after room was made, and once more with the reserve when it is for that.
    ///
    /// - Parameter file: whose log alone may be emptied; nil: all.
    func withRoom<R>(_ room: Room, file: String?, _ body: () throws -> R) throws -> R {
        do { return try body() } catch StorageError.diskFull {}
        let logs = logs(of: file)
        makeRoom(logs)
        do { return try body() } catch let error as StorageError {
            guard case .diskFull = error, room == .reserve, length > 0 else { throw error }
        }
        return try lending(.max) {
            defer { for log in logs { try? log.empty() } }
            return try body()
        }
    }

    /// Runs `body`, which opens files of SQLite, with some room from the reserve when the disk is full.
    ///
    /// The index of a write-ahead log is mapped into memory: a block of it that is first written to when no room is left ends
    /// the process (SIGBUS), and SQLite itself lays out one in each 4 KiB only. So it gets its blocks at once.
    func withRoomToOpen<R>(_ files: [String], _ body: () throws -> R) throws -> R {
        func opened() throws -> R {
            let result = try body()
            for file in files { LogIndexes.shared.allocate(file + "-shm", Self.indexed) }
            return result
        }
        if let free = Self.free(at: URL(fileURLWithPath: path).deletingLastPathComponent().path), free >= Self.opening {
            // Also where there is room, it need not be ours: a quota, say.
            do { return try opened() } catch StorageError.diskFull {}
        }
        return try lending(Self.opening, opened)
    }
}
