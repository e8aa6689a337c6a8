import Foundation
import Synchronization

/// A value being made on another thread.
package final class Pending<T: Sendable>: Sendable {
    private let result = Mutex<Result<T, any Error>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    package init(_ make: @escaping @Sendable () throws -> T) {
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            let made = Result(catching: make)
            result.withLock { $0 = made }
            done.signal()
        }
    }

    package var isReady: Bool { result.withLock { $0 != nil } }

    /// Waits for the value.
    package func get() throws -> T {
        done.wait()
        defer { done.signal() }
        return try result.withLock { try $0!.get() }
    }
}
