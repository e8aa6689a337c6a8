import COpenSSL

/// HKDF, extract-then-expand (RFC 5869).
public enum HKDF {
    /// - Parameters:
    ///   - salt: may be empty, which counts as a string of zero bytes.
    ///   - info: the use of the derived key.
    ///   - count: length of the result in bytes, at most 255 × 32.
    public static func derive(
        from key: borrowing SecretBytes, salt: [UInt8], info: [UInt8], count: Int,
        digest: MACSession.Digest = .sha256
    ) throws(SealingError) -> SecretBytes {
        let input = key.base
        let length = key.count
        return try SecretBytes(count: count) { (memory) throws(SealingError) in
            let context = allocated(EVP_KDF_CTX_new(Algorithms.hkdf))
            defer { EVP_KDF_CTX_free(context) }
            let code = salt.withUnsafeBufferPointer { salt in
                info.withUnsafeBufferPointer { info in
                    var parameters: [Parameter] = [
                        .text(OSSL_KDF_PARAM_DIGEST, digest.rawValue),
                        .bytes(OSSL_KDF_PARAM_KEY, input, length),
                    ]
                    if let base = salt.baseAddress { parameters.append(.bytes(OSSL_KDF_PARAM_SALT, base, salt.count)) }
                    if let base = info.baseAddress { parameters.append(.bytes(OSSL_KDF_PARAM_INFO, base, info.count)) }
                    return withParameters(parameters) { EVP_KDF_derive(context, memory, count, $0) }
                }
            }
            try check(code, "HKDF")
        }
    }
}

/// scrypt (RFC 7914): derives a key from a passphrase, at a cost that slows down guessing.
public struct Scrypt: Sendable, Equatable {
    /// CPU and memory cost, a power of two above 1.
    public var n: UInt64
    /// Block size.
    public var r: UInt64
    /// Parallelism.
    public var p: UInt64

    /// 128 MiB and about half a second on a server core of 2025: the first option that OWASP recommends.
    public static let recommended = Scrypt(n: 1 << 17, r: 8, p: 1)

    public init(n: UInt64, r: UInt64, p: UInt64) {
        (self.n, self.r, self.p) = (n, r, p)
    }

    /// - Returns: `count` bytes of key.
    public func derive(
        passphrase: borrowing SecretBytes, salt: [UInt8], count: Int
    ) throws(SealingError) -> SecretBytes {
        let input = passphrase.base
        let length = passphrase.count
        return try SecretBytes(count: count) { (memory) throws(SealingError) in
            let context = allocated(EVP_KDF_CTX_new(Algorithms.scrypt))
            defer { EVP_KDF_CTX_free(context) }
            let code = withUnsafePointer(to: UInt8(0)) { empty in
                salt.withUnsafeBufferPointer { salt in
                    withParameters([
                        .bytes(OSSL_KDF_PARAM_PASSWORD, input, length),
                        .bytes(OSSL_KDF_PARAM_SALT, salt.baseAddress ?? empty, salt.count),
                        .number(OSSL_KDF_PARAM_SCRYPT_N, n),
                        .number(OSSL_KDF_PARAM_SCRYPT_R, r),
                        .number(OSSL_KDF_PARAM_SCRYPT_P, p),
                        .number(OSSL_KDF_PARAM_SCRYPT_MAXMEM, 2 << 30),
                    ]) { EVP_KDF_derive(context, memory, count, $0) }
                }
            }
            try check(code, "scrypt")
        }
    }
}
