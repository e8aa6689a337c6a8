import Foundation
import Store
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Removes deleted data from the write-ahead log, even if a reader in another process keeps it there for a while. An erasure has
/// succeeded once it is committed; this is what remains to be done.
///
/// From before the deletion on, the file `traces` in the home says that something may be left: a process that dies leaves it to
/// the next one. Each deletion holds a shared lock on it, and only a process that gets an exclusive lock removes it.
package final class DeletedTraces: Sendable {
    package static let notice = """
        what was deleted still lies in the write-ahead log, because another process is reading an older state; the next command \
        or the server empties it as soon as that has ended
        """
    private static let fileName = "traces"
    /// How long a command waits for readers.
    private static let patience = Duration.seconds(1)
    /// Delay before the log is tried again, at first and at most, in seconds.
    private static let pauses = (first: 2.0, last: 60.0)

    private let store: VaultStore
    private let path: String
    /// Whether to try the log again, and when it was last tried.
    private let state = Mutex((isWaiting: false, looked: ContinuousClock.now))

    init(home: String, store: VaultStore) { (self.store, path) = (store, "\(home)/\(Self.fileName)") }

    /// Whether something may be left.
    var isPending: Bool { store.isInFiles && FileManager.default.fileExists(atPath: path) }

    /// Runs a deletion, and then empties the log, now or later.
    func deleting<R>(_ body: () throws -> R) rethrows -> R {
        guard store.isInFiles else { return try body() }
        // If it cannot be created, the log is emptied all the same, but nobody else knows that it should be.
        let file = mark(creating: true)
        defer { if !empty(patience: Self.patience, file) { tryLater(Self.pauses.first) } }
        return try body()
    }

    /// - Returns: whether the log is empty, so that no reader of deleted data is left.
    func empty() throws -> Bool {
        do {
            try store.truncateLog(patience: Self.patience)
            return true
        } catch StorageError.busy {
            return false
        }
    }

    /// Empties the log if something is left, without waiting.
    func resume() { if isPending, !empty(patience: .zero, mark(creating: false)) { tryLater(Self.pauses.first) } }

    /// The same, at most once a minute, for a process that keeps running.
    func look() {
        let isTime = state.withLock { state in
            guard state.looked.duration(to: .now) >= .seconds(Self.pauses.last) else { return false }
            state.looked = .now
            return true
        }
        if isTime, isPending { tryLater(Self.pauses.first) }
    }

    /// Opens the file with a shared lock; -1 if it is missing or cannot be created.
    private func mark(creating: Bool) -> Int32 {
        while true {
            let file = open(path, O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0), 0o600)
            guard file >= 0 else { return file }
            flock(file, LOCK_SH)
            var (opened, named) = (stat(), stat())
            if fstat(file, &opened) == 0, stat(path, &named) == 0, opened.st_ino == named.st_ino { return file }
            // Somebody has removed it meanwhile.
            close(file)
        }
    }

    /// - Returns: whether nothing is left; the file is closed.
    private func empty(patience: Duration, _ file: Int32) -> Bool {
        defer { if file >= 0 { close(file) } }
        guard (try? store.truncateLog(patience: patience)) != nil else { return false }
        // Another deletion has begun, here or elsewhere, and will finish by itself.
        if file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
        return true
    }

    private func tryLater(_ seconds: Double) {
        let isFirst = state.withLock { state in
            defer { state.isWaiting = true }
            return !state.isWaiting
        }
        guard isFirst else { return }
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + seconds) { [weak self] in
            guard let self else { return }
            state.withLock { $0.isWaiting = false }
            if isPending, !empty(patience: .zero, mark(creating: false)) { tryLater(min(seconds * 2, Self.pauses.last)) }
        }
    }
}
