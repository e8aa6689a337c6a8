import Sealing
import Wire

/// The public keys of an issuer: a JWK Set (RFC 7517, with RFC 7518 and RFC 8037 for the kinds of keys).
struct KeySet: Sendable {
    private struct Entry: Sendable {
        var id: String
        /// The only algorithm that the key is for, where its issuer says so.
        var algorithm: SignatureKey.Algorithm?
        var key: SignatureKey
    }

    private let entries: [Entry]

    /// Keys that cannot be used, or that no token could name, are passed over: issuers list keys for encryption beside those
    /// for signatures, and of kinds that are yet to come.
    ///
    /// - Throws: for what is no JWK Set.
    init(_ document: [UInt8]) throws {
        guard let keys = try JSON(parsing: document)["keys"]?.array else { throw IdentityTokens.Refusal("the issuer's keys are no JWK Set") }
        entries = keys.compactMap(Self.entry)
    }

    private static func entry(_ member: JSON) -> Entry? {
        guard let id = member["kid"]?.string, let key = try? key(member) else { return nil }
        guard member["use"] == nil || member["use"] == "sig" else { return nil }
        if let operations = member["key_ops"] { guard operations.array?.contains("verify") == true else { return nil } }
        guard let named = member["alg"] else { return Entry(id: id, algorithm: nil, key: key) }
        guard let algorithm = named.string.flatMap(SignatureKey.Algorithm.init(rawValue:)) else { return nil }
        return Entry(id: id, algorithm: algorithm, key: key)
    }

    private static func key(_ member: JSON) throws -> SignatureKey? {
        func bytes(_ name: String) -> [UInt8]? { member[name]?.string.flatMap(Base64URL.decode) }
        switch member["kty"] {
        case "RSA":
            guard let modulus = bytes("n"), let exponent = bytes("e") else { return nil }
            return try SignatureKey(rsaModulus: modulus, exponent: exponent)
        case "EC":
            guard let curve = member["crv"]?.string.flatMap(SignatureKey.Curve.init(rawValue:)), let x = bytes("x"), let y = bytes("y") else { return nil }
            return try SignatureKey(curve: curve, x: x, y: y)
        case "OKP":
            guard member["crv"] == "Ed25519", let point = bytes("x") else { return nil }
            return try SignatureKey(ed25519: point)
        // Shared secrets (`oct`) among them: a set that is published has none.
        default: return nil
        }
    }

    func has(_ id: String) -> Bool { entries.contains { $0.id == id } }

    /// Whether a token was signed under the key that it names. Several keys may have a name, of different kinds (RFC 7517,
    /// section 4.5).
    func verifies(_ token: SignedToken) -> Bool {
        entries.contains { entry in
            entry.id == token.key && entry.algorithm ?? token.algorithm == token.algorithm
                && entry.key.verifies(token.signature, of: token.signed, by: token.algorithm)
        }
    }
}
