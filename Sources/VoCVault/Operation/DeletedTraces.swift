import Foundation
import Store
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Sees to it that what was deleted goes from the write-ahead log as well, also where a reader of another process keeps it
/// there for a while: an erasure has succeeded once it is committed, and this is what is left to do.
///
/// The file `traces` in the home says that something may be left, from before the deletion on: a process that dies leaves it
/// to the next. Who deletes holds a shared lock on it, and only who can have it alone takes it away.
package final class DeletedTraces: Sendable {
    package static let notice = """
        what was deleted still lies in the write-ahead log, because another process is reading an older state; the next command \
        or the server empties it as soon as that has ended
        """
    private static let fileName = "traces"
    /// How long a command waits for readers.
    private static let patience = Duration.seconds(1)
    /// How long until the log is tried again, at first and at most, in seconds.
    private static let pauses = (first: 2.0, last: 60.0)

    private let store: VaultStore
    private let path: String
    /// Whether the log is to be tried again, and when it was looked after last.
    private let state = Mutex((isWaiting: false, looked: ContinuousClock.now))

    init(home: String, store: VaultStore) { (self.store, path) = (store, "\(home)/\(Self.fileName)") }

    /// Whether something may be left.
    var isPending: Bool { store.isInFiles && FileManager.default.fileExists(atPath: path) }

    /// Runs what deletes something; then empties the log, now or later.
    func deleting<R>(_ body: () throws -> R) rethrows -> R {
        guard store.isInFiles else { return try body() }
        // Where it cannot be made the log is emptied all the same, but nobody else knows that it should be.
        let file = mark(creating: true)
        defer { if !empty(patience: Self.patience, file) { tryLater(Self.pauses.first) } }
        return try body()
    }

    /// - Returns: whether the log is empty, and so no reader is left of what is no more.
    func empty() throws -> Bool {
        do {
            try store.truncateLog(patience: Self.patience)
            return true
        } catch StorageError.busy {
            return false
        }
    }

    /// Empties the log if something is left, without waiting for anybody.
    func resume() { if isPending, !empty(patience: .zero, mark(creating: false)) { tryLater(Self.pauses.first) } }

    /// The same once a minute at most, for a process that lives on.
    func look() {
        let isTime = state.withLock { state in
            guard state.looked.duration(to: .now) >= .seconds(Self.pauses.last) else { return false }
            state.looked = .now
            return true
        }
        if isTime, isPending { tryLater(Self.pauses.first) }
    }

    /// Opens the file with a shared lock; -1 when it is not there or cannot be made.
    private func mark(creating: Bool) -> Int32 {
        while true {
            let file = open(path, O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0), 0o600)
            guard file >= 0 else { return file }
            flock(file, LOCK_SH)
            var (opened, named) = (stat(), stat())
            if fstat(file, &opened) == 0, stat(path, &named) == 0, opened.st_ino == named.st_ino { return file }
            // Somebody has taken it away meanwhile.
            close(file)
        }
    }

    /// - Returns: whether nothing is left; the file is closed.
    private func empty(patience: Duration, _ file: Int32) -> Bool {
        defer { if file >= 0 { close(file) } }
        guard (try? store.truncateLog(patience: patience)) != nil else { return false }
        // Another deletion has begun, here or elsewhere: it has its own end.
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
