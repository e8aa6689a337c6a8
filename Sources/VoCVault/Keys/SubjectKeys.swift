import Sealing
import Storage

/// One worker's access to subject keys: unwraps and makes them, keeping a wrapper per root key.
final class SubjectKeys {
    private let keyring: Keyring
    private let vaultID: UInt128
    private var wrappers: [Int: KeyWrapper] = [:]

    init(keyring: Keyring, vaultID: UInt128) {
        (self.keyring, self.vaultID) = (keyring, vaultID)
    }

    /// A fresh random key of a new subject, and its wrapped form.
    func make(for subject: Int64) throws -> (HeldKey, WrappedKey) {
        let key = HeldKey(try SecretBytes.random(count: 32))
        let root = keyring.activeRoot
        let wrapped = try wrapper(root).wrap(key.secret, context: context(subject))
        return (key, WrappedKey(root: root, bytes: wrapped))
    }

    /// - Throws: ``VaultError/integrity(_:)`` when the key was changed or belongs to someone else.
    func unwrap(_ wrapped: WrappedKey, of subject: Int64) throws -> SecretBytes {
        do {
            return try wrapper(wrapped.root).unwrap(wrapped.bytes.span, context: context(subject))
        } catch SealingError.cannotOpen {
            throw VaultError.integrity("a customer's key does not unwrap: it was changed or moved")
        }
    }

    private func wrapper(_ root: Int) throws -> KeyWrapper {
        if let wrapper = wrappers[root] { return wrapper }
        let wrapper = try keyring.rootWrapper(root)
        wrappers[root] = wrapper
        return wrapper
    }

    private func context(_ subject: Int64) -> [UInt8] {
        var context = Array("vocvault subject key v1".utf8)
        context.append(bigEndian: vaultID)
        context.append(bigEndian: subject)
        return context
    }
}

extension [UInt8] {
    /// Appends an integer's bytes, most significant first.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        var shift = value.bitWidth - 8
        while shift >= 0 {
            append(UInt8(truncatingIfNeeded: value >> shift))
            shift -= 8
        }
    }
}
