import Synchronization

/// Large buffers for reuse: fresh memory comes page by page, each at the price of a page fault.
final class BufferPool: Sendable {
    private let free = Mutex<[[UInt8]]>([])

    /// An empty buffer.
    func take(capacity: Int) -> [UInt8] {
        var buffer = free.withLock { $0.popLast() } ?? []
        buffer.reserveCapacity(capacity)
        return buffer
    }

    fileprivate func give(_ buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        free.withLock { $0.append(buffer) }
        buffer = []
    }
}

/// Bytes that no longer change, in a buffer that returns to its pool when nobody needs them any more.
final class PooledBytes: @unchecked Sendable {
    // Sendable: changed only when nobody else has it.
    private(set) var bytes: [UInt8]
    private let pool: BufferPool

    init(_ bytes: consuming [UInt8], pool: BufferPool) {
        self.bytes = bytes
        self.pool = pool
    }

    deinit {
        pool.give(&bytes)
    }
}
