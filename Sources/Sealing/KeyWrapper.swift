/// Wraps keys under a root key; one worker's state.
///
/// The wrapping key is derived from the root key, so that the root key itself never seals anything. The context, bound as AAD,
/// says what the wrapped key is and whose: a wrapped key moved to another row does not unwrap.
public final class KeyWrapper {
    private let cipher: FieldCipher
    private let suite: Suite

    public init(wrappingKey: borrowing SecretBytes, suite: Suite = .aes256GCM) throws(SealingError) {
        self.suite = suite
        cipher = try FieldCipher()
        try cipher.load(wrappingKey)
    }

    /// The wrapping key of a root key: HKDF (RFC 5869) with the info `vocvault wrap v1`.
    public static func wrappingKey(from root: borrowing SecretBytes) throws(SealingError) -> SecretBytes {
        try HKDF.derive(from: root, salt: [], info: Array("vocvault wrap v1".utf8), count: 32)
    }

    /// The wrapped form of `key`: its length plus the suite's overhead.
    public func wrap(_ key: borrowing SecretBytes, context: [UInt8]) throws(SealingError) -> [UInt8] {
        var output: [UInt8] = []
        let cipher = cipher
        let suite = suite
        try key.withSpan { (bytes) throws(SealingError) in
            try cipher.seal(bytes, aad: context.span, suite: suite, to: &output)
        }
        return output
    }

    /// - Throws: ``SealingError/cannotOpen`` if the wrapping key, the context or the bytes are not those that were used.
    public func unwrap(_ wrapped: Span<UInt8>, context: [UInt8]) throws(SealingError) -> SecretBytes {
        let key = try SecretBytes(count: 32) { _ in }
        try cipher.openSecret(wrapped, aad: context.span, to: key)
        return key
    }

    func unwrap(
        _ wrapped: Span<UInt8>, context: Span<UInt8>, to key: borrowing SecretBytes
    ) throws(SealingError) {
        try cipher.openSecret(wrapped, aad: context, to: key)
    }
}
