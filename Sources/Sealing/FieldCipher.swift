import COpenSSL

/// One worker's cipher state: seals and opens values under the loaded key.
///
/// The key schedule runs once per `load`, however many values follow. Not `Sendable`: each worker has its own.
///
/// Nonces are 96 random bits, so NIST SP 800-38D §8.3 allows 2^32 seals under one key. A customer's key seals that customer's
/// fields (thousands at most). A wrapping key seals one value per customer; `keys status` counts them and asks for rotation from
/// 2^28 on.
public final class FieldCipher {
    private let encryptor = allocated(EVP_CIPHER_CTX_new())
    private let decryptor = allocated(EVP_CIPHER_CTX_new())
    private var random = RandomPool()
    /// Whether the context already has the loaded key's schedule.
    private var decryptorReady = false
    private var encryptorReady = false
    /// The loaded key. Its memory is reused, since allocating locked memory is slow.
    private let slot: SecretBytes
    private var isLoaded = false
    private var isBrief = false
    private var sm: SM4Keys?

    public init() throws(SealingError) {
        slot = try SecretBytes(count: 32) { _ in }
        // The cipher is set once: setting it with each key would set up the whole context again.
        try check(EVP_EncryptInit_ex2(encryptor, Algorithms.aes256GCM, nil, nil, nil), "AES-GCM")
        try check(EVP_DecryptInit_ex2(decryptor, Algorithms.aes256GCM, nil, nil, nil), "AES-GCM")
    }

    deinit {
        EVP_CIPHER_CTX_free(encryptor)
        EVP_CIPHER_CTX_free(decryptor)
    }

    /// Loads `key` (32 bytes) for the following calls.
    ///
    /// - Parameter briefly: whether what is sealed under it follows at once, as the parts of one customer's records do: they then
    ///   share what keeps their nonces from repeating on a cloned machine.
    public func load(_ key: borrowing SecretBytes, briefly: Bool = false) throws(SealingError) {
        guard key.count == 32 else { throw .wrongLength(what: "sealing key", expected: 32, got: key.count) }
        slot.base.update(from: key.base, count: 32)
        didLoad(briefly: briefly)
    }

    /// Loads the key inside `wrapped` for the following calls. The key is never stored elsewhere.
    public func load(
        unwrapping wrapped: Span<UInt8>, with wrapper: KeyWrapper, context: Span<UInt8>
    ) throws(SealingError) {
        isLoaded = false
        try wrapper.unwrap(wrapped, context: context, to: slot)
        didLoad(briefly: true)
    }

    private func didLoad(briefly: Bool) {
        isBrief = briefly
        isLoaded = true
        sm = nil
        random.renew()
        encryptorReady = false
        decryptorReady = false
    }

    /// Seals `plaintext` for the place that `aad` names and appends the ciphertext to `output`.
    public func seal(
        _ plaintext: Span<UInt8>, aad: Span<UInt8>, suite: Suite = .aes256GCM, to output: inout [UInt8]
    ) throws(SealingError) {
        let total = plaintext.count + suite.overhead
        try output.append(addingCapacity: total) { (span) throws(SealingError) in
            try span.withUnsafeMutableBufferPointer { (buffer, count) throws(SealingError) in
                let out = buffer.baseAddress!
                out.initialize(to: suite.rawValue)
                if !isBrief { random.renew() }
                try random.draw(suite.nonceLength, to: out + 1)
                try seal(plaintext, aad: aad, suite: suite, nonceAndRest: out + 1)
                count = total
            }
        }
    }

    /// Seals with a given nonce, for known-answer tests. A nonce must never repeat under a key.
    @_spi(Vectors)
    public func seal(
        _ plaintext: Span<UInt8>, aad: Span<UInt8>, suite: Suite, nonce: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        guard nonce.count == suite.nonceLength else {
            throw .wrongLength(what: "nonce", expected: suite.nonceLength, got: nonce.count)
        }
        var output = [suite.rawValue] + nonce
        output.append(contentsOf: repeatElement(0, count: plaintext.count + suite.tagLength))
        try output.withUnsafeMutableBufferPointer { (buffer) throws(SealingError) in
            try seal(plaintext, aad: aad, suite: suite, nonceAndRest: buffer.baseAddress! + 1)
        }
        return output
    }

    /// Opens a ciphertext of any suite.
    ///
    /// - Throws: ``SealingError/cannotOpen``, whether key, place or bytes are wrong.
    public func open(_ sealed: Span<UInt8>, aad: Span<UInt8>) throws(SealingError) -> Plaintext {
        guard sealed.count > 0, let suite = Suite(rawValue: sealed[0]), sealed.count >= suite.overhead else {
            throw .cannotOpen
        }
        let length = sealed.count - suite.overhead
        return try Plaintext(capacity: length) { (memory) throws(SealingError) in
            try sealed.withPointer { (input, _) throws(SealingError) in
                try open(input + 1, length: length, aad: aad, suite: suite, to: memory)
            }
            return length
        }
    }

    /// Opens a ciphertext that contains a key of exactly `destination`'s length.
    func openSecret(
        _ sealed: Span<UInt8>, aad: Span<UInt8>, to destination: borrowing SecretBytes
    ) throws(SealingError) {
        let memory = destination.base
        guard sealed.count > 0, let suite = Suite(rawValue: sealed[0]), sealed.count == destination.count + suite.overhead
        else { throw .cannotOpen }
        let length = destination.count
        try sealed.withPointer { (input, _) throws(SealingError) in
            try open(input + 1, length: length, aad: aad, suite: suite, to: memory)
        }
    }

    private func seal(
        _ plaintext: Span<UInt8>, aad: Span<UInt8>, suite: Suite, nonceAndRest out: UnsafeMutablePointer<UInt8>
    ) throws(SealingError) {
        let body = out + suite.nonceLength
        switch suite {
        case .aes256GCM:
            guard isLoaded else { throw .backend(operation: "no key is loaded") }
            var written: Int32 = 0
            try check(EVP_EncryptInit_ex2(encryptor, nil, encryptorReady ? nil : slot.base, out, nil), "AES-GCM key")
            encryptorReady = true
            try aad.withPointer { (bytes, count) throws(SealingError) in
                try check(EVP_EncryptUpdate(encryptor, nil, &written, bytes, Int32(count)), "AES-GCM AAD")
            }
            try plaintext.withPointer { (bytes, count) throws(SealingError) in
                try check(EVP_EncryptUpdate(encryptor, body, &written, bytes, Int32(count)), "AES-GCM")
                try check(EVP_EncryptFinal_ex(encryptor, body + count, &written), "AES-GCM end")
                try check(
                    EVP_CIPHER_CTX_ctrl(encryptor, EVP_CTRL_AEAD_GET_TAG, 16, body + count), "AES-GCM tag")
            }
        case .sm4CTRWithHMACSM3:
            try withSMKeys { (keys) throws(SealingError) in
                try keys.crypt(plaintext, nonce: out, to: body)
                try keys.tag(aad: aad, nonceAndBody: out, count: 16 + plaintext.count, to: body + plaintext.count)
            }
        }
    }

    private func open(
        _ input: UnsafePointer<UInt8>, length: Int, aad: Span<UInt8>, suite: Suite,
        to memory: UnsafeMutablePointer<UInt8>
    ) throws(SealingError) {
        let body = input + suite.nonceLength
        switch suite {
        case .aes256GCM:
            guard isLoaded else { throw .backend(operation: "no key is loaded") }
            var written: Int32 = 0
            try check(EVP_DecryptInit_ex2(decryptor, nil, decryptorReady ? nil : slot.base, input, nil), "AES-GCM key")
            decryptorReady = true
            try aad.withPointer { (bytes, count) throws(SealingError) in
                try check(EVP_DecryptUpdate(decryptor, nil, &written, bytes, Int32(count)), "AES-GCM AAD")
            }
            try check(EVP_DecryptUpdate(decryptor, memory, &written, body, Int32(length)), "AES-GCM")
            let tag = UnsafeMutableRawPointer(mutating: body + length)
            try check(EVP_CIPHER_CTX_ctrl(decryptor, EVP_CTRL_AEAD_SET_TAG, 16, tag), "AES-GCM tag")
            guard EVP_DecryptFinal_ex(decryptor, memory + length, &written) == 1 else {
                ERR_clear_error()
                throw .cannotOpen
            }
        case .sm4CTRWithHMACSM3:
            try withSMKeys { (keys) throws(SealingError) in
                var expected = [UInt8](repeating: 0, count: 32)
                try keys.tag(aad: aad, nonceAndBody: input, count: 16 + length, to: &expected)
                guard CRYPTO_memcmp(expected, body + length, 32) == 0 else { throw .cannotOpen }
                try keys.crypt(Span(_unsafeStart: body, count: length), nonce: input, to: memory)
            }
        }
    }

    private func withSMKeys(_ body: (SM4Keys) throws(SealingError) -> Void) throws(SealingError) {
        if sm == nil {
            guard isLoaded else { throw .backend(operation: "no key is loaded") }
            sm = try SM4Keys(deriving: slot)
        }
        try body(sm!)
    }
}
