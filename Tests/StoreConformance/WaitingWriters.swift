import Foundation
import Store

extension VaultStore {
    /// Returns once so many bodies wait for the writer; false when they do not within a minute.
    package func hasWaiting(_ count: Int) -> Bool {
        let limit = ContinuousClock.now + .seconds(60)
        while waitingWriters < count, ContinuousClock.now < limit { usleep(200) }
        return waitingWriters >= count
    }

    /// Runs `body` so many times at once, on threads of their own, while the writer is held until all of them wait for it, so that they
    /// share a transaction.
    package func writeTogether<R>(_ count: Int, _ body: @escaping @Sendable (Int, StoreWriter) throws -> R, done: @escaping @Sendable (Int, Result<R, any Error>) -> Void) {
        let (isHeld, threads) = (DispatchSemaphore(value: 0), DispatchGroup())
        func begin(_ run: @escaping @Sendable () -> Void) {
            threads.enter()
            Thread.detachNewThread {
                run()
                threads.leave()
            }
        }
        begin {
            try! self.write { _ in
                isHeld.signal()
                precondition(self.hasWaiting(count), "fewer than \(count) wait for the writer")
            }
        }
        isHeld.wait()
        for index in 0..<count { begin { done(index, Result { try self.write { try body(index, $0) } }) } }
        threads.wait()
    }
}
