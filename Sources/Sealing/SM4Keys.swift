import COpenSSL

/// The two keys of suite 2, derived from one 256-bit key with HKDF-SM3 (RFC 5869 over GB/T 32905).
final class SM4Keys {
    private let context = allocated(EVP_CIPHER_CTX_new())
    private let cipherKey: SecretBytes
    private let mac: MACSession

    init(deriving key: borrowing SecretBytes) throws(SealingError) {
        cipherKey = try HKDF.derive(from: key, salt: [], info: Array("vocvault sm4-ctr".utf8), count: 16, digest: .sm3)
        let macKey = try HKDF.derive(
            from: key, salt: [], info: Array("vocvault hmac-sm3".utf8), count: 32, digest: .sm3)
        mac = try MACSession(key: macKey, digest: .sm3)
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// SM4 in counter mode; the same operation seals and opens.
    func crypt(
        _ input: Span<UInt8>, nonce: UnsafePointer<UInt8>, to output: UnsafeMutablePointer<UInt8>
    ) throws(SealingError) {
        var written: Int32 = 0
        try check(EVP_EncryptInit_ex2(context, Algorithms.sm4CTR, cipherKey.base, nonce, nil), "SM4-CTR key")
        try input.withPointer { (bytes, count) throws(SealingError) in
            try check(EVP_EncryptUpdate(context, output, &written, bytes, Int32(count)), "SM4-CTR")
        }
    }

    /// HMAC-SM3 over the AAD's length (64 bit, big endian), the AAD, the nonce and the ciphertext.
    func tag(
        aad: Span<UInt8>, nonceAndBody: UnsafePointer<UInt8>, count: Int, to output: UnsafeMutablePointer<UInt8>
    ) throws(SealingError) {
        var message = [UInt8]()
        message.reserveCapacity(8 + aad.count + count)
        let length = UInt64(aad.count)
        for shift in stride(from: 56, through: 0, by: -8) { message.append(UInt8(truncatingIfNeeded: length >> shift)) }
        for index in aad.indices { message.append(aad[index]) }
        message.append(contentsOf: UnsafeBufferPointer(start: nonceAndBody, count: count))
        let tag = try mac.tag(message.span)
        output.update(from: tag, count: 32)
    }
}
