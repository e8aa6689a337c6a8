/// Turns plaintext into ciphertext and back: keys, AEAD, MAC, KDF, signatures and the pseudonym permutation.
///
/// Only this target touches OpenSSL and raw pointers to secrets. Algorithms are fetched from the provider once per process; each
/// context belongs to one worker and is reused. Nothing here has a `description` that could contain bytes of keys or of
/// customers.
public enum SealingError: Error, Equatable {
    /// The ciphertext does not open here: wrong key, wrong place, changed or truncated bytes. One case on purpose: telling what
    /// was wrong would give an attacker an oracle.
    case cannotOpen
    /// The algorithm does not accept a key, nonce, salt or signature of this length (in bytes).
    case wrongLength(what: String, expected: Int, got: Int)
    /// The text is not base64, or has another length than expected.
    case malformedEncoding(what: String)
    /// The locked memory for secrets is exhausted.
    case secureMemoryExhausted
    /// OpenSSL refused an operation that no input can make fail.
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
