import Dispatch
import Foundation
import Synchronization

/// Runs `count` pieces of work on all cores and returns their results in order.
func inParallel<T: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> T) throws -> [T] {
    if count == 1 { return [try body(0)] }
    let results = Mutex<[Result<T, any Error>?]>(Array(repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
        let result = Result { try body(index) }
        results.withLock { $0[index] = result }
    }
    return try results.withLock { try $0.map { try $0!.get() } }
}

/// Values that a separate thread makes one after another, ahead of their consumer.
final class Ahead<T: Sendable>: Sendable {
    private struct State {
        var made: [Result<T?, any Error>] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let places = DispatchSemaphore(value: 0)
    private let ready = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - depth: how many are made at most before one is taken.
    ///   - make: nil after the last value; it is not called again after that, nor after an error.
    init(by depth: Int, _ make: @escaping @Sendable () throws -> T?) {
        for _ in 0..<depth { places.signal() }
        DispatchQueue(label: "ahead").async { [self] in
            var isLast = false
            while !isLast {
                places.wait()
                if state.withLock({ $0.isStopped }) { return }
                let made = Result(catching: make)
                isLast = (try? made.get()) == nil
                state.withLock { $0.made.append(made) }
                ready.signal()
            }
        }
    }

    /// Waits for the next value; nil after the last. Must not be called again after that, nor after an error.
    func next() throws -> T? {
        ready.wait()
        defer { places.signal() }
        return try state.withLock { $0.made.removeFirst() }.get()
    }

    /// Stops making values.
    func stop() {
        state.withLock { $0.isStopped = true }
        places.signal()
    }
}

/// Splits a range into pieces of nearly equal size.
func pieces(of count: Int, _ parts: Int) -> [Range<Int>] {
    (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }
}
