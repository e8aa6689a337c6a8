import COpenSSL

/// A public key under which others sign: RSA, elliptic curves, Ed25519, with the algorithms of RFC 7518 and RFC 8037.
///
/// What is signed names its algorithm, and has no other say: a key takes those of its kind and no other, so that nothing
/// can be passed off as signed by handing it to another algorithm.
public final class SignatureKey: @unchecked Sendable {
    // Sendable: the EVP_PKEY never changes.
    private let key: OpaquePointer
    private let kind: Kind

    fileprivate enum Kind: Equatable {
        case rsa
        case curve(Curve)
        case ed25519
    }

    /// A curve, which goes with one digest (RFC 7518, section 3.4).
    public enum Curve: String, Sendable, CaseIterable {
        case p256 = "P-256"
        case p384 = "P-384"
        case p521 = "P-521"

        /// Length of a coordinate, and of half a signature.
        var size: Int {
            switch self {
            case .p256: 32
            case .p384: 48
            case .p521: 66
            }
        }
    }

    public enum Algorithm: String, Sendable, CaseIterable {
        case rs256 = "RS256"
        case rs384 = "RS384"
        case rs512 = "RS512"
        case ps256 = "PS256"
        case ps384 = "PS384"
        case ps512 = "PS512"
        case es256 = "ES256"
        case es384 = "ES384"
        case es512 = "ES512"
        case edDSA = "EdDSA"

        fileprivate var kind: Kind {
            switch self {
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
            case .es256: .curve(.p256)
            case .es384: .curve(.p384)
            case .es512: .curve(.p521)
            case .edDSA: .ed25519
            }
        }

        /// nil: the signature is over the message itself.
        fileprivate var digest: String? { self == .edDSA ? nil : "SHA" + rawValue.suffix(3) }
        fileprivate var isPSS: Bool { rawValue.hasPrefix("PS") }
    }

    /// Bits of an RSA modulus: what RFC 7518, section 3.3, demands, and what OpenSSL takes.
    private static let modulusBits = 2048...16384

    /// An RSA key (RFC 8017), its numbers with the highest byte first.
    public init(rsaModulus modulus: [UInt8], exponent: [UInt8]) throws(SealingError) {
        let (modulus, exponent) = (Array(modulus.drop { $0 == 0 }), Array(exponent.drop { $0 == 0 }))
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard Self.modulusBits.contains(bits) else { throw .wrongLength(what: "RSA modulus", expected: Self.modulusBits.lowerBound / 8, got: modulus.count) }
        // Odd, above one, and no larger than signers use: a huge one would make each check slow.
        guard (1...8).contains(exponent.count), exponent.last! & 1 == 1, exponent != [1] else { throw .malformedEncoding(what: "RSA exponent") }
        key = try Self.key("RSA", [.integer(OSSL_PKEY_PARAM_RSA_N, modulus), .integer(OSSL_PKEY_PARAM_RSA_E, exponent)])
        kind = .rsa
    }

    /// A point on a curve, its coordinates with the highest byte first.
    public init(curve: Curve, x: [UInt8], y: [UInt8]) throws(SealingError) {
        for coordinate in [x, y] where coordinate.count != curve.size {
            throw .wrongLength(what: "coordinate", expected: curve.size, got: coordinate.count)
        }
        // Uncompressed (SEC 1, section 2.3.3).
        let point: [UInt8] = [4] + x + y
        key = try Self.key("EC", [.text(OSSL_PKEY_PARAM_GROUP_NAME, curve.rawValue), .octets(OSSL_PKEY_PARAM_PUB_KEY, point)])
        kind = .curve(curve)
    }

    public init(ed25519 publicKey: [UInt8]) throws(SealingError) {
        guard publicKey.count == 32 else { throw .wrongLength(what: "Ed25519 key", expected: 32, got: publicKey.count) }
        guard let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, publicKey, 32) else { throw .malformedEncoding(what: "Ed25519 key") }
        (self.key, kind) = (key, .ed25519)
    }

    deinit { EVP_PKEY_free(key) }

    private static func key(_ type: String, _ parameters: [Parameter]) throws(SealingError) -> OpaquePointer {
        defer { ERR_clear_error() }
        let context = EVP_PKEY_CTX_new_from_name(nil, type, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        let isMade = withParameters(parameters) { list in
            EVP_PKEY_fromdata_init(context) == 1 && EVP_PKEY_fromdata(context, &key, voc_public_key(), UnsafeMutablePointer(mutating: list)) == 1
        }
        guard isMade, let key else { throw .malformedEncoding(what: "\(type) key") }
        let check = EVP_PKEY_CTX_new_from_pkey(nil, key, nil)
        defer { EVP_PKEY_CTX_free(check) }
        guard EVP_PKEY_public_check(check) == 1 else {
            EVP_PKEY_free(key)
            throw .malformedEncoding(what: "\(type) key")
        }
        return key
    }

    /// Whether a message was signed under this key, with an algorithm of its kind. Elliptic curves' signatures are those of
    /// RFC 7518: two numbers of fixed length.
    public func verifies(_ signature: [UInt8], of message: [UInt8], by algorithm: Algorithm) -> Bool {
        guard algorithm.kind == kind else { return false }
        var signature = signature
        if case .curve(let curve) = kind {
            guard signature.count == 2 * curve.size else { return false }
            signature = Self.der(signature)
        }
        defer { ERR_clear_error() }
        let context = allocated(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        let padding: [Parameter] =
            algorithm.isPSS ? [.text(OSSL_SIGNATURE_PARAM_PAD_MODE, "pss"), .text(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, "digest")] : []
        return withParameters(padding) { list in
            EVP_DigestVerifyInit_ex(context, nil, algorithm.digest, nil, nil, key, list) == 1
                && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        }
    }

    /// `SEQUENCE { INTEGER r, INTEGER s }` (RFC 3279, section 2.2.3), as OpenSSL takes a signature.
    private static func der(_ signature: [UInt8]) -> [UInt8] {
        func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            var bytes = Array(bytes.dropLast().drop { $0 == 0 }) + bytes.suffix(1)
            // A first bit that is set would make it negative.
            if bytes[0] & 0x80 != 0 { bytes.insert(0, at: 0) }
            return [0x02, UInt8(bytes.count)] + bytes
        }
        let content = integer(signature[..<(signature.count / 2)]) + integer(signature[(signature.count / 2)...])
        return (content.count < 0x80 ? [0x30, UInt8(content.count)] : [0x30, 0x81, UInt8(content.count)]) + content
    }
}
