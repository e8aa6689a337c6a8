import Sealing
import Testing

@Suite("Sealing")
struct SealingPropertyTests {
    private let aad = Array("vault subject record field".utf8)

    private func cipher(_ fill: UInt8 = 7) throws -> FieldCipher {
        let cipher = try FieldCipher()
        try cipher.load(secret([UInt8](repeating: fill, count: 32)))
        return cipher
    }

    private func sealed(_ message: [UInt8], _ suite: Suite) throws -> [UInt8] {
        var output: [UInt8] = []
        try cipher().seal(message.span, aad: aad.span, suite: suite, to: &output)
        return output
    }

    @Test("what was sealed opens, whatever its length", arguments: Suite.allCases)
    func roundTrip(suite: Suite) throws {
        for length in [0, 1, 15, 16, 17, 31, 32, 33, 255, 4096, 70_001] {
            let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let output = try sealed(message, suite)
            #expect(output.count == length + suite.overhead)
            #expect(try cipher().opened(output, aad) == message)
        }
    }

    @Test("a flip of any single bit is noticed", arguments: Suite.allCases)
    func flippedBits(suite: Suite) throws {
        let output = try sealed(Array("13800138000".utf8), suite)
        let cipher = try cipher()
        for bit in 0..<output.count * 8 {
            var changed = output
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: SealingError.cannotOpen) { try cipher.opened(changed, aad) }
        }
    }

    @Test("a ciphertext that was cut anywhere does not open", arguments: Suite.allCases)
    func truncated(suite: Suite) throws {
        let output = try sealed(Array("13800138000".utf8), suite)
        let cipher = try cipher()
        for length in 0..<output.count {
            #expect(throws: SealingError.cannotOpen) { try cipher.opened(Array(output.prefix(length)), aad) }
        }
    }

    @Test("another key or place gives the same error as changed bytes", arguments: Suite.allCases)
    func wrongKeyAndPlace(suite: Suite) throws {
        let output = try sealed(Array("secret".utf8), suite)
        #expect(throws: SealingError.cannotOpen) { try cipher(8).opened(output, aad) }
        #expect(throws: SealingError.cannotOpen) { try cipher().opened(output, Array("elsewhere".utf8)) }
    }

    @Test("nonces do not repeat", arguments: Suite.allCases)
    func freshNonces(suite: Suite) throws {
        let cipher = try cipher()
        var seen: Set<[UInt8]> = []
        for _ in 0..<2000 {
            var output: [UInt8] = []
            try cipher.seal(aad.span, aad: aad.span, suite: suite, to: &output)
            seen.insert(Array(output[1..<1 + suite.nonceLength]))
        }
        #expect(seen.count == 2000)
    }

    @Test("a cipher follows the key that was loaded last")
    func reload() throws {
        let cipher = try cipher(1)
        var first: [UInt8] = []
        try cipher.seal(aad.span, aad: aad.span, to: &first)
        try cipher.load(secret([UInt8](repeating: 2, count: 32)))
        #expect(throws: SealingError.cannotOpen) { try cipher.opened(first, aad) }
        try cipher.load(secret([UInt8](repeating: 1, count: 32)))
        #expect(try cipher.opened(first, aad) == aad)
    }

    @Test("nothing is sealed before a key of the right length is loaded")
    func noKey() throws {
        let cipher = try FieldCipher()
        var output: [UInt8] = []
        #expect(throws: SealingError.self) { try cipher.seal(aad.span, aad: aad.span, to: &output) }
        #expect(throws: SealingError.wrongLength(what: "sealing key", expected: 32, got: 16)) {
            try cipher.load(secret([UInt8](repeating: 0, count: 16)))
        }
    }

    @Test("a wrapped key unwraps under its root key and context only")
    func wrapping() throws {
        let wrapper = try KeyWrapper(wrappingKey: KeyWrapper.wrappingKey(from: secret([UInt8](repeating: 1, count: 32))))
        let other = try KeyWrapper(wrappingKey: KeyWrapper.wrappingKey(from: secret([UInt8](repeating: 2, count: 32))))
        let key = try SecretBytes.random(count: 32)
        let wrapped = try wrapper.wrap(key, context: [1])
        func unwrapped(_ wrapper: KeyWrapper, _ context: [UInt8]) throws -> [UInt8] {
            bytes(of: try wrapper.unwrap(wrapped.span, context: context))
        }
        #expect(try unwrapped(wrapper, [1]) == bytes(of: key))
        #expect(throws: SealingError.cannotOpen) { try unwrapped(wrapper, [2]) }
        #expect(throws: SealingError.cannotOpen) { try unwrapped(other, [1]) }
    }

    @Test("base64 of a key reads back, and malformed text is refused")
    func base64() throws {
        let key = try SecretBytes.random(count: 32)
        let text = key.base64()
        #expect(text.count == 44)
        func decoded(_ text: [UInt8]) throws -> [UInt8] { bytes(of: try SecretBytes(base64: text.span, count: 32)) }
        #expect(try decoded(text) == bytes(of: key))
        for wrong in ["", "AAAA", String(repeating: "A", count: 43), String(repeating: "*", count: 44)] {
            #expect(throws: SealingError.malformedEncoding(what: "key")) { try decoded(Array(wrong.utf8)) }
        }
    }

    @Test("comparison in constant time compares")
    func comparison() {
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]) && constantTimeEqual([], []))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]) && !constantTimeEqual([1, 2, 3], [1, 2]))
    }

    @Test("wiping leaves zeros")
    func wiping() {
        var buffer = Array("13800138000".utf8)
        wipe(&buffer)
        #expect(buffer == [UInt8](repeating: 0, count: 11))
    }

    @Test("pseudonyms are a permutation: distinct, invertible, different under another key")
    func permutation() throws {
        let a = try PseudonymCipher(key: secret([UInt8](repeating: 1, count: 32)))
        let b = try PseudonymCipher(key: secret([UInt8](repeating: 2, count: 32)))
        var seen: Set<UInt128> = []
        for number in 0..<1000 as Range<UInt128> {
            let name = try a.encrypt(number)
            #expect(try a.decrypt(name) == number)
            #expect(try b.encrypt(number) != name)
            seen.insert(name)
        }
        #expect(seen.count == 1000)
    }
}
