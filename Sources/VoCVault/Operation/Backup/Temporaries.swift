import Foundation
import Synchronization

/// Files and folders that are needed for a while only, such as a copy of the key store, and that go when the process is
/// told to stop. What a process that was killed has left is swept by the next one.
package final class Temporaries: Sendable {
    package static let shared = Temporaries()

    private let paths = Mutex<Set<String>>([])

    /// Gives `body` a path that is free, and removes what lies there afterwards.
    func with<R>(_ path: String, _ body: (String) throws -> R) rethrows -> R {
        _ = paths.withLock { $0.insert(path) }
        defer {
            paths.withLock { paths in
                Self.remove(path)
                paths.remove(path)
            }
        }
        return try body(path)
    }

    /// Runs `body`, in the middle of which the process does not end by ``end(with:)``.
    func undisturbed<R>(_ body: () throws -> R) rethrows -> R { try paths.withLock { _ in try body() } }

    /// Removes everything and ends the process.
    package func end(with status: Int32) -> Never {
        paths.withLock { paths in
            // Other threads go on, and may make a file once more ...
            for _ in 0..<3 { paths.forEach(Self.remove) }
            // ... until no more can be opened, and those that were just being opened are there.
            var none = rlimit(rlim_cur: 0, rlim_max: 0)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
            usleep(1000)
            for path in paths { for suffix in Self.suffixes { unlink(path + suffix) } }
            _exit(status)
        }
    }

    /// Of a file and of what SQLite keeps beside it.
    private static let suffixes = ["", "-journal", "-wal", "-shm"]

    /// Removes a file, with what SQLite keeps beside it, or a folder.
    private static func remove(_ path: String) {
        for suffix in suffixes { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
}
