import Policy
import Sealing
import Wire

/// One worker's pseudonyms under one purpose: `s_…` for subjects, `r_…` for records.
///
/// The enciphered block is a 64-bit kind and a 64-bit number. A pseudonym of another kind, purpose or vault therefore deciphers
/// to something without a valid kind, and is refused.
struct Pseudonyms {
    enum Kind: UInt64 {
        case subject = 0x7375_626A_6563_7400
        case record = 0x7265_636F_7264_0000

        var prefix: String { self == .subject ? "s_" : "r_" }
    }

    private let cipher: PseudonymCipher
    /// Former keys: names given under them are still found, for example in audit entries.
    private let former: [PseudonymCipher]

    /// - Parameter keys: the newest first.
    init(keys: [HeldKey]) throws {
        cipher = try PseudonymCipher(key: keys[0].secret)
        former = try keys.dropFirst().map { try PseudonymCipher(key: $0.secret) }
    }

    func name(_ kind: Kind, _ number: Int64) throws -> String {
        Base32.encode(try cipher.encrypt(block(kind, number)), prefix: kind.prefix)
    }

    /// Where a record comes among others in lists of the purpose: an order that tells nothing of theirs.
    func place(of record: Int64) throws -> UInt128 { try cipher.encrypt(block(.record, record)) }

    private func block(_ kind: Kind, _ number: Int64) -> UInt128 { UInt128(kind.rawValue) << 64 | UInt128(UInt64(bitPattern: number)) }

    /// The number behind a pseudonym; nil if it is not one of this kind and purpose.
    func number(_ kind: Kind, of pseudonym: String) throws -> Int64? {
        guard pseudonym.hasPrefix(kind.prefix), let value = Base32.decode(pseudonym.dropFirst(2)) else { return nil }
        for cipher in [cipher] + former {
            let block = try cipher.decrypt(value)
            if UInt64(truncatingIfNeeded: block >> 64) == kind.rawValue { return Int64(bitPattern: UInt64(truncatingIfNeeded: block)) }
        }
        return nil
    }
}

/// One worker's pseudonyms of values under one purpose, `v_…`. Equal values of a field have the same pseudonym, and nothing leads
/// back to them.
struct ValuePseudonyms {
    private let mac: MACSession

    init(key: borrowing SecretBytes) throws { mac = try MACSession(key: key) }

    /// - Returns: nil for a value whose normal form is empty.
    func name(_ value: String, of field: String, _ normalizer: Normalizer) throws -> String? {
        guard let normal = normalizer.normalize(value) else { return nil }
        let message = Array("\(field)\n\(normal)".utf8)
        return Base32.encode(try mac.shortTag(message.span), prefix: "v_")
    }
}
