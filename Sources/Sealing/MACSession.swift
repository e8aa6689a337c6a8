import COpenSSL

/// HMAC (RFC 2104) under one key; one worker's state, so that the key is set up once.
public final class MACSession {
    /// The hash function of the HMAC.
    public enum Digest: String, Sendable {
        case sha256 = "SHA2-256"
        /// For signatures of others alone: HMAC needs no collision resistance (RFC 6151), but the vault makes none with it.
        case sha1 = "SHA1"
        case sm3 = "SM3"
    }

    private let context: OpaquePointer

    /// - Parameter key: any length; 32 bytes in the vault.
    public init(key: borrowing SecretBytes, digest: Digest = .sha256) throws(SealingError) {
        context = allocated(EVP_MAC_CTX_new(Algorithms.hmac))
        let code = withParameters([.text(OSSL_MAC_PARAM_DIGEST, digest.rawValue)]) {
            EVP_MAC_init(context, key.base, key.count, $0)
        }
        try check(code, "HMAC key")
    }

    deinit { EVP_MAC_CTX_free(context) }

    /// The tag of `message`: 32 bytes, with SHA-1 20.
    public func tag(_ message: Span<UInt8>) throws(SealingError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: 32)
        let length = try write(message, to: &tag)
        tag.removeLast(32 - length)
        return tag
    }

    /// The tag's first 128 bits: a blind-index entry.
    public func shortTag(_ message: Span<UInt8>) throws(SealingError) -> UInt128 {
        var tag = (UInt128(0), UInt128(0))
        try withUnsafeMutableBytes(of: &tag) { (memory) throws(SealingError) in
            _ = try write(message, to: memory.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
        return UInt128(bigEndian: tag.0)
    }

    /// - Parameter tag: 32 bytes.
    /// - Returns: how many of them the tag has.
    private func write(_ message: Span<UInt8>, to tag: UnsafeMutablePointer<UInt8>) throws(SealingError) -> Int {
        // Without a new key, `EVP_MAC_init` starts again with the present one.
        try check(EVP_MAC_init(context, nil, 0, nil), "HMAC start")
        try message.withPointer { (bytes, count) throws(SealingError) in
            try check(EVP_MAC_update(context, bytes, count), "HMAC")
        }
        var written = 0
        try check(EVP_MAC_final(context, tag, &written, 32), "HMAC end")
        return written
    }
}
