import COpenSSL

/// Public random values (nonces, identifiers) from OpenSSL's CTR_DRBG (NIST SP 800-90A).
public enum Random {
    /// `count` random bytes.
    public static func bytes(_ count: Int) throws(SealingError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try check(RAND_bytes(&bytes, Int32(count)), "random bytes")
        try bytes.withUnsafeMutableBufferPointer { (buffer) throws(SealingError) in
            if let base = buffer.baseAddress { try KernelRandom.mix(into: base, count: count) }
        }
        return bytes
    }

    /// A random 128-bit identifier.
    public static func identifier() throws(SealingError) -> UInt128 {
        let random = try bytes(16)
        return UInt128(bigEndianBytes: random.span)
    }
}

/// The kernel's generator (getrandom(2)), whose bytes are mixed into those of OpenSSL's.
///
/// OpenSSL has its generator's state in memory, and pools have what they drew: two machines that were cloned from one, or resumed from one
/// snapshot, have the same. The kernel draws a new seed when the hypervisor tells that this has happened (vmgenid, Linux 5.18). The
/// exclusive or of two independent sources is as hard to predict as the better of them.
enum KernelRandom {
    /// What one call gives at most.
    private static let portion = 256

    static func mix(into bytes: UnsafeMutablePointer<UInt8>, count: Int) throws(SealingError) {
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: portion) { (fresh) throws(SealingError) in
            defer { OPENSSL_cleanse(fresh.baseAddress!, portion) }
            for start in stride(from: 0, to: count, by: portion) {
                let length = min(portion, count - start)
                guard voc_kernel_random(fresh.baseAddress!, length) == 0 else { throw .backend(operation: "random bytes of the kernel") }
                for index in 0..<length { bytes[start + index] ^= fresh[index] }
            }
        }
    }
}

/// Random bytes drawn 4 KiB at a time, for workers that need many nonces.
struct RandomPool {
    private var buffer = [UInt8](repeating: 0, count: 4096)
    private var used = 4096
    /// Mixed into all that is drawn until ``renew()``: what the buffer has may have been there when the machine was cloned.
    private var salt: UInt128 = 0
    private var isSalted = false

    /// Has the next bytes differ from those that a copy of this pool would give.
    mutating func renew() { isSalted = false }

    /// Copies `count` fresh random bytes, at most 16, to `destination`. No byte is used twice.
    mutating func draw(_ count: Int, to destination: UnsafeMutablePointer<UInt8>) throws(SealingError) {
        if used + count > buffer.count {
            try check(RAND_bytes(&buffer, Int32(buffer.count)), "random nonces")
            used = 0
        }
        if !isSalted {
            try withUnsafeMutableBytes(of: &salt) { (bytes) throws(SealingError) in
                try KernelRandom.mix(into: bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), count: bytes.count)
            }
            isSalted = true
        }
        buffer.withUnsafeMutableBufferPointer { source in
            let start = source.baseAddress! + used
            destination.update(from: start, count: count)
            start.update(repeating: 0, count: count)
        }
        precondition(count <= 16)
        withUnsafeBytes(of: salt) { salt in
            for index in 0..<count { destination[index] ^= salt[index] }
        }
        used += count
    }
}

/// Makes many keys with few calls of the private random generator.
public final class KeyPool {
    private static let keyLength = 32
    private static let size = 64 * keyLength
    private let buffer: SecretBytes
    private var used = KeyPool.size

    public init() throws(SealingError) { buffer = try SecretBytes(count: Self.size) { _ in } }

    /// A fresh 256-bit key. No byte is used twice.
    public func key() throws(SealingError) -> SecretBytes {
        if used == Self.size {
            try check(RAND_priv_bytes(buffer.base, Int32(Self.size)), "random keys")
            used = 0
        }
        let start = buffer.base + used
        used += Self.keyLength
        return try SecretBytes(count: Self.keyLength) { (memory) throws(SealingError) in
            memory.update(from: start, count: Self.keyLength)
            OPENSSL_cleanse(start, Self.keyLength)
            // The others may have been there when the machine was cloned.
            try KernelRandom.mix(into: memory, count: Self.keyLength)
        }
    }
}

extension UInt128 {
    /// Reads the first 16 bytes, most significant first.
    public init(bigEndianBytes bytes: Span<UInt8>) {
        precondition(bytes.count >= 16)
        var value: UInt128 = 0
        for index in 0..<16 { value = value << 8 | UInt128(bytes[index]) }
        self = value
    }

    /// The 16 bytes, most significant first.
    public var bigEndianBytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            var rest = self
            for index in stride(from: 15, through: 0, by: -1) {
                buffer[index] = UInt8(truncatingIfNeeded: rest)
                rest >>= 8
            }
            count = 16
        }
    }
}
