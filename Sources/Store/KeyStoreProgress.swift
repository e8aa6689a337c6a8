import Synchronization

/// How far a key store has come: numbers that only grow. One that has less than was seen of it was rolled back.
package struct KeyStoreProgress: Codable, Sendable, Equatable {
    /// Customers who got a key.
    package var made: Int64 = 0
    /// The last number in the log of erasures, and that of the fact that was kept last.
    package var erasures: Int64 = 0
    package var protections: Int64 = 0

    package func isBehind(_ other: KeyStoreProgress) -> Bool { made < other.made || erasures < other.erasures || protections < other.protections }

    /// Whether it lacks anything that protects people.
    package func isLess(than other: KeyStoreProgress) -> Bool { erasures < other.erasures || protections < other.protections }

    mutating func rise(to other: KeyStoreProgress) {
        (made, erasures, protections) = (max(made, other.made), max(erasures, other.erasures), max(protections, other.protections))
    }

    /// Of a key store.
    init(of keys: any Connection) throws {
        let sql = "SELECT made, COALESCE((SELECT MAX(seq) FROM erasure), 0), (SELECT last FROM protection_state) FROM subject_key_state"
        self = try keys.first(sql) { KeyStoreProgress(made: $0.integer(0), erasures: $0.integer(1), protections: $0.integer(2)) }!
    }

    /// What the data tell of their key store.
    init(asOf data: any Connection) throws {
        let sql = "SELECT COALESCE((SELECT MAX(id) FROM subject), 0), erasures_applied, protections_applied FROM vault"
        self = try data.first(sql) { KeyStoreProgress(made: $0.integer(0), erasures: $0.integer(1), protections: $0.integer(2)) }!
    }

    init(made: Int64 = 0, erasures: Int64 = 0, protections: Int64 = 0) { (self.made, self.erasures, self.protections) = (made, erasures, protections) }
}

extension VaultStore {
    /// Whether the keys have a database of their own, which can be rolled back, or lag behind, without the data.
    package var hasKeysApart: Bool { database.hasKeysApart }

    /// Looks whether a key store in a database of its own is as far as the data tell, now and on each connection that is made
    /// from now on.
    ///
    /// - Parameter isDecided: whether somebody has decided since that the vault goes on with what is there.
    /// - Throws: ``StorageError/keysRolledBack(database:)``.
    package func watchKeys(_ isDecided: @escaping @Sendable () -> Bool) throws {
        guard hasKeysApart else { return }
        try keys.raise(to: database.lookUp { try KeyStoreProgress(asOf: $0) })
        let requireProgress: @Sendable (any Connection) throws -> Void = { [weak keys, name = keys.database.name] connection in
            guard let keys else { return }
            let found = try KeyStoreProgress(of: connection)
            if keys.isAhead(of: found) {
                guard isDecided() else { throw StorageError.keysRolledBack(database: name) }
                keys.forget()
            }
            keys.raise(to: found)
        }
        try keys.database.lookUp(requireProgress)
        keys.database.check(connections: requireProgress, reading: .keys)
    }

    /// Whether the key store lacks what the data tell of it.
    package func keysAreBehind() throws -> Bool {
        let told = try database.lookUp { try KeyStoreProgress(asOf: $0) }
        return try keys.reached().isBehind(told)
    }

    /// Brings a key store that was rolled back to where the data are: the keys of customers who are erased go again, and no
    /// number is given out twice. What protects people is to be protected anew afterwards.
    ///
    /// - Returns: how many customers had come back.
    package func catchUpKeys(at now: Int64) throws -> Int {
        var (last, revived) = (Int64(-1), 0)
        while case let erased = try read({ try $0.erasedSubjects(after: last, limit: 10_000) }), let end = erased.last {
            let back = try keys.subjectKeys(erased).keys.sorted()
            try keys.eraseSubjectKeys(back, at: now)
            (last, revived) = (end, revived + back.count)
        }
        let told = try database.lookUp { try KeyStoreProgress(asOf: $0) }
        try keys.raiseMade(to: told.made)
        let reached = try keys.reached()
        try write { writer in
            try writer.changingVault {
                try writer.db.run("UPDATE vault SET erasures_applied = ?, protections_applied = ?", reached.erasures, reached.protections)
            }
            try writer.note([RootCount]())
            try writer.changing(.tombstone, where: "TRUE") { try writer.db.run("UPDATE tombstone SET copied = 0") }
        }
        return revived
    }
}

extension KeyStore {
    /// How far it has come.
    package func reached() throws -> KeyStoreProgress { try database.lookUp { try KeyStoreProgress(of: $0) } }

    /// Gives no customer's number out again up to `last`.
    package func raiseMade(to last: Int64) throws { try write { try $0.run("UPDATE subject_key_state SET made = ? WHERE made < ?", last, last) } }
}

extension StoreReader {
    fileprivate func erasedSubjects(after last: Int64, limit: Int) throws -> [Int64] {
        try db.rows("SELECT id FROM subject WHERE erased_at IS NOT NULL AND id > ? ORDER BY id LIMIT ?", last, Int64(limit)) { $0.integer(0) }
    }
}
