/// One of the vault's own keys, whatever its version.
package struct KeyName: Hashable, Sendable {
    package var kind, name: String

    package init(kind: String, name: String) { (self.kind, self.name) = (kind, name) }
}

extension VaultStore {
    /// Has the next entry's transaction note that a key is there, unless it is noted already.
    package func note(_ keys: Set<KeyName>) { state.add(newKeys: keys) }
}

extension VaultStore {
    /// The vault's own keys that were ever made, as of now; waits for nobody. Nil if that cannot be told just now.
    package func knownKeysAtOnce() -> Set<KeyName>? { try? database.lookUp { try StoreReader(db: $0, watch: state).knownKeys() } }
}

extension StoreReader {
    /// The vault's own keys that were ever made: one of them that is missing was taken away.
    package func knownKeys() throws -> Set<KeyName> {
        try checked(.knownKey, read: { KeyName(kind: $0.text(0), name: $0.text(1)) }, collect: { Set($0) })
    }
}

extension StoreWriter {
    /// Notes that a key is about to be destroyed on purpose.
    package func forgetKey(_ key: KeyName) throws {
        group.watch.remove(newKeys: [key])
        try changing(.knownKey, where: "kind = ? AND name = ?", key.kind, key.name) { try db.run("DELETE FROM known_key WHERE kind = ? AND name = ?", key.kind, key.name) }
    }

    /// Notes keys that were made. What an earlier transaction has noted is forgotten: this one may still be undone.
    func noteNewKeys() throws {
        let waiting = group.watch.newKeys
        guard !waiting.isEmpty, group.keeper != nil else { return }
        let known: Set<KeyName>
        // Whoever altered the table must not keep the alert from being logged.
        do { known = try reader.knownKeys() } catch StorageError.altered { return }
        for key in waiting.subtracting(known) {
            try changing(.knownKey, where: "kind = ? AND name = ?", key.kind, key.name) {
                try db.run("INSERT INTO known_key (kind, name) VALUES (?, ?)", key.kind, key.name)
            }
        }
        group.watch.remove(newKeys: known)
    }
}
