import Foundation
import Hummingbird
import NIOCore
import Synchronization
import VaultAPI

/// Passes a request's body from the connection to a thread that reads it block by block. Holds only a few blocks.
final class BodyPipe: Sendable {
    private struct State {
        var blocks: [[UInt8]] = []
        var bytes = 0
        var isFinished = false
        var failure: (any Error)?
        /// The writer that waits for room.
        var writer: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)
    /// How many bytes may wait for the reader.
    private static let capacity = 2 << 20
    /// The size from which a block is passed on.
    private static let blockSize = 256 << 10

    /// The next bytes; nil at the end. Blocks.
    func next() throws -> ArraySlice<UInt8>? {
        arrivals.wait()
        let (block, writer) = try state.withLock { state -> ([UInt8]?, CheckedContinuation<Void, Never>?) in
            if state.blocks.isEmpty {
                // Asking again after the end gives the same answer.
                arrivals.signal()
                if let failure = state.failure { throw failure }
                return (nil, nil)
            }
            let block = state.blocks.removeFirst()
            state.bytes -= block.count
            defer { state.writer = nil }
            return (block, state.writer)
        }
        writer?.resume()
        return block?[...]
    }

    /// Whether the next bytes are there within a time. Blocks for as long.
    func isReady(within time: Duration) -> Bool {
        let nanoseconds = max(0, time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000)
        guard arrivals.wait(timeout: .now() + .nanoseconds(Int(nanoseconds))) == .success else { return false }
        arrivals.signal()
        return true
    }

    /// Moves a body into the pipe at the reader's pace, until the reader has finished.
    ///
    /// - Parameters:
    ///   - beginning: the part of the body that has been read already.
    ///   - isPrompt: whether what has come is passed on at once, however little it is.
    func fill(from body: inout PacedBody, after beginning: [UInt8], limit: Int, isPrompt: Bool = false, observing: (ByteBuffer) -> Void) async {
        var pending = beginning
        var total = beginning.count
        do {
            while let buffer = try await body.next() {
                total += buffer.readableBytes
                guard total <= limit else { throw Problem(.tooLarge, "the body is larger than \(limit >> 20) MiB") }
                observing(buffer)
                pending += buffer.readableBytesView
                if isPrompt || pending.count >= Self.blockSize {
                    await put(pending)
                    pending = []
                    if state.withLock(\.isFinished) { return }
                }
            }
            if !pending.isEmpty { await put(pending) }
            finish(nil)
        } catch {
            finish(error)
        }
    }

    private func put(_ block: [UInt8]) async {
        await withCheckedContinuation { continuation in
            let resumes = state.withLock { state in
                state.blocks.append(block)
                state.bytes += block.count
                if state.bytes <= Self.capacity || state.isFinished { return true }
                state.writer = continuation
                return false
            }
            arrivals.signal()
            if resumes { continuation.resume() }
        }
    }

    private func finish(_ error: (any Error)?) {
        state.withLock { state in
            state.isFinished = true
            state.failure = error
        }
        arrivals.signal()
    }

    /// The reader has finished: the rest is dropped.
    func close() {
        let writer = state.withLock { state in
            state.isFinished = true
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }
}
