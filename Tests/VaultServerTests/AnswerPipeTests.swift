import Foundation
import Synchronization
import Testing

@testable import VaultServer

@Suite("Answers that are passed on")
struct AnswerPipeTests {
    /// Puts parts from a thread of its own until they are all there or nobody reads any more.
    private final class Producer: Sendable {
        let pipe = AnswerPipe()
        let put = Atomic(0)
        let isDone = Atomic(false)
        let failed = Atomic(false)

        init(parts: Int, of size: Int) {
            Thread { [self] in
                do {
                    for number in 0..<parts {
                        try pipe.put([UInt8](repeating: UInt8(number % 251), count: size))
                        put.add(1, ordering: .sequentiallyConsistent)
                    }
                    pipe.finish()
                } catch { failed.store(true, ordering: .sequentiallyConsistent) }
                isDone.store(true, ordering: .sequentiallyConsistent)
            }.start()
        }

        /// Until it waits for a reader, or has ended.
        func settled() async throws {
            while !pipe.held.isFull, !isDone.load(ordering: .sequentiallyConsistent) { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    @Test("whoever makes an answer waits while nobody reads it: only so much is held; then all of it comes, in order")
    func bounded() async throws {
        let (size, parts) = (100_000, 60)
        let producer = Producer(parts: parts, of: size)
        try await producer.settled()
        #expect(producer.pipe.held.isFull && producer.pipe.held.bytes <= AnswerPipe.capacity + size)
        let put = producer.put.load(ordering: .sequentiallyConsistent)
        #expect(put < parts)
        var read: [UInt8] = []
        while let part = await producer.pipe.next() {
            #expect(part.count <= AnswerPipe.capacity + size)
            read += part
        }
        #expect(read == (0..<parts).flatMap { [UInt8](repeating: UInt8($0 % 251), count: size) })
    }

    @Test("once nobody reads any more, whoever waits gives up")
    func closed() async throws {
        let producer = Producer(parts: 60, of: 100_000)
        try await producer.settled()
        producer.pipe.close()
        while !producer.isDone.load(ordering: .sequentiallyConsistent) { try await Task.sleep(for: .milliseconds(1)) }
        let failed = producer.failed.load(ordering: .sequentiallyConsistent)
        #expect(failed)
        #expect(throws: (any Error).self) { try producer.pipe.put([1]) }
    }
}
