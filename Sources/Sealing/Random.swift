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

    /// Copies `count` fresh random bytes to `destination`; no byte is ever given out twice.
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
