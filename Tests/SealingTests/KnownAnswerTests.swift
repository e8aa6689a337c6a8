@_spi(Vectors) import Sealing
import Testing

@Suite("Known answers from standards")
struct KnownAnswerTests {
    private struct AEADFile: Decodable {
        struct Group: Decodable { var tests: [Case] }
        struct Case: Decodable {
            var tcId: Int
            var key, iv, aad, msg, ct, tag, result: String
        }
        var testGroups: [Group]
    }

    @Test("Wycheproof AES-256-GCM: valid vectors seal and open, invalid ones never open")
    func wycheproofGCM() throws {
        let cases = try VectorFiles.json("wycheproof_aes_256_gcm.json", as: AEADFile.self).testGroups.flatMap(\.tests)
        let cipher = try FieldCipher()
        var seen: [String: Int] = [:]
        for test in cases {
            try cipher.load(secret(hex(test.key)))
            let (aad, message) = (hex(test.aad), hex(test.msg))
            let sealed = [1] + hex(test.iv) + hex(test.ct) + hex(test.tag)
            seen[test.result, default: 0] += 1
            if test.result == "valid" {
                let result = try cipher.seal(message.span, aad: aad.span, suite: .aes256GCM, nonce: hex(test.iv))
                #expect(result == sealed, "tcId \(test.tcId)")
                #expect(try cipher.opened(sealed, aad) == message, "tcId \(test.tcId)")
            } else {
                #expect(throws: SealingError.cannotOpen, "tcId \(test.tcId)") { try cipher.opened(sealed, aad) }
            }
        }
        #expect(seen["valid", default: 0] > 30 && seen["invalid", default: 0] > 20)
    }

    @Test("NIST CAVP AES-256-GCM encryption")
    func nistEncrypt() throws {
        let cases = try VectorFiles.cases("nist_gcm_encrypt_256.rsp", first: "Count")
        #expect(cases.count == 150)
        let cipher = try FieldCipher()
        for test in cases {
            try cipher.load(secret(hex(test["Key"]!)))
            let (aad, message) = (hex(test["AAD"]!), hex(test["PT"]!))
            let sealed = try cipher.seal(message.span, aad: aad.span, suite: .aes256GCM, nonce: hex(test["IV"]!))
            #expect(sealed == [1] + hex(test["IV"]!) + hex(test["CT"]!) + hex(test["Tag"]!))
        }
    }

    @Test("NIST CAVP AES-256-GCM decryption, with the failures")
    func nistDecrypt() throws {
        let cases = try VectorFiles.cases("nist_gcm_decrypt_256.rsp", first: "Count")
        let cipher = try FieldCipher()
        var failures = 0
        for test in cases {
            try cipher.load(secret(hex(test["Key"]!)))
            let sealed = [1] + hex(test["IV"]!) + hex(test["CT"]!) + hex(test["Tag"]!)
            if test["FAIL"] != nil {
                failures += 1
                #expect(throws: SealingError.cannotOpen) { try cipher.opened(sealed, hex(test["AAD"]!)) }
            } else {
                #expect(try cipher.opened(sealed, hex(test["AAD"]!)) == hex(test["PT"]!))
            }
        }
        #expect(failures > 50 && cases.count - failures > 50)
    }

    @Test("suite 2 agrees with the openssl command's HKDF-SM3, SM4-CTR and HMAC-SM3")
    func sm4() throws {
        // openssl kdf -kdfopt digest:SM3 …; openssl enc -sm4-ctr …; openssl dgst -sm3 -mac HMAC …
        let cipher = try FieldCipher()
        try cipher.load(secret(Array(0..<32)))
        let (aad, message) = (Array("place".utf8), Array("空调又坏了, call me".utf8))
        let nonce = hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
        let expected = [2] + nonce + hex("2aef45de18cd8d71773b4f642d8616e559c758867e0eef82")
            + hex("764eb5222e9a02ebe83ac919ea8e42d29aea0a67f16de2a35da38f5fd63174e4")
        #expect(try cipher.seal(message.span, aad: aad.span, suite: .sm4CTRWithHMACSM3, nonce: nonce) == expected)
        #expect(try cipher.opened(expected, aad) == message)
    }

    @Test("HKDF-SHA-256: RFC 5869")
    func hkdf() throws {
        let cases = try VectorFiles.cases("rfc5869_hkdf_sha256.txt", first: "COUNT")
        #expect(cases.count == 3)
        for test in cases {
            let key = try HKDF.derive(
                from: secret(hex(test["IKM"]!)), salt: hex(test["salt"]!), info: hex(test["info"]!), count: Int(test["L"]!)!)
            #expect(bytes(of: key) == hex(test["OKM"]!))
        }
    }

    private struct HKDFFile: Decodable {
        struct Group: Decodable { var tests: [Case] }
        struct Case: Decodable {
            var tcId: Int
            var ikm, salt, info: String
            var size: Int
            var okm, result: String
        }
        var testGroups: [Group]
    }

    @Test("HKDF-SHA-256: Wycheproof, including lengths beyond the limit")
    func wycheproofHKDF() throws {
        for test in try VectorFiles.json("wycheproof_hkdf_sha256.json", as: HKDFFile.self).testGroups.flatMap(\.tests) {
            func derived() throws -> [UInt8] {
                bytes(of: try HKDF.derive(from: secret(hex(test.ikm)), salt: hex(test.salt), info: hex(test.info), count: test.size))
            }
            if test.result == "valid" {
                #expect(try derived() == hex(test.okm), "tcId \(test.tcId)")
            } else {
                #expect(throws: SealingError.self, "tcId \(test.tcId)") { try derived() }
            }
        }
    }

    @Test("HMAC-SHA-256: RFC 4231")
    func hmac() throws {
        let cases = try VectorFiles.cases("rfc4231_hmac_sha256.txt", first: "Len")
        #expect(cases.count >= 6)
        for test in cases {
            let mac = try MACSession(key: secret(hex(test["Key"]!)))
            let (message, expected) = (hex(test["Msg"]!), hex(test["MD"]!))
            #expect(Array(try mac.tag(message.span).prefix(expected.count)) == expected)
            // A session is used again: the second tag must not depend on the first.
            #expect(Array(try mac.tag(message.span).prefix(expected.count)) == expected)
        }
    }

    @Test("scrypt: RFC 7914, all but the vector that needs a gibibyte")
    func scrypt() throws {
        for test in try VectorFiles.cases("rfc7914_scrypt.txt", first: "COUNT") where test["N"] != "1048576" {
            let cost = Scrypt(n: UInt64(test["N"]!)!, r: UInt64(test["r"]!)!, p: UInt64(test["p"]!)!)
            let key = try cost.derive(
                passphrase: secret(Array(test["PASSWORD"]!.utf8)), salt: Array(test["SALT"]!.utf8), count: 64)
            #expect(bytes(of: key) == hex(test["DERIVED_KEY"]!))
        }
    }

    @Test("Ed25519: the authors' vectors, the first of which are those of RFC 8032")
    func ed25519() throws {
        let lines = try VectorFiles.text("ed25519_sign.input").split(separator: "\n")
        #expect(lines.count == 128)
        for line in lines {
            let parts = line.split(separator: ":", omittingEmptySubsequences: false).map { hex(String($0)) }
            let key = try Ed25519.SigningKey(seed: secret(Array(parts[0].prefix(32))))
            #expect(key.publicKey == parts[1])
            #expect(try key.sign(parts[2]) == Array(parts[3].prefix(64)))
        }
    }

    private struct EdFile: Decodable {
        struct Group: Decodable {
            var publicKey: Key
            var tests: [Case]
        }
        struct Key: Decodable { var pk: String }
        struct Case: Decodable {
            var tcId: Int
            var msg, sig, result: String
        }
        var testGroups: [Group]
    }

    @Test("Ed25519: Wycheproof, no invalid signature verifies")
    func wycheproofEd25519() throws {
        for group in try VectorFiles.json("wycheproof_ed25519.json", as: EdFile.self).testGroups {
            // "Acceptable" are keys of small or mixed order, on which verifiers differ; ours are made by ourselves.
            for test in group.tests where test.result != "acceptable" {
                let valid = Ed25519.verify(signature: hex(test.sig), message: hex(test.msg), publicKey: hex(group.publicKey.pk))
                #expect(valid == (test.result == "valid"), "tcId \(test.tcId)")
            }
        }
    }

    @Test("the pseudonym permutation is AES-256: FIPS 197 appendix C.3")
    func aesBlock() throws {
        let cipher = try PseudonymCipher(key: secret(Array(0..<32)))
        let (plain, sealed) = (hex("00112233445566778899aabbccddeeff"), hex("8ea2b7ca516745bfeafc49904b496089"))
        #expect(try cipher.encrypt(UInt128(bigEndianBytes: plain.span)).bigEndianBytes == sealed)
        #expect(try cipher.decrypt(UInt128(bigEndianBytes: sealed.span)).bigEndianBytes == plain)
    }

    @Test("SHA-256: FIPS 180-4 example, whole and in parts")
    func sha256() {
        let abc = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SHA256.hash(Array("abc".utf8)) == abc)
        let (b, c): ([UInt8], [UInt8]) = ([0x62], [0x63])
        #expect(SHA256().hash(prefix: 0x61, b.span, c.span) == abc)
    }
}
