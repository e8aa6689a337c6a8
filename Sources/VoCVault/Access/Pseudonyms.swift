import Sealing
import Wire

/// One worker's pseudonyms under one purpose: `s_…` for subjects, `r_…` for records.
///
/// What is enciphered is a 64-bit kind and the 64-bit number, so that a pseudonym of another
/// kind, purpose or vault deciphers to something without a valid kind, and is refused.
struct Pseudonyms {
    enum Kind: UInt64 {
        case subject = 0x7375_626A_6563_7400
        case record = 0x7265_636F_7264_0000

        var prefix: String { self == .subject ? "s_" : "r_" }
    }

    private let cipher: PseudonymCipher
    /// Former keys: what was named under them is still found, as in entries of the audit log.
    private let former: [PseudonymCipher]

    /// - Parameter keys: the newest first.
    init(keys: [HeldKey]) throws {
        cipher = try PseudonymCipher(key: keys[0].secret)
        former = try keys.dropFirst().map { try PseudonymCipher(key: $0.secret) }
    }

    func name(_ kind: Kind, _ number: Int64) throws -> String {
        let block = UInt128(kind.rawValue) << 64 | UInt128(UInt64(bitPattern: number))
        return Base32.encode(try cipher.encrypt(block), prefix: kind.prefix)
    }

    /// The number behind a pseudonym; nil when it is not one of this kind and purpose.
    func number(_ kind: Kind, of pseudonym: String) throws -> Int64? {
        guard pseudonym.hasPrefix(kind.prefix), let value = Base32.decode(pseudonym.dropFirst(2)) else { return nil }
        for cipher in [cipher] + former {
            let block = try cipher.decrypt(value)
            if UInt64(truncatingIfNeeded: block >> 64) == kind.rawValue { return Int64(bitPattern: UInt64(truncatingIfNeeded: block)) }
        }
        return nil
    }
}
