import COpenSSL
import Synchronization

/// SHA-256 (FIPS 180-4) with a reused context; one worker's state.
public final class SHA256 {
    private let context = allocated(EVP_MD_CTX_new())

    public init() {}

    deinit { EVP_MD_CTX_free(context) }

    /// The 32-byte hash of `prefix`, if any, then `first`, then `second`.
    public func hash(prefix: UInt8? = nil, _ first: Span<UInt8>, _ second: Span<UInt8>? = nil) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        var ok = EVP_DigestInit_ex2(context, Algorithms.sha256, nil)
        if var byte = prefix { ok &= EVP_DigestUpdate(context, &byte, 1) }
        ok &= first.withPointer { EVP_DigestUpdate(context, $0, $1) }
        if let second { ok &= second.withPointer { EVP_DigestUpdate(context, $0, $1) } }
        ok &= EVP_DigestFinal_ex(context, &result, nil)
        precondition(ok == 1, "SHA-256 cannot fail")
        return result
    }

    /// The hash of one value.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { shared.withLock { $0.hash(bytes.span) } }

    private static let shared = Mutex(SHA256())
}

/// SHA-256 of data that arrives piece by piece; one worker's state.
public final class RunningSHA256 {
    private let context = allocated(EVP_MD_CTX_new())

    public init() { precondition(EVP_DigestInit_ex2(context, Algorithms.sha256, nil) == 1, "SHA-256 cannot fail") }

    deinit { EVP_MD_CTX_free(context) }

    public func update(_ bytes: Span<UInt8>) {
        precondition(bytes.withPointer { EVP_DigestUpdate(context, $0, $1) } == 1, "SHA-256 cannot fail")
    }

    /// The 32-byte hash of everything added. Call it once.
    public func finish() -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        precondition(EVP_DigestFinal_ex(context, &result, nil) == 1, "SHA-256 cannot fail")
        return result
    }
}
