import Sealing
import Wire

/// A JSON Web Token (RFC 7519) as it came: what it says of itself, what it claims, and a signature that nobody has checked.
struct SignedToken: Sendable {
    /// The name of the key that it says it was signed under.
    let key: String
    let algorithm: SignatureKey.Algorithm
    let claims: [String: JSON]
    let signed: [UInt8]
    let signature: [UInt8]

    /// Nil for what is no signed token, is signed with a shared secret or not at all (`none`), names no key, or demands what
    /// is not known here (`crit`; RFC 7515, section 4.1.11).
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]), let signature = Base64URL.decode(String(parts[2])),
            header["crit"] == nil, let key = header["kid"]?.string,
            let algorithm = header["alg"]?.string.flatMap(SignatureKey.Algorithm.init(rawValue:))
        else { return nil }
        (self.key, self.algorithm, self.claims, self.signature) = (key, algorithm, claims, signature)
        signed = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
    }

    private static func object(_ part: Substring) -> [String: JSON]? {
        Base64URL.decode(String(part)).flatMap { try? JSON(parsing: $0) }?.object
    }

    /// A claim as far as rules can use it: texts.
    func texts(_ claim: String) -> [String] {
        if let text = claims[claim]?.string { return [text] }
        let items = claims[claim]?.array ?? []
        let texts = items.compactMap(\.string)
        return texts.count == items.count ? texts : []
    }

    /// Seconds since 1970 (RFC 7519, section 2, NumericDate).
    func time(_ claim: String) -> Double? { claims[claim]?.number }
}
