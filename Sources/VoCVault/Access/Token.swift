import Sealing
import Store
import Synchronization
import Wire

/// Tokens of principals: `vvt_` and 256 random bits. Only the SHA-256 is stored; with that much entropy, a slow hash would add
/// nothing.
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

    /// Starts at a random value, so that no two processes give the same numbers.
    private static let requests = Atomic(UInt64.random(in: .min ... .max))

    /// `q_` and 60 bits that distinguish requests; not a secret.
    package static func requestID() -> String {
        var rest = mixed(requests.add(1, ordering: .relaxed).newValue)
        return String(unsafeUninitializedCapacity: 14) { buffer in
            (buffer[0], buffer[1]) = (0x71, 0x5F)
            for index in 2..<14 {
                buffer[index] = digits[Int(rest & 31)]
                rest >>= 5
            }
            return 14
        }
    }

    /// Maps numbers one to one: the finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
    /// 2014).
    private static func mixed(_ number: UInt64) -> UInt64 {
        var mixed = number &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
