import Sealing
import Storage

/// Tokens of principals: `vvt_` and 256 random bits. Only the SHA-256 is stored: with that much
/// entropy a slow hash would add nothing.
package enum Token {
    static func issue(
        principal: String, role: String, scope: String? = nil, expiresAt: Int64?, now: Int64
    ) throws -> (token: String, row: TokenRow, hash: [UInt8]) {
        let text = "vvt_" + Base64URL.encode(try Random.bytes(32))
        let identifier = "t_" + Base32.encode(UInt128(UInt64.random(in: .min ... .max)) << 64).prefix(10).lowercased()
        let row = TokenRow(id: identifier, principal: principal, role: role, scope: scope, createdAt: now, expiresAt: expiresAt)
        return (text, row, hash(text))
    }

    package static func hash(_ token: String) -> [UInt8] { SHA256.hash(Array(token.utf8)) }

    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// `q_` and 60 bits that tell requests apart; they are no secret.
    package static func requestID() -> String {
        var rest = UInt64.random(in: .min ... .max)
        return String(unsafeUninitializedCapacity: 14) { buffer in
            (buffer[0], buffer[1]) = (0x71, 0x5F)
            for index in 2..<14 {
                buffer[index] = digits[Int(rest & 31)]
                rest >>= 5
            }
            return 14
        }
    }
}
