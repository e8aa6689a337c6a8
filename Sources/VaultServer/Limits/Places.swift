import Synchronization

/// A number of places for what may go on at the same time.
final class Places: Sendable {
    private let free: Mutex<Int>
    private let problem: Problem

    init(_ count: Int, otherwise problem: Problem = .busy) {
        free = Mutex(count)
        self.problem = problem
    }

    /// Takes a place for as long as `body` runs.
    func within<R>(_ body: () async throws -> R) async throws -> R {
        let isFree = free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        guard isFree else { throw problem }
        defer { free.withLock { $0 += 1 } }
        return try await body()
    }
}
