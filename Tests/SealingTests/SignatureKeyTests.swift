import Foundation
import Sealing
import Testing

@Suite("Signatures of others")
struct SignatureKeyTests {
    private static func bytes(_ base64URL: String) -> [UInt8] {
        let text = base64URL.replacing("-", with: "+").replacing("_", with: "/")
        return [UInt8](Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4))!)
    }

    private struct Vector {
        var source: String
        var algorithm: SignatureKey.Algorithm
        var key: @Sendable () throws -> SignatureKey
        var message: String
        var signature: String
    }

    private static let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

    private static let vectors = [
        Vector(
            source: "RFC 7515, appendix A.2", algorithm: .rs256,
            key: {
                try SignatureKey(
                    rsaModulus: bytes(
                        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
                    ), exponent: bytes("AQAB"))
            }, message: "eyJhbGciOiJSUzI1NiJ9.\(claims)",
            signature:
                "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
        ),
        Vector(
            source: "RFC 7520, section 4.2", algorithm: .ps384,
            key: {
                try SignatureKey(
                    rsaModulus: bytes(
                        "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw"
                    ), exponent: bytes("AQAB"))
            },
            message:
                "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4",
            signature:
                "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw"
        ),
        Vector(
            source: "RFC 7515, appendix A.3", algorithm: .es256,
            key: {
                try SignatureKey(
                    curve: .p256, x: bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), y: bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
            }, message: "eyJhbGciOiJFUzI1NiJ9.\(claims)",
            signature: "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
        Vector(
            source: "RFC 6979, appendix A.2.6", algorithm: .es384,
            key: {
                try SignatureKey(
                    curve: .p384, x: bytes("7DpOQVtOGaRWhhgCn0J_pdqai8SukuAuBqrlKGswDGTe-PDqkFWGYGSiVFFUgLwT"),
                    y: bytes("gBXZty19VyROqO-awMYhiWcIpZNn-d-59UyoSz8cnbEoiyMcOuDU_nNE_SUzJkcg"))
            }, message: "sample",
            signature:
                "lO27kqXsuKrUc25WxpGRaz-IFAZmzp-nPWTE6pWtEzyBpkgVLkSs-W423R6A-r5Gme9K6xXxeM6h_kDbJgMTjxMOdAoZYkUmIDtjUdCjqU-jKcFFeG5nnnuCxxo4YorI"),
        Vector(
            source: "RFC 7515, appendix A.4", algorithm: .es512,
            key: {
                try SignatureKey(
                    curve: .p521, x: bytes("AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk"),
                    y: bytes("ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"))
            }, message: "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA",
            signature:
                "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"
        ),
        Vector(
            source: "RFC 8037, appendix A.4", algorithm: .edDSA, key: { try SignatureKey(ed25519: bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")) },
            message: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
            signature: "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"),
    ]

    @Test("the standards' own examples are signed, and by no other algorithm; nothing that is changed is")
    func examples() throws {
        for vector in Self.vectors {
            let key = try vector.key()
            let (signature, message) = (Self.bytes(vector.signature), Array(vector.message.utf8))
            for algorithm in SignatureKey.Algorithm.allCases {
                #expect(key.verifies(signature, of: message, by: algorithm) == (algorithm == vector.algorithm), "\(vector.source): \(algorithm)")
            }
            for place in [0, signature.count / 2, signature.count - 1] {
                var changed = signature
                changed[place] ^= 1
                #expect(!key.verifies(changed, of: message, by: vector.algorithm), "\(vector.source): byte \(place)")
            }
            #expect(!key.verifies(signature, of: message + [0x20], by: vector.algorithm) && !key.verifies(Array(signature.dropLast()), of: message, by: vector.algorithm))
            #expect(!key.verifies(signature + [0], of: message, by: vector.algorithm) && !key.verifies([], of: message, by: vector.algorithm))
            let isNothing = [UInt8](repeating: 0, count: signature.count)
            #expect(!key.verifies(isNothing, of: message, by: vector.algorithm))
        }
    }

    @Test("keys that are too short, too large, or no keys are refused")
    func keys() {
        let modulus = [UInt8](repeating: 0xFF, count: 256)
        func wrong(_ length: Int) -> SealingError { .wrongLength(what: "RSA modulus", expected: 256, got: length) }
        #expect(throws: wrong(255)) { try SignatureKey(rsaModulus: Array(modulus.dropLast()), exponent: [1, 0, 1]) }
        #expect(throws: wrong(255)) { try SignatureKey(rsaModulus: [0] + modulus.dropLast(), exponent: [1, 0, 1]) }
        // As many bytes, but not as many bits.
        #expect(throws: wrong(256)) { try SignatureKey(rsaModulus: [0x7F] + modulus.dropFirst(), exponent: [1, 0, 1]) }
        #expect(throws: wrong(2049)) { try SignatureKey(rsaModulus: [UInt8](repeating: 0xFF, count: 2049), exponent: [1, 0, 1]) }
        for exponent in [[], [0], [1], [2], [1, 0, 0], [UInt8](repeating: 1, count: 9)] as [[UInt8]] {
            #expect(throws: SealingError.malformedEncoding(what: "RSA exponent"), "\(exponent)") { try SignatureKey(rsaModulus: modulus, exponent: exponent) }
        }
        #expect(throws: SealingError.self) { try SignatureKey(curve: .p256, x: [UInt8](repeating: 1, count: 32), y: [UInt8](repeating: 1, count: 32)) }
        #expect(throws: SealingError.self) { try SignatureKey(curve: .p256, x: [1], y: [UInt8](repeating: 1, count: 32)) }
        #expect(throws: SealingError.self) { try SignatureKey(ed25519: [UInt8](repeating: 1, count: 31)) }
    }
}
