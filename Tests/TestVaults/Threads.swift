import Dispatch
import Foundation
import Synchronization

/// Runs bodies side by side, each on a thread of its own.
///
/// What blocks or spins in a task takes one of the few threads on which the tasks of all tests run, two on two cores: where two tests do
/// so, what they wait for never runs.
package final class Threads: Sendable {
    private let failures = Mutex<[any Error]>([])
    private let running = DispatchGroup()

    package init() {}

    package func begin(_ body: @escaping @Sendable () throws -> Void) {
        running.enter()
        Thread.detachNewThread { [self] in
            do { try body() } catch { failures.withLock { $0.append(error) } }
            running.leave()
        }
    }

    /// Waits until all have ended.
    ///
    /// - Throws: what the first of them threw that did.
    package func end() throws {
        running.wait()
        if let failure = failures.withLock({ $0.first }) { throw failure }
    }
}
