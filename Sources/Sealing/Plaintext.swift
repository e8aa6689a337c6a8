import COpenSSL

/// What a sealed value said, for as long as it must be readable.
///
/// It cannot be copied, printed, compared or encoded; its bytes are seen inside a closure only
/// and are zeroed when the value ends. Turning them into a `String` is a visible act of the caller.
public struct Plaintext: ~Copyable, @unchecked Sendable {
    // Sendable: never changes after `init`, one owner.
    let base: UnsafeMutablePointer<UInt8>
    /// Length in bytes.
    public let count: Int
    private let capacity: Int

    /// `capacity` bytes, of which `fill` writes and counts the first ones.
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
            // GCM decrypts before it authenticates: what failed to open must not stay readable.
            OPENSSL_cleanse(memory, capacity)
            memory.deallocate()
            throw error
        }
    }

    deinit {
        OPENSSL_cleanse(base, capacity)
        base.deallocate()
    }

    /// Gives `body` a view of the bytes that cannot outlive it.
    public func withBytes<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(Span(_unsafeStart: UnsafePointer(base), count: count))
    }
}
