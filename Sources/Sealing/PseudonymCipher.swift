import COpenSSL

/// The pseudonym permutation: one AES-256 block (FIPS 197) over a 128-bit identifier.
///
/// A block cipher is a permutation: distinct identifiers have distinct pseudonyms, and whoever holds the key can invert it, so
/// that there is no mapping table to steal. Each identifier is one block, of which ECB shows nothing but equality. One worker's
/// state.
public final class PseudonymCipher {
    private let encryptor = allocated(EVP_CIPHER_CTX_new())
    private let decryptor = allocated(EVP_CIPHER_CTX_new())

    /// - Parameter key: 32 bytes, one per purpose.
    public init(key: borrowing SecretBytes) throws(SealingError) {
        guard key.count == 32 else { throw .wrongLength(what: "pseudonym key", expected: 32, got: key.count) }
        try check(EVP_EncryptInit_ex2(encryptor, Algorithms.aes256ECB, key.base, nil, nil), "AES key")
        try check(EVP_DecryptInit_ex2(decryptor, Algorithms.aes256ECB, key.base, nil, nil), "AES key")
        EVP_CIPHER_CTX_set_padding(encryptor, 0)
        EVP_CIPHER_CTX_set_padding(decryptor, 0)
    }

    deinit {
        EVP_CIPHER_CTX_free(encryptor)
        EVP_CIPHER_CTX_free(decryptor)
    }

    public func encrypt(_ identifier: UInt128) throws(SealingError) -> UInt128 {
        try permute(identifier) { EVP_EncryptUpdate(encryptor, $0, $1, $2, 16) }
    }

    public func decrypt(_ pseudonym: UInt128) throws(SealingError) -> UInt128 {
        try permute(pseudonym) { EVP_DecryptUpdate(decryptor, $0, $1, $2, 16) }
    }

    private func permute(
        _ value: UInt128,
        _ update: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Int32>, UnsafePointer<UInt8>) -> Int32
    ) throws(SealingError) -> UInt128 {
        var input = value.bigEndian
        var output: UInt128 = 0
        var written: Int32 = 0
        let code = withUnsafeMutableBytes(of: &output) { out in
            withUnsafeBytes(of: &input) { source in
                update(
                    out.baseAddress!.assumingMemoryBound(to: UInt8.self), &written,
                    source.baseAddress!.assumingMemoryBound(to: UInt8.self))
            }
        }
        try check(code, "AES block")
        return UInt128(bigEndian: output)
    }
}
