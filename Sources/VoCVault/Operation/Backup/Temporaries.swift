import Foundation
import Synchronization
import Wire

/// Folders that are needed only for a while, such as that of a copy of the key store, and are removed when the process is told to
/// stop. The next process removes what a killed one left.
package final class Temporaries: Sendable {
    package static let shared = Temporaries()

    private let folders = Mutex<Set<String>>([])

    /// Makes a folder, unless it is there, passes it to `body`, and afterwards removes whatever is there.
    func withFolder<R>(_ folder: String, _ body: (String) throws -> R) throws -> R {
        try folders.withLock { folders in
            var batch = FileBatch()
            try batch.makeFolder(folder)
            folders.insert(folder)
        }
        defer {
            folders.withLock { folders in
                Self.remove(folder)
                folders.remove(folder)
            }
        }
        return try body(folder)
    }

    /// Passes the path of a file that does not exist yet to `body`, in a folder of its own, which holds what SQLite keeps beside it,
    /// too.
    func withFile<R>(in folder: String, _ body: (String) throws -> R) throws -> R { try withFolder(folder) { try body("\($0)/copy") } }

    /// Runs `body`; ``end(with:)`` does not end the process while it runs.
    func undisturbed<R>(_ body: () throws -> R) rethrows -> R { try folders.withLock { _ in try body() } }

    /// Removes everything and ends the process.
    ///
    /// Other threads continue meanwhile. What one of them creates in a folder keeps the folder from being removed, and in a folder that
    /// is gone nothing can be created: once the last is gone, nothing is left.
    package func end(with status: Int32) -> Never {
        folders.withLock { folders in
            for folder in folders {
                // A folder that cannot be removed is left to the next backup.
                for _ in 0..<1000 where access(folder, F_OK) == 0 { Self.remove(folder) }
            }
            _exit(status)
        }
    }

    private static func remove(_ folder: String) { try? FileManager.default.removeItem(atPath: folder) }
}
