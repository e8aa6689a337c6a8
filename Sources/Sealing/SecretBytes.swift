import COpenSSL

/// Key material in OpenSSL's secure heap: never swapped out where the system can lock it, fenced by guard pages, and zeroed when
/// the value ends. It cannot be copied, printed or encoded.
public struct SecretBytes: ~Copyable, @unchecked Sendable {
    // Sendable: the value has one owner, and what this module overwrites (a cipher's slot, a pool) never leaves its one worker.
    let base: UnsafeMutablePointer<UInt8>
    /// Length in bytes.
    public let count: Int

    /// Allocates `count` zero bytes for `fill` to write.
    init(
        count: Int, fill: (UnsafeMutablePointer<UInt8>) throws(SealingError) -> Void
    ) throws(SealingError) {
        guard let memory = SecureHeap.allocate(max(count, 1)) else { throw .secureMemoryExhausted }
        do throws(SealingError) {
            try fill(memory)
        } catch {
            SecureHeap.free(memory, max(count, 1))
            throw error
        }
        self.base = memory
        self.count = count
    }

    deinit { SecureHeap.free(base, max(count, 1)) }

    /// `count` bytes from OpenSSL's private random generator (NIST SP 800-90A CTR_DRBG).
    public static func random(count: Int) throws(SealingError) -> SecretBytes {
        try SecretBytes(count: count) { (memory) throws(SealingError) in
            try check(RAND_priv_bytes(memory, Int32(count)), "random key")
            try KernelRandom.mix(into: memory, count: count)
        }
    }

    /// A copy of `bytes`. The caller still owns the original and should wipe it.
    public init(copying bytes: Span<UInt8>) throws(SealingError) {
        let length = bytes.count
        try self.init(count: length) { (memory) throws(SealingError) in
            bytes.withPointer { source, count in memory.update(from: source, count: count) }
        }
    }

    /// Decodes standard base64 (RFC 4648 §4) of exactly `count` bytes without leaving another copy.
    public init(base64 text: Span<UInt8>, count: Int) throws(SealingError) {
        let encodedLength = (count + 2) / 3 * 4
        guard text.count == encodedLength else { throw .malformedEncoding(what: "key") }
        let padded = encodedLength / 4 * 3
        let scratch = try SecretBytes(count: padded) { (memory) throws(SealingError) in
            let written = text.withPointer { EVP_DecodeBlock(memory, $0, Int32($1)) }
            if Int(written) != padded { throw .malformedEncoding(what: "key") }
        }
        try self.init(count: count) { memory in memory.update(from: scratch.base, count: count) }
    }

    /// The bytes as base64, for writing a new key file. The result is secret: wipe it after use.
    public func base64() -> [UInt8] {
        let length = (count + 2) / 3 * 4
        return [UInt8](unsafeUninitializedCapacity: length + 1) { buffer, initialized in
            initialized = Int(EVP_EncodeBlock(buffer.baseAddress!, base, Int32(count)))
        }
    }

    /// Gives `body` a view of the bytes, which cannot outlive it.
    public func withSpan<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(Span(_unsafeStart: UnsafePointer(base), count: count))
    }
}

/// OpenSSL's secure heap, set up on first use.
enum SecureHeap {
    /// Room for about 60,000 customers' keys at once, below the usual RLIMIT_MEMLOCK of 8 MiB.
    private static let size = 4 << 20

    /// Whether the heap's pages are locked into memory (2 means that `mlock` was refused).
    static let isLocked: Bool = CRYPTO_secure_malloc_init(size, 64) == 1

    static func allocate(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
        _ = isLocked
        return CRYPTO_secure_zalloc(count, nil, 0)?.assumingMemoryBound(to: UInt8.self)
    }

    static func free(_ pointer: UnsafeMutablePointer<UInt8>, _ count: Int) {
        CRYPTO_secure_clear_free(pointer, count, nil, 0)
    }
}

/// Compares values whose length is public (hashes of tokens, tags) in constant time.
public func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count
        && a.withUnsafeBytes { left in
            b.withUnsafeBytes { right in
                a.isEmpty || CRYPTO_memcmp(left.baseAddress!, right.baseAddress!, a.count) == 0
            }
        }
}

/// Overwrites a buffer that held secrets or customer data. The optimiser cannot remove this.
public func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { buffer in
        if let base = buffer.baseAddress { OPENSSL_cleanse(base, buffer.count) }
    }
}
