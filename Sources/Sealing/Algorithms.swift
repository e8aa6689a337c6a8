import COpenSSL

/// The algorithms, fetched from OpenSSL's default provider once per process.
enum Algorithms {
    // EVP objects are reference-counted, and immutable once fetched.
    nonisolated(unsafe) static let aes256GCM = cipher("AES-256-GCM")
    nonisolated(unsafe) static let aes256ECB = cipher("AES-256-ECB")
    nonisolated(unsafe) static let sm4CTR = cipher("SM4-CTR")
    nonisolated(unsafe) static let sha256 = digest("SHA2-256")
    nonisolated(unsafe) static let hmac = mac("HMAC")
    nonisolated(unsafe) static let hkdf = kdf("HKDF")
    nonisolated(unsafe) static let scrypt = kdf("SCRYPT")

    private static func cipher(_ name: String) -> OpaquePointer {
        require(EVP_CIPHER_fetch(nil, name, nil), name)
    }

    private static func digest(_ name: String) -> OpaquePointer {
        require(EVP_MD_fetch(nil, name, nil), name)
    }

    private static func mac(_ name: String) -> OpaquePointer {
        require(EVP_MAC_fetch(nil, name, nil), name)
    }

    private static func kdf(_ name: String) -> OpaquePointer {
        require(EVP_KDF_fetch(nil, name, nil), name)
    }

    /// The vault cannot run with a libcrypto that lacks one of these algorithms.
    private static func require(_ pointer: OpaquePointer?, _ name: String) -> OpaquePointer {
        guard let pointer else { fatalError("this OpenSSL build lacks \(name)") }
        return pointer
    }
}

/// Throws if an OpenSSL call did not return 1, and empties the error queue.
@inline(__always)
func check(_ code: Int32, _ operation: StaticString) throws(SealingError) {
    if code != 1 {
        ERR_clear_error()
        throw .backend(operation: "\(operation)")
    }
}

/// An OpenSSL object that must exist: there is no recovery from a failed allocation.
@inline(__always)
func allocated(_ pointer: OpaquePointer?) -> OpaquePointer {
    guard let pointer else { fatalError("out of memory in OpenSSL") }
    return pointer
}

extension Span<UInt8> {
    /// The bytes in the form that OpenSSL takes. The pointer is valid only inside `body`, and is never nil.
    @inline(__always)
    func withPointer<R: ~Copyable, E: Error>(_ body: (UnsafePointer<UInt8>, Int) throws(E) -> R) throws(E) -> R {
        try withUnsafeBufferPointer { (buffer) throws(E) -> R in
            guard let base = buffer.baseAddress else {
                return try withUnsafePointer(to: UInt8(0)) { (empty) throws(E) -> R in try body(empty, 0) }
            }
            return try body(base, buffer.count)
        }
    }
}
