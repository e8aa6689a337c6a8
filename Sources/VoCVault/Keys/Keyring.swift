import AuditLog
import Foundation
import Sealing
import Store
import StoreMove
import Synchronization

/// A key held in locked memory, shared between workers.
final class HeldKey: Sendable {
    let secret: SecretBytes

    init(_ secret: consuming SecretBytes) { self.secret = secret }
}

/// The vault's keys in memory: the wrapping key of each root key, by number, and the wrapped keys. The root keys themselves are
/// not kept.
final class Keyring: Sendable {
    let suite: Suite
    let activeRoot: Int
    private let wrapping: [Int: HeldKey]
    private let store: KeyStore
    private let vaultID: UInt128
    private struct Version {
        var number: Int
        var key: HeldKey
    }

    /// Newest first.
    private let held: Mutex<[Use: [Version]]> = .init([:])
    /// Held while somebody reads the key store or adds to it, until ``held`` agrees: what was read earlier must not replace what
    /// was added later.
    private let updating = Mutex(())

    /// Keys that were ever made: of these, none is made anew. Nil: it cannot be told which those are.
    private let known: Mutex<Set<KeyName>?> = .init([])
    /// Told of each key that was made.
    private let noteMade: Mutex<(@Sendable (KeyName) -> Void)?> = .init(nil)
    /// What other processes have noted by now.
    private let knownByNow: Mutex<(@Sendable () -> Set<KeyName>?)?> = .init(nil)

    private static let proofText = Array("vocvault root key proof".utf8)

    /// Takes the root keys from `file` and checks that they are those of the store.
    init(file: KeyFile, store: KeyStore, vaultID: UInt128, now: Int64) throws {
        (self.store, self.vaultID) = (store, vaultID)
        suite = file.suite
        var wrapping: [Int: HeldKey] = [:]
        var active: Int?
        for row in try store.rootKeys() {
            let key = try file.rootKey(row.id)
            try Self.check(key, against: row, path: file.path, vaultID: vaultID)
            wrapping[row.number] = HeldKey(try KeyWrapper.wrappingKey(from: key))
            if row.id == file.active { active = row.number }
        }
        if active == nil {
            // A new key in the file becomes one of the vault's, whoever wrote the file.
            try file.makeDurable()
            let key = try file.rootKey(file.active)
            let cipher = try FieldCipher()
            try cipher.load(HKDF.derive(from: key, salt: [], info: Array("vocvault proof v1".utf8), count: 32))
            var proof: [UInt8] = []
            let place = Self.proofPlace(file.active, vaultID)
            try cipher.seal(Self.proofText.span, aad: place.span, suite: suite, to: &proof)
            let number = try store.addRootKey(id: file.active, proof: proof, at: now)
            wrapping[number] = HeldKey(try KeyWrapper.wrappingKey(from: key))
            active = number
        }
        self.wrapping = wrapping
        activeRoot = active!
        try reload()
    }

    /// The same vault's keys in a copy of its key store, without asking for the root keys again.
    init(_ other: Keyring, inCopy store: KeyStore) throws {
        (self.store, vaultID) = (store, other.vaultID)
        (suite, activeRoot, wrapping) = (other.suite, other.activeRoot, other.wrapping)
        try reload()
    }

    /// Whether a key store that no vault has open is this vault's.
    func owns(copy path: String) throws -> Bool {
        let (roots, rows) = try KeyStore.keys(inCopy: path)
        let mine = Dictionary(try store.rootKeys().map { ($0.id, $0.number) }) { $1 }
        for row in rows {
            guard let use = Self.use(kind: row.kind, name: row.name) else { continue }
            guard let number = roots[row.wrapped.root].flatMap({ mine[$0] }) else { continue }
            return (try? unwrap(WrappedKey(root: number, bytes: Array(row.wrapped.bytes)), context: Self.context(use, version: row.version, vaultID))) != nil
        }
        // All its root keys have been retired since, so something that does not change with them decides.
        let known = try store.dataKeys()
        return rows.contains { row in
            known.contains { $0.kind == row.kind && $0.name == row.name && $0.version == row.version && $0.createdAt == row.createdAt }
        }
    }

    /// Reads the vault's own keys again from the key store.
    func reload() throws {
        try updating.withLock { _ in
            var keys: [Use: [Version]] = [:]
            for row in try store.dataKeys() {
                guard let use = Self.use(kind: row.kind, name: row.name) else { continue }
                let key = try unwrap(row.wrapped, context: Self.context(use, version: row.version, vaultID))
                keys[use, default: []].append(Version(number: row.version, key: key))
            }
            held.withLock { $0 = keys.mapValues { $0.sorted { $0.number > $1.number } } }
        }
    }

    /// The newest key for `use`, made when first needed.
    func key(_ use: Use, now: Int64) throws -> HeldKey { try keys(use, now: now)[0] }

    /// All keys for `use` that are kept, newest first.
    func keys(_ use: Use, now: Int64) throws -> [HeldKey] {
        if let keys = held.withLock({ $0[use] }) { return keys.map(\.key) }
        return [try addKey(use, version: 1, now: now)]
    }

    /// One of several keys. The first is made when first needed.
    ///
    /// - Throws: ``VaultError/keys(_:)`` if it was destroyed.
    func key(_ use: Use, version: Int, now: Int64) throws -> HeldKey {
        func find() -> (key: HeldKey?, others: Bool) {
            let versions = held.withLock { $0[use] ?? [] }
            return (versions.first { $0.number == version }?.key, !versions.isEmpty)
        }
        if let key = find().key { return key }
        // Another process may have made it.
        try reload()
        let (found, others) = find()
        if let found { return found }
        // Another thread may be making it now: both get the same key.
        guard !others, version == 1 else {
            throw VaultError.keys("a key was replaced: restart this process, or have the server reload (SIGHUP)")
        }
        return try addKey(use, version: 1, now: now)
    }

    /// Versions of the keys for `use` that are kept, newest first.
    func versions(_ use: Use) -> [Int] { held.withLock { $0[use]?.map(\.number) } ?? [] }

    /// Tells which keys were ever made.
    ///
    /// - Parameters:
    ///   - known: nil: none can be made any more.
    ///   - now: which those are when a key is to be made; nil: cannot be told.
    ///   - made: told of each key that is made from now on.
    /// - Returns: the keys that are there.
    func expect(_ known: Set<KeyName>?, now: @escaping @Sendable () -> Set<KeyName>?, made: @escaping @Sendable (KeyName) -> Void) -> Set<KeyName> {
        self.known.withLock { $0 = known }
        noteMade.withLock { $0 = made }
        knownByNow.withLock { $0 = now }
        return held.withLock { Set($0.keys.map(\.keyName)) }
    }

    /// - Throws: ``VaultError/integrity(_:)`` if a first key was made before: what was made with it could not be used with another.
    private func requireNever(_ use: Use) throws {
        let byNow = knownByNow.withLock { $0 }?() ?? []
        guard byNow.contains(use.keyName) || known.withLock({ $0.map { $0.contains(use.keyName) } ?? true }) else { return }
        throw VaultError.integrity("the key store lacks a key that the vault has used (\(use.kind), \(use.name)): restore the newest copy of the key store")
    }

    /// The months with a key for what was asked in them, ascending.
    var monthsWithQuestions: [String] {
        held.withLock { held in held.keys.compactMap { if case .questions(let month) = $0 { month } else { nil } }.sorted() }
    }

    /// Destroys a key that is to be forgotten: nothing that was sealed under it can be read any more.
    func destroy(_ use: Use) throws {
        for version in versions(use) { try store.removeDataKey(kind: use.kind, name: use.name, version: version) }
        known.withLock { _ = $0?.remove(use.keyName) }
        try reload()
    }

    /// Keeps all versions of `use` but the newest under `former` instead: what they sealed can be opened, and nothing is sealed under them.
    func retire(_ use: Use, as former: Use, now: Int64) throws {
        try reload()
        for version in versions(use).dropFirst() {
            let key = try key(use, version: version, now: now)
            let wrapped = try rootWrapper(activeRoot).wrap(key.secret, context: Self.context(former, version: version, vaultID))
            _ = try store.addDataKey(
                KeyStore.DataKeyRow(kind: former.kind, name: former.name, version: version, wrapped: WrappedKey(root: activeRoot, bytes: wrapped), createdAt: now))
            noteMade.withLock { $0?(former.keyName) }
            try store.removeDataKey(kind: use.kind, name: use.name, version: version)
        }
        try reload()
    }

    /// Makes a key of a version, durably. If another process was first, returns that one.
    func addKey(_ use: Use, version: Int, now: Int64) throws -> HeldKey {
        if versions(use).isEmpty {
            try reload()
            func made() -> HeldKey? { held.withLock { $0[use]?.first { $0.number == version }?.key } }
            if let key = made() { return key }
            do {
                try requireNever(use)
            } catch {
                // Another thread or process may have made it between: which are known was read after those that are there.
                try reload()
                guard let key = made() else { throw error }
                return key
            }
        }
        let context = Self.context(use, version: version, vaultID)
        let wrapped = try rootWrapper(activeRoot).wrap(SecretBytes.random(count: 32), context: context)
        return try updating.withLock { _ in
            let row = try store.addDataKey(
                KeyStore.DataKeyRow(
                    kind: use.kind, name: use.name, version: version, wrapped: WrappedKey(root: activeRoot, bytes: wrapped),
                    createdAt: now))
            let key = try unwrap(row.wrapped, context: context)
            held.withLock { held in
                let others = (held[use] ?? []).filter { $0.number != version }
                held[use] = (others + [Version(number: version, key: key)]).sorted { $0.number > $1.number }
            }
            known.withLock { _ = $0?.insert(use.keyName) }
            noteMade.withLock { $0?(use.keyName) }
            return key
        }
    }

    /// The audit log's keys as the key store has them now.
    func auditKeys(now: Int64) throws -> AuditKeys.State {
        try reload()
        let signing = try keys(.auditSigning, now: now).reversed().map { try Ed25519.SigningKey(seed: $0.secret) }
        // Each former key is vouched for by its successor.
        var successor = signing[0].publicKey
        var former: [LogKey] = []
        for note in try store.formerAuditKeys() {
            let (checkpoint, lines) = try Checkpoint.reading(note, publicKey: successor)
            guard let line = lines.first, let key = try? VerifierKey(line) else { throw VaultError.integrity("a former audit key is damaged") }
            former.append(LogKey(publicKey: key.publicKey, lastSize: checkpoint.size))
            successor = key.publicKey
        }
        return AuditKeys.State(signing: signing, former: former)
    }

    /// A worker's wrapper under a root key.
    func rootWrapper(_ number: Int) throws -> KeyWrapper {
        guard let key = wrapping[number] else { throw VaultError.keys("root key number \(number) is not in the key file") }
        return try KeyWrapper(wrappingKey: key.secret, suite: suite)
    }

    /// One of the vault's own keys, wrapped under the active root key instead.
    func rewrap(_ row: KeyStore.DataKeyRow) throws -> WrappedKey {
        guard let use = Self.use(kind: row.kind, name: row.name) else {
            throw VaultError.integrity("the key store has a key of unknown kind")
        }
        let context = Self.context(use, version: row.version, vaultID)
        let key = try unwrap(row.wrapped, context: context)
        return WrappedKey(root: activeRoot, bytes: try rootWrapper(activeRoot).wrap(key.secret, context: context))
    }

    private func unwrap(_ wrapped: WrappedKey, context: [UInt8]) throws -> HeldKey {
        do {
            return HeldKey(try rootWrapper(wrapped.root).unwrap(wrapped.bytes.span, context: context))
        } catch SealingError.cannotOpen {
            throw VaultError.integrity("a key in the key store does not unwrap: it was changed or moved")
        }
    }

    private static func check(_ key: borrowing SecretBytes, against row: KeyStore.RootKeyRow, path: String, vaultID: UInt128) throws {
        let cipher = try FieldCipher()
        try cipher.load(HKDF.derive(from: key, salt: [], info: Array("vocvault proof v1".utf8), count: 32))
        let place = proofPlace(row.id, vaultID)
        do {
            _ = try cipher.open(row.proof.span, aad: place.span)
        } catch {
            throw VaultError.keys("\(path): root key '\(row.id)' is not the one that this vault was made with")
        }
    }

    private static func proofPlace(_ id: String, _ vaultID: UInt128) -> [UInt8] {
        Array("vocvault proof v1".utf8) + vaultID.bigEndianBytes + Array(id.utf8)
    }

    private static func context(_ use: Use, version: Int, _ vaultID: UInt128) -> [UInt8] {
        Array("vocvault data key v1".utf8) + vaultID.bigEndianBytes + Array("\(use.kind)/\(use.name)/\(version)".utf8)
    }

    private static func use(kind: String, name: String) -> Use? {
        [
            .index(name), .pseudonym(purpose: name), .valuePseudonym(purpose: name), .recordID, .cursor, .noise, .releases, .questions(month: name), .tasks, .notes, .tombstone,
            .mentions, .protections,
            .state, .formerState, .auditSigning,
        ]
        .first { $0.kind == kind && $0.name == name }
    }
}
