import Foundation
import GRDB
import GRDBSQLite
import Store
import Synchronization

/// Room in a write-ahead log that is written before it is needed.
///
/// When a file has grown, a flush waits for its new length as well, which takes as long as the data (measured: 0.45 ms
/// against 0.21 ms). So after a few small commits the log is lengthened by zeros, which the commits after them overwrite;
/// PostgreSQL lays out its log likewise. What follows a log's last whole frame means nothing (sqlite.org/walformat.html §3).
final class LogReserve: Sendable {
    private struct State {
        /// In the log, as of the last commit.
        var frames = 0
        /// In a row, by this process.
        var smallCommits = 0
        /// Length of the file, as far as it is known.
        var end: Int64 = 0
    }

    private let path: String
    private let state = Mutex(State())

    /// A page and what the log says of it.
    private static let frame: Int64 = 8192 + 24
    /// Frames of a commit that counts as small.
    private static let small = 64
    /// Small commits before there is a reserve: who runs one command needs none.
    private static let patience = 8
    /// Bytes that are written at once.
    private static let stretch = 1 << 20

    /// - Parameter path: of the database.
    init(path: String) { self.path = path + "-wal" }

    /// Learns of each commit of a connection; replaces what `PRAGMA wal_autocheckpoint` does and does it as well.
    func watch(_ db: GRDB.Database) {
        sqlite3_wal_hook(
            db.sqliteConnection,
            { reserve, db, name, frames in
                Unmanaged<LogReserve>.fromOpaque(reserve!).takeUnretainedValue().didCommit(frames: Int(frames))
                if frames >= SQLiteSchema.autocheckpoint { sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, nil, nil) }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    static func unwatch(_ db: GRDB.Database) { sqlite3_wal_hook(db.sqliteConnection, nil, nil) }

    private func didCommit(frames: Int) {
        state.withLock { state in
            let added = frames - state.frames
            // Begun anew, it may be shorter.
            if added <= 0 { state.end = 0 }
            state.smallCommits = added < Self.small ? state.smallCommits + 1 : 0
            state.frames = frames
        }
    }

    /// Lengthens the log when little is left. Call with the write lock held, so that nobody else writes to the log: what is
    /// in it is not touched. That it does not succeed changes nothing but the pace.
    func refill() {
        state.withLock { state in
            let needed = Int64(state.frames + Self.small) * Self.frame
            guard state.smallCommits >= Self.patience, state.end < needed else { return }
            let log = open(path, O_WRONLY | O_CLOEXEC)
            guard log >= 0 else { return }
            defer { close(log) }
            state.end = Int64(lseek(log, 0, SEEK_END))
            if state.end < needed { state.end += Int64(max(0, write(log, Self.zeros, Self.stretch))) }
        }
    }

    private static let zeros = [UInt8](repeating: 0, count: stretch)
}
