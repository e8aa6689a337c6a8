import COpenSSL

/// HMAC (RFC 2104) under one key; one worker's state, so that the key is set up once.
public final class MACSession {
    /// The hash below the HMAC.
    public enum Digest: String, Sendable {
        case sha256 = "SHA2-256"
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

    /// The 32-byte tag of `message`.
    public func tag(_ message: Span<UInt8>) throws(SealingError) -> [UInt8] {
        // Without a key, `EVP_MAC_init` starts over with the key it has.
        try check(EVP_MAC_init(context, nil, 0, nil), "HMAC start")
        try message.withPointer { (bytes, count) throws(SealingError) in
            try check(EVP_MAC_update(context, bytes, count), "HMAC")
        }
        var tag = [UInt8](repeating: 0, count: 32)
        var written = 0
        try check(EVP_MAC_final(context, &tag, &written, tag.count), "HMAC end")
        return tag
    }

    /// The tag's first 128 bits: a blind-index entry.
    public func shortTag(_ message: Span<UInt8>) throws(SealingError) -> UInt128 {
        let tag = try tag(message)
        return UInt128(bigEndianBytes: tag.span)
    }
}
