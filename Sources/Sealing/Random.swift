import COpenSSL

/// Public random values (nonces, identifiers) from OpenSSL's CTR_DRBG (NIST SP 800-90A).
public enum Random {
    /// `count` random bytes.
    public static func bytes(_ count: Int) throws(SealingError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try check(RAND_bytes(&bytes, Int32(count)), "random bytes")
        return bytes
    }

    /// A random 128-bit identifier.
    public static func identifier() throws(SealingError) -> UInt128 {
        let random = try bytes(16)
        return UInt128(bigEndianBytes: random.span)
    }
}

/// Random bytes drawn 4 KiB at a time, for workers that need many nonces.
struct RandomPool {
    private var buffer = [UInt8](repeating: 0, count: 4096)
    private var used = 4096

    /// Copies `count` fresh random bytes to `destination`. No byte is used twice.
    mutating func draw(_ count: Int, to destination: UnsafeMutablePointer<UInt8>) throws(SealingError) {
        if used + count > buffer.count {
            try check(RAND_bytes(&buffer, Int32(buffer.count)), "random nonces")
            used = 0
        }
        buffer.withUnsafeMutableBufferPointer { source in
            let start = source.baseAddress! + used
            destination.update(from: start, count: count)
            start.update(repeating: 0, count: count)
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
