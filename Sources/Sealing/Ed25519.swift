import COpenSSL
import Synchronization

/// Ed25519 signatures (RFC 8032).
public enum Ed25519 {
    /// Signs with a 32-byte seed.
    public final class SigningKey: @unchecked Sendable {
        // Sendable: the EVP_PKEY never changes, and only one signature at a time uses the context.
        private let key: OpaquePointer
        private let context: OpaquePointer
        private let turn = Mutex(())
        /// The 32-byte public key.
        public let publicKey: [UInt8]

        public init(seed: borrowing SecretBytes) throws(SealingError) {
            guard seed.count == 32 else { throw .wrongLength(what: "Ed25519 seed", expected: 32, got: seed.count) }
            guard let key = EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed.base, 32) else {
                throw .backend(operation: "Ed25519 key")
            }
            (self.key, context) = (key, allocated(EVP_MD_CTX_new()))
            var bytes = [UInt8](repeating: 0, count: 32)
            var length = 32
            publicKey = EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1 ? bytes : []
            try check(publicKey.isEmpty ? 0 : 1, "Ed25519 public key")
            try check(EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key, nil), "Ed25519 sign")
        }

        deinit {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
        }

        /// The 64-byte signature of `message`.
        public func sign(_ message: [UInt8]) throws(SealingError) -> [UInt8] {
            var signature = [UInt8](repeating: 0, count: 64)
            var length = 64
            let isSigned = turn.withLock { _ in
                // Reuses the present key: looking up the algorithm would take as long as half a signature.
                EVP_DigestSignInit_ex(context, nil, nil, nil, nil, nil, nil) & EVP_DigestSign(context, &signature, &length, message, message.count)
            }
            try check(isSigned, "Ed25519 sign")
            return signature
        }
    }

    /// Whether `signature` (64 bytes) is a signature of `message` by `publicKey` (32 bytes).
    public static func verify(signature: [UInt8], message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard signature.count == 64, publicKey.count == 32,
            let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, publicKey, 32)
        else { return false }
        defer { EVP_PKEY_free(key) }
        let context = allocated(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        let valid =
            EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil) == 1
            && EVP_DigestVerify(context, signature, 64, message, message.count) == 1
        ERR_clear_error()
        return valid
    }
}
