import AuditLog
import Store

extension Vault {
    /// Has the tables held against their account, and the key store against the keys that were made.
    func keepState() throws {
        let keys = StateKeys(keyring: keyring, vaultID: store.vaultID)
        try store.keepState(rowKeeper(), others: keys.present)
        expectKeys()
        withExtendedLifetime(keys) {}
    }

    func expectKeys() {
        let store = store
        var known: Set<KeyName>?
        // What was altered, verification tells.
        do { known = try store.read { try $0.hasState() ? $0.knownKeys() : [] } } catch {}
        store.note(keyring.expect(known, now: { store.knownKeysAtOnce() }, made: { store.note([$0]) }).subtracting(known ?? []))
    }

    /// What vouches for the vault's rows by now.
    func rowKeeper() throws -> RowKeeper {
        if let present = store.stateKeeper as? RowKeeper { return present }
        return try StateKeys(keyring: keyring, vaultID: store.vaultID).keepers(now: clock())[0]
    }

    /// Logs an access that met rows which the vault did not write, and an alert, if anything can be logged.
    func noteAltered(_ what: String, _ entry: AuditEntry) { noteDamage("rows of \(what)", entry) }

    /// The same of anything else that is not as the vault left it.
    func noteDamage(_ what: String, _ entry: AuditEntry) {
        let alert = AuditEntry(ofVault: .vault(.alert), .failed, rule: "integrity", request: entry.request, detail: [.error: what])
        _ = try? commitWithAlerts { _ in ((), entry, [alert]) }
    }

    /// The same for somebody who could not be signed in.
    package func noteAlteredSignIn(_ what: String, client: String, request: String?) {
        noteAltered(what, refusedSignIn("integrity: \(what)", token: nil, client: client, request: request))
    }

    /// Fills what a format since the vault's has for what is there already, and logs the entry of the upgrade.
    ///
    /// - Parameter isRestored: whether the data may be older than what is kept beside the keys.
    func logUpgrade(_ entry: AuditEntry, isRestored: Bool = false) throws {
        let newest = try isRestored ? StateKeys(keyring: keyring, vaultID: store.vaultID).keepers(now: clock())[0] : nil
        _ = try commit { writer in
            // A snapshot of before the key was replaced.
            if let newest, try !writer.reader.isSealed(under: newest) { try writer.rekeyState(to: newest) }
            try writer.listRestrictions()
            try NoteRenewal(self, protects: !isRestored).run(in: writer)
            return ((), entry)
        }
        guard let newest else { return }
        store.replaceStateKeeper(by: newest)
        try store.keys.revouchForErasures(under: newest)
    }

    /// Logs an entry from which on the log commits to the tables. A vault whose log has committed to them before cannot begin
    /// again: whoever took the account away could otherwise have what was changed since taken for true.
    func logBeginning(_ entry: AuditEntry, isRestored: Bool = false) throws {
        try store.read { reader in
            try reader.forEachAuditEntry { sequence, bytes in
                guard !KeptEntry.isRemoved(bytes), AuditEntry(canonicalBytes: bytes)?.state == nil else { throw AuditError.foreignState(entry: sequence) }
                return true
            }
        }
        try keepState()
        try store.vouchForEverything()
        _ = try commit { writer in
            // Unless another process was first.
            if try !writer.reader.hasState() { writer.beginState() }
            try writer.listRestrictions()
            try NoteRenewal(self, protects: !isRestored).run(in: writer)
            return ((), entry)
        }
    }
}

extension VaultStore {
    /// Whether an account is kept of the tables.
    func hasAccount() throws -> Bool { try read { try $0.hasState() } }
}

/// Holds the tables against the account beside the log's end, and that against the entry that commits to it.
struct StateCheck {
    /// Nil: no account is kept yet.
    private let state: SealedState?
    private let altered: [String]
    private var commitment: String?
    private var later: Int64?

    init(_ reader: StoreReader, _ format: StoredFormat = .current) throws {
        do {
            let found = try reader.alteredTables(in: format)
            (state, altered) = (found?.state, found?.names ?? [])
        } catch StorageError.altered(let what) {
            (state, altered) = (nil, [what])
        }
    }

    /// Takes in an entry of the log, in order.
    mutating func add(_ sequence: Int64, _ bytes: [UInt8]) {
        guard let state, sequence >= state.entry, let found = AuditEntry(canonicalBytes: bytes)?.state else { return }
        if sequence == state.entry { commitment = found } else { later = sequence }
    }

    /// - Throws: ``AuditError``.
    func finish(_ keeper: RowKeeper, _ keys: KeyStore) throws {
        guard altered.isEmpty else { throw AuditError.alteredTables(altered) }
        guard let state else { return }
        do { _ = try keys.erasures(after: 0) } catch StorageError.altered(let what) { throw AuditError.alteredTables([what]) }
        let expected = try keeper.commitment(of: state.entry, to: state.sumsAtEntry.bytes).hexadecimal
        guard commitment == expected, later == nil else { throw AuditError.foreignState(entry: later ?? state.entry) }
    }
}
