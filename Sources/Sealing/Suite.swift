/// The cipher suites. The raw value is the first byte of every ciphertext.
public enum Suite: UInt8, Sendable, CaseIterable {
    /// AES-256-GCM with a random 96-bit nonce and a 128-bit tag (NIST SP 800-38D).
    ///
    /// `1 ‖ nonce (12) ‖ ciphertext ‖ tag (16)`
    case aes256GCM = 1
    /// SM4-CTR with HMAC-SM3, encrypt-then-MAC (GB/T 32907, GB/T 32905, RFC 2104), for deployments that must use Chinese
    /// commercial cryptography. The MAC covers AAD, nonce and ciphertext.
    ///
    /// `2 ‖ nonce (16) ‖ ciphertext ‖ tag (32)`
    case sm4CTRWithHMACSM3 = 2

    /// Nonce length in bytes.
    public var nonceLength: Int { self == .aes256GCM ? 12 : 16 }
    /// Tag length in bytes.
    public var tagLength: Int { self == .aes256GCM ? 16 : 32 }
    /// How many bytes longer a ciphertext is than its plaintext.
    public var overhead: Int { 1 + nonceLength + tagLength }
    /// The suite's name in key files.
    public var name: String { self == .aes256GCM ? "aes-256-gcm" : "sm4-ctr-hmac-sm3" }

    /// The suite of this name, if there is one.
    public init?(name: String) {
        guard let suite = Suite.allCases.first(where: { $0.name == name }) else { return nil }
        self = suite
    }
}
