/// Turns plaintext into ciphertext and back: keys, AEAD, MAC, KDF, signatures and the
/// pseudonym permutation.
///
/// This is the only target that touches OpenSSL and raw pointers to secrets. Algorithms are
/// fetched from the provider once per process; contexts belong to one worker and are reused.
/// Nothing in here has a `description` that could carry key or customer bytes.
public enum SealingError: Error, Equatable {
    /// The ciphertext does not open here: wrong key, wrong place, changed or truncated bytes.
    /// One case on purpose: what exactly was wrong would serve an attacker as an oracle.
    case cannotOpen
    /// A key, nonce, salt or signature has a length its algorithm does not take (bytes).
    case wrongLength(what: String, expected: Int, got: Int)
    /// The text is not base64 or not of the expected length.
    case malformedEncoding(what: String)
    /// The locked memory for secrets is used up.
    case secureMemoryExhausted
    /// OpenSSL refused an operation that cannot fail for reasons of input.
    case backend(operation: String)
}

extension SealingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotOpen:
            "the sealed value does not open: wrong key, wrong place or changed bytes"
        case .wrongLength(let what, let expected, let got):
            "\(what) must have \(expected) bytes, not \(got)"
        case .malformedEncoding(let what):
            "\(what) is not valid base64 of the expected length"
        case .secureMemoryExhausted:
            "the locked memory for secrets is used up"
        case .backend(let operation):
            "OpenSSL refused: \(operation)"
        }
    }
}
