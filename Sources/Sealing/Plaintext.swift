import COpenSSL

/// The content of a sealed value, for as long as it must be readable.
///
/// It cannot be copied, printed, compared or encoded. Its bytes can be seen only inside a closure, and are zeroed when the value
/// ends. Turning them into a `String` takes a visible act of the caller.
public struct Plaintext: ~Copyable, @unchecked Sendable {
    // Sendable: it has one owner and never changes after `init`.
    let base: UnsafeMutablePointer<UInt8>
    /// Length in bytes.
    public let count: Int
    private let capacity: Int

    /// Reserves `capacity` bytes; `fill` writes to the first ones and returns how many.
    init(
        capacity: Int, fill: (UnsafeMutablePointer<UInt8>) throws(SealingError) -> Int
    ) throws(SealingError) {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(capacity, 1))
        do throws(SealingError) {
            let written = try fill(memory)
            self.base = memory
            self.count = written
            self.capacity = capacity
        } catch {
            // GCM decrypts before it authenticates: a plaintext that failed to open must not stay readable.
            OPENSSL_cleanse(memory, capacity)
            memory.deallocate()
            throw error
        }
    }

    deinit {
        OPENSSL_cleanse(base, capacity)
        base.deallocate()
    }

    /// Gives `body` a view of the bytes, which cannot outlive it.
    public func withBytes<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(Span(_unsafeStart: UnsafePointer(base), count: count))
    }
}
