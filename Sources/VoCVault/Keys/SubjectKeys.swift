import Sealing
import Store

/// One worker's access to customers' keys: unwraps and makes them, with one wrapper per root key.
final class SubjectKeys {
    private let keyring: Keyring
    private var wrappers: [Int: KeyWrapper] = [:]
    private var pool: KeyPool?
    /// What a wrapped key is bound to; its last twelve bytes are the subject and the key's version, as a signed number.
    private var context: [UInt8]

    init(keyring: Keyring, vaultID: UInt128) {
        self.keyring = keyring
        context = Array("vocvault subject key v1".utf8)
        context.append(bigEndian: vaultID)
        context.append(bigEndian: 0 as Int64)
        context.append(bigEndian: 0 as UInt32)
    }

    /// A fresh random key for a customer, and its wrapped form.
    func make(for subject: Int64, version: Int) throws -> (HeldKey, WrappedKey) {
        let pool = try self.pool ?? KeyPool()
        self.pool = pool
        let key = HeldKey(try pool.key())
        let root = keyring.activeRoot
        let wrapped = try wrapper(root).wrap(key.secret, context: bound(to: subject, version))
        return (key, WrappedKey(root: root, version: version, bytes: wrapped))
    }

    /// - Throws: ``VaultError/integrity(_:)`` if the key was changed or belongs to somebody else.
    func unwrap(_ wrapped: WrappedKey, of subject: Int64) throws -> HeldKey {
        try Self.named { HeldKey(try wrapper(wrapped.root).unwrap(wrapped.bytes.span, context: bound(to: subject, wrapped.version))) }
    }

    /// Opens every key of a key store.
    ///
    /// - Parameter visit: receives the customers, some at a time.
    /// - Throws: ``VaultError/integrity(_:)`` if one was changed or moved.
    func openAll(in store: KeyStore, _ visit: ([Int64]) throws -> Void = { _ in }) throws {
        var last: (subject: Int64, version: Int) = (.min, 0)
        while case let found = try store.subjectKeys(after: last, limit: 5000), let end = found.last {
            for (subject, key) in found { _ = try unwrap(key, of: subject) }
            try visit(found.map(\.subject))
            last = (end.subject, end.key.version)
        }
    }

    /// The key wrapped under the active root key instead.
    func rewrap(_ wrapped: WrappedKey, of subject: Int64) throws -> WrappedKey {
        let key = try unwrap(wrapped, of: subject)
        let root = keyring.activeRoot
        return WrappedKey(
            root: root, version: wrapped.version, bytes: try wrapper(root).wrap(key.secret, context: bound(to: subject, wrapped.version)))
    }

    /// Unwraps a key directly into a cipher.
    func load(_ wrapped: WrappedKey, of subject: Int64, into cipher: FieldCipher) throws {
        try Self.named {
            let wrapper = try wrapper(wrapped.root)
            let context = bound(to: subject, wrapped.version)
            try cipher.load(unwrapping: wrapped.bytes.span, with: wrapper, context: context.span)
        }
    }

    /// The key for notes that a key has in its place once it is destroyed, because another has followed.
    func noteKey(inPlaceOf wrapped: WrappedKey, of subject: Int64) throws -> WrappedKey {
        let key = try unwrap(wrapped, of: subject)
        let (root, version) = (keyring.activeRoot, -wrapped.version)
        return WrappedKey(root: root, version: version, bytes: try wrapper(root).wrap(Self.noteKey(from: key.secret), context: bound(to: subject, version)))
    }

    /// What notes about a customer are sealed under.
    static func noteKey(from key: borrowing SecretBytes) throws -> SecretBytes {
        try HKDF.derive(from: key, salt: [], info: Array("vocvault customer note v1".utf8), count: 32)
    }

    private static func named<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
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

    private func bound(to subject: Int64, _ version: Int) -> [UInt8] {
        context.replace(last: Int32(version))
        context.replace(subject, endingAt: context.count - 4)
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

    /// Overwrites the last bytes with an integer's, most significant first.
    mutating func replace(last value: some FixedWidthInteger) {
        replace(value, endingAt: count)
    }

    mutating func replace(_ value: some FixedWidthInteger, endingAt end: Int) {
        var rest = value
        for index in stride(from: end - 1, through: end - value.bitWidth / 8, by: -1) {
            self[index] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
    }
}
