import Foundation
import Synchronization

/// Passes an answer from the thread that makes it to the connection. Holds only so much: a client that sends and never reads its answer is not read
/// from any more.
final class AnswerPipe: Sendable {
    private struct State {
        var parts: [[UInt8]] = []
        var bytes = 0
        var isFinished = false
        var isClosed = false
        /// Whether the writer waits for room.
        var isFull = false
        var reader: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    /// From how many bytes on a writer waits. A batch has at most some hundred KiB of lines, unless all of it is rejected.
    static let capacity = 1 << 20

    /// Whether the writer waits for a reader, and what waits with it.
    var held: (bytes: Int, isFull: Bool) { state.withLock { ($0.bytes, $0.isFull) } }

    /// Adds a part, and waits while too much has not been read. Blocks. For one thread at a time.
    ///
    /// - Throws: ``Problem`` if nobody is there to read the rest.
    func put(_ part: [UInt8]) throws {
        let (reader, waits) = try state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
            guard !state.isClosed else { throw Problem.incomplete }
            state.parts.append(part)
            state.bytes += part.count
            state.isFull = state.bytes > Self.capacity
            defer { state.reader = nil }
            return (state.reader, state.isFull)
        }
        reader?.resume()
        guard waits else { return }
        room.wait()
        if state.withLock(\.isClosed) { throw Problem.incomplete }
    }

    /// There is no more.
    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// The next parts; nil at the end. For one task.
    func next() async -> [UInt8]? {
        while true {
            let (parts, isEnd, makesRoom) = state.withLock { state -> ([UInt8], Bool, Bool) in
                defer { (state.parts, state.bytes, state.isFull) = ([], 0, false) }
                return (Array(state.parts.joined()), state.isFinished, state.isFull)
            }
            if makesRoom { room.signal() }
            if !parts.isEmpty { return parts }
            if isEnd { return nil }
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.isFinished || !state.parts.isEmpty { return true }
                    state.reader = continuation
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    /// Nobody reads any more: whoever waits for room gives up.
    func close() {
        let waits = state.withLock { state in
            defer { (state.isClosed, state.parts, state.bytes, state.isFull) = (true, [], 0, false) }
            return state.isFull
        }
        if waits { room.signal() }
    }
}
