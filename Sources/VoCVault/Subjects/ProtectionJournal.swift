import Foundation
import Sealing
import Store
import Synchronization
import Wire

/// What protects people, kept outside what a restore replaces: beside the kept head of the log.
///
/// Key stores are copied from time to time. The newest that is left after a disk was lost may be from before an erasure, a revocation,
/// a hold or a restriction. The journal has what came since, as far back as it goes; a restore applies it to the key store that it
/// was given. It follows the key store: what a crash kept out of it is added with the next change, or when the vault is opened.
///
/// A line is a ``Part``, sealed under the vault's key for protections and bound to its place. The first says where the journal begins.
final class ProtectionJournal: Sendable {
    /// What became of the key store between two numbers.
    struct Part: Codable, Sendable {
        struct Fact: Codable, Sendable {
            var kind: String
            var key: String
            /// Nil: it is to be forgotten.
            var body: [UInt8]?
        }

        struct Stone: Codable, Sendable {
            /// Hexadecimal.
            var tag: String
            var erasedAt: Int64
            var endsAt: Int64
        }

        /// How often it was decided, before the journal began, from where the log continues.
        var decisions: Int
        var from: KeyStoreProgress
        var to: KeyStoreProgress
        /// Whether more parts lead to the same number.
        var isContinued = false
        /// Customers whose keys were destroyed.
        var erased: [Int64] = []
        var facts: [Fact] = []
        var stones: [Stone] = []
    }

    /// What a key store lacked.
    struct Replayed: Sendable, Equatable {
        var erased = 0
        var facts = 0
        var stones = 0

        var isNothing: Bool { self == Replayed() }

        var description: String { "\(erased.of("erasure")), \(facts.of("other protection")), \(stones.of("tombstone"))" }
    }

    /// Behind the last part that is not continued.
    private struct End {
        var bytes: Int
        var lines: Int
        var part: Part
    }

    private struct State {
        /// That of a file of so many bytes, which need not be read again.
        var end: End?
        var failure: String?
    }

    let path: String
    /// The file whose owner it gets.
    private let model: String
    private let state = Mutex(State())
    /// A journal that is larger goes without what a backup's copy of the key store has: bytes.
    private static let limit = 4 << 20
    private static let newline = UInt8(ascii: "\n")
    private static let portion = 10_000

    convenience init(beside kept: KeptHead) { self.init(kept.journalPath, ownedAs: kept.path) }

    private init(_ path: String, ownedAs model: String) { (self.path, self.model) = (path, model) }

    /// Why it could not be written at last; nil if it could.
    var failure: String? { state.withLock { $0.failure } }

    // MARK: Writing

    /// Brings the journal up to where the key store is. If that fails, ``failure`` says why, and the next call makes up for it.
    ///
    /// - Parameter forgotten: facts that the key store has forgotten a moment ago.
    func follow(_ vault: Vault, forgotten: [ProtectionRow] = []) {
        do {
            try added(vault, forgotten)
            state.withLock { $0.failure = nil }
        } catch {
            state.withLock { $0.failure = "\(error)" }
        }
    }

    private func added(_ vault: Vault, _ forgotten: [ProtectionRow]) throws {
        let lock = try FileLock.wait(for: path)
        defer { withExtendedLifetime(lock) {} }
        let cipher = try SealedJSON(.protections, of: vault)
        // In every copy of the key store from now on.
        _ = try vault.keyring.key(.tombstone, now: vault.clock())
        let now = try vault.store.keys.reached()
        let decisions = vault.trail.watch.decisions
        guard let end = try self.end(cipher), end.part.decisions >= decisions else { return try begin(at: now, decisions, [], cipher) }
        // A key store that was set back: somebody has to decide first. And who does not know of a decision yet has nothing to add.
        guard end.part.decisions == decisions, !now.isLess(than: end.part.to), end.part.to.isLess(than: now) || !forgotten.isEmpty else { return }
        try append(parts(since: end.part.to, to: now, decisions, forgotten, vault.store.keys), behind: end, cipher)
    }

    /// What the key store has more than at `start`, in portions.
    private func parts(since start: KeyStoreProgress, to now: KeyStoreProgress, _ decisions: Int, _ forgotten: [ProtectionRow], _ keys: KeyStore) throws -> [Part] {
        let erased = try keys.erasures(after: start.erasures).subjects
        let present = try keys.protections(after: start.protections)
        let gone = try forgotten.filter { try keys.protection($0.kind, $0.key) == nil }
        let facts = (present + gone).map { Part.Fact(kind: $0.kind, key: $0.key, body: $0.body) }
        let stones = try keys.tombstones(after: start.protections).map { Part.Stone(tag: String($0.tag, radix: 16), erasedAt: $0.erasedAt, endsAt: $0.endsAt) }
        var parts: [Part] = []
        for first in stride(from: 0, to: max(erased.count, facts.count, stones.count, 1), by: Self.portion) {
            func portion<T>(_ all: [T]) -> [T] { Array(all.dropFirst(first).prefix(Self.portion)) }
            parts.append(
                Part(decisions: decisions, from: start, to: now, isContinued: true, erased: portion(erased), facts: portion(facts), stones: portion(stones)))
        }
        parts[parts.count - 1].isContinued = false
        return parts
    }

    /// Begins anew, durably.
    private func begin(at start: KeyStoreProgress, _ decisions: Int, _ parts: [Part], _ cipher: SealedJSON) throws {
        let all = [Part(decisions: decisions, from: start, to: start)] + parts
        let bytes = try lines(all, from: 0, cipher)
        try DurableFile.replace(path, with: bytes)
        try giveToOwner()
        state.withLock { $0.end = End(bytes: bytes.count, lines: all.count, part: all[all.count - 1]) }
    }

    /// If root creates it, the service must still be able to write it.
    private func giveToOwner() throws {
        var owner = stat()
        guard geteuid() == 0, stat(model, &owner) == 0 else { return }
        guard chown(path, owner.st_uid, owner.st_gid) == 0 else { throw FileFault(path, .write, errno) }
    }

    /// - Parameter end: what stands behind it was not written whole.
    private func append(_ parts: [Part], behind end: End, _ cipher: SealedJSON) throws {
        let bytes = try lines(parts, from: end.lines, cipher)
        state.withLock { $0.end = nil }
        try DurableFile.append(bytes, to: path, at: end.bytes)
        state.withLock { $0.end = End(bytes: end.bytes + bytes.count, lines: end.lines + parts.count, part: parts[parts.count - 1]) }
    }

    private func lines(_ parts: [Part], from number: Int, _ cipher: SealedJSON) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            bytes += Data(try cipher.seal(part, place: Self.place(number + index))).base64EncodedData()
            bytes.append(Self.newline)
        }
        return bytes
    }

    /// Lets go of what a copy of the key store has, if the journal has become large.
    ///
    /// - Parameter covered: how far the copy goes at least.
    func shorten(to covered: KeyStoreProgress, _ vault: Vault) {
        do {
            let lock = try FileLock.wait(for: path)
            defer { withExtendedLifetime(lock) {} }
            let bytes = try FileReading.bytes(of: path)
            guard bytes.count > Self.limit else { return }
            let cipher = try SealedJSON(.protections, of: vault)
            let parts = try read(bytes, cipher)
            guard let first = parts.first, first.decisions == vault.trail.watch.decisions, first.from.isLess(than: covered) else { return }
            let rest = parts.dropFirst().drop { !covered.isLess(than: $0.to) }
            try begin(at: rest.first?.from ?? covered, first.decisions, Array(rest), cipher)
        } catch {
            state.withLock { $0.failure = "\(error)" }
        }
    }

    // MARK: Reading

    private static func place(_ line: Int) -> String { "line \(line + 1) of the journal of protections" }

    /// Nil: the file has to begin anew.
    private func end(_ cipher: SealedJSON) throws -> End? {
        var about = stat()
        guard stat(path, &about) == 0 else { throw FileFault(path, .read, errno) }
        if let known = state.withLock({ $0.end }), known.bytes == Int(about.st_size) { return known }
        let bytes = try FileReading.bytes(of: path)
        // What cannot be read is of no use: the key store that is in use has all of it.
        guard let parts = try? read(bytes, cipher), let last = parts.lastIndex(where: { !$0.isContinued }) else { return nil }
        let ends = bytes.indices.filter { bytes[$0] == Self.newline }
        return End(bytes: ends[last] + 1, lines: last + 1, part: parts[last])
    }

    /// - Throws: ``VaultError/integrity(_:)`` if a whole line does not open in its place.
    private func read(_ bytes: [UInt8], _ cipher: SealedJSON) throws -> [Part] {
        guard let end = bytes.lastIndex(of: Self.newline) else { return [] }
        return try bytes[..<end].split(separator: Self.newline, omittingEmptySubsequences: false).enumerated().map { number, line in
            try cipher.open(Data(base64Encoded: Data(line)).map { [UInt8]($0) } ?? [], as: Part.self, place: Self.place(number))
        }
    }

    /// Whether it is of the vault with this cipher, and tells all that came after `given`. That of a restored vault begins later.
    private func continues(_ given: KeyStoreProgress, _ cipher: SealedJSON) -> Bool {
        guard let bytes = try? FileReading.bytes(of: path), let parts = try? read(bytes, cipher), let first = parts.first, let last = parts.last else { return false }
        return !given.isLess(than: first.from) && given.isLess(than: last.to)
    }

    /// This one or, if there is none for this home, the only one beside it that tells more of the same vault: a vault may be restored
    /// elsewhere.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` if there are several, which may tell of different things.
    func known(of vault: Vault) throws -> ProtectionJournal {
        let file = URL(fileURLWithPath: path)
        let (folder, name) = (file.deletingLastPathComponent().path, file.lastPathComponent)
        guard !FileManager.default.fileExists(atPath: path), let end = name.range(of: "protections-")?.upperBound else { return self }
        let names = ((try? FileReading.names(in: folder)) ?? []).filter { $0.hasPrefix(name[..<end]) }.sorted()
        let (cipher, given) = (try SealedJSON(.protections, of: vault), try vault.store.keys.reached())
        let others = names.map { ProtectionJournal("\(folder)/\($0)", ownedAs: model) }.filter { $0.continues(given, cipher) }
        guard others.count < 2 else {
            throw VaultError.invalid(
                "what came after the key store may be in \(others.map(\.path).joined(separator: " or ")): restore the vault into the home that it had")
        }
        return others.first ?? self
    }

    /// Applies what a key store that was given lacks.
    ///
    /// - Parameters:
    ///   - vault: with the key store, whose numbers of customers are those of the vault that wrote the journal.
    ///   - acceptsGap: whether to go on although the journal does not go back far enough, or cannot be read.
    /// - Throws: ``VaultError/invalid(_:)`` if the journal cannot account for what came after the key store, unless that is accepted.
    func replay(into vault: Vault, acceptsGap: Bool) throws -> Replayed {
        guard FileManager.default.fileExists(atPath: path), case let bytes = try FileReading.bytes(of: path), !bytes.isEmpty else { return Replayed() }
        let keys = vault.store.keys
        let given = try keys.reached()
        let parts: [Part]
        do {
            parts = try read(bytes, SealedJSON(.protections, of: vault))
        } catch {
            guard acceptsGap else { throw Self.refusal("\(path), which has what came after it, cannot be read with its keys") }
            return Replayed()
        }
        guard let first = parts.first, let last = parts.last, given.isLess(than: last.to) else { return Replayed() }
        if given.isLess(than: first.from), !acceptsGap {
            let (erasures, others) = (Int(max(0, first.from.erasures - given.erasures)), Int(max(0, first.from.protections - given.protections)))
            throw Self.refusal("\(path) begins \(erasures.of("erasure")) and \(others.of("other change")) later")
        }
        let missing = parts.filter { given.isLess(than: $0.to) }
        let erased = missing.flatMap(\.erased)
        let facts = missing.flatMap(\.facts).map { ProtectionRow(kind: $0.kind, key: $0.key, body: $0.body) }
        let stones = try missing.flatMap(\.stones).map { stone in
            guard let tag = UInt128(stone.tag, radix: 16) else { throw VaultError.integrity("\(path) has a tombstone without a tag") }
            return Tombstone(tag: tag, erasedAt: stone.erasedAt, endsAt: stone.endsAt)
        }
        try keys.raiseMade(to: last.to.made)
        try keys.eraseSubjectKeys(erased, at: vault.clock())
        if !facts.isEmpty || !stones.isEmpty { try keys.keep(facts, stones) }
        return Replayed(erased: erased.count, facts: facts.count, stones: stones.count)
    }

    private static func refusal(_ reason: String) -> VaultError {
        .invalid(
            "the key store is older than what is known to have happened since, and \(reason). Customers who were erased would come back, and revoked tokens, "
                + "holds and restrictions would be forgotten: give a newer copy of the key store, or accept that with --accept-older-keys")
    }
}

extension Vault {
    /// Keeps what the key store has got beside the head of the log, too.
    func keepJournal(forgotten: [ProtectionRow] = []) { trail.watch.journal?.follow(self, forgotten: forgotten) }
}
