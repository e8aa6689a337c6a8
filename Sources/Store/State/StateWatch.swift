import Synchronization

/// What a process knows of the tables that the log commits to: rows that it has read are good for as long as their sum is.
final class StateWatch: Sendable {
    /// What was made of a table's rows, and what they added up to.
    private struct Known: Sendable {
        var sum: StateSum
        var content: any Sendable
    }

    private struct Knowledge: Sendable {
        var keeper: (any StateKeeper)?
        var logCheck: LogCheck?
        /// The last that was opened.
        var opened: (sealed: [UInt8], place: StatePlace, state: SealedState)?
        var tables: [UInt8: Known] = [:]
        /// Keys that the next entry notes as made.
        var newKeys: Set<KeyName> = []
        /// Columns of records, as they were read last; others may be added.
        var recordColumns: RecordColumns?
    }

    private let knowledge = Mutex(Knowledge())
    private let openers = Mutex<CodeOpeners?>(nil)

    /// What opens codes for statements.
    var codeOpeners: CodeOpeners? {
        get { openers.withLock { $0 } }
        set { openers.withLock { $0 = newValue } }
    }

    var keeper: (any StateKeeper)? {
        get { knowledge.withLock { $0.keeper } }
        set { knowledge.withLock { $0 = Knowledge(keeper: newValue, logCheck: $0.logCheck, newKeys: $0.newKeys) } }
    }

    /// Tells more of a log whose end is not what it should be.
    var logCheck: LogCheck? {
        get { knowledge.withLock { $0.logCheck } }
        set { knowledge.withLock { $0.logCheck = newValue } }
    }

    var recordColumns: RecordColumns? {
        get { knowledge.withLock { $0.recordColumns } }
        set { knowledge.withLock { $0.recordColumns = newValue } }
    }

    /// Keys that were made and may not be noted yet.
    var newKeys: Set<KeyName> { knowledge.withLock { $0.newKeys } }

    func add(newKeys: Set<KeyName>) { knowledge.withLock { $0.newKeys.formUnion(newKeys) } }

    func remove(newKeys: Set<KeyName>) { knowledge.withLock { $0.newKeys.subtract(newKeys) } }

    /// The state that stands sealed beside a head; nil when it was not sealed beside this one.
    func opened(_ sealed: [UInt8], beside place: StatePlace, _ keeper: any StateKeeper) -> SealedState? {
        if let known = knowledge.withLock({ $0.opened }), known.sealed == sealed, known.place == place { return known.state }
        guard let bytes = try? keeper.open(sealed, head: place.bytes), let state = SealedState(bytes: bytes) else { return nil }
        knowledge.withLock { $0.opened = (sealed, place, state) }
        return state
    }

    /// What was made of a table's rows when they added up to this.
    func content<C: Sendable>(of table: StateTable, _ sum: StateSum, as type: C.Type) -> C? {
        knowledge.withLock { knowledge in
            guard let known = knowledge.tables[table.number], known.sum == sum else { return nil }
            return known.content as? C
        }
    }

    func note(_ content: some Sendable, of table: StateTable, _ sum: StateSum) {
        knowledge.withLock { $0.tables[table.number] = Known(sum: sum, content: content) }
    }
}

extension VaultStore {
    /// Has an account kept of the tables that decide, and checked whenever they do.
    package func keepState(_ keeper: any StateKeeper) {
        state.keeper = keeper
        keys.keeper.withLock { $0 = keeper }
    }
}

extension StoreReader {
    /// The state beside the head, as sealed.
    func sealedState(_ keeper: any StateKeeper) throws -> SealedState {
        let found = try db.first("SELECT size, last_time, changed_by, state FROM audit_head") { row in
            (place: StatePlace(size: row.integer(0), lastTime: row.integer(1), changedBy: row.integer(2)), sealed: row.isNull(3) ? nil : row.bytes(3))
        }
        if let found, let sealed = found.sealed, let watch, let state = watch.opened(sealed, beside: found.place, keeper) { return state }
        try watch?.logCheck?(self)
        throw StorageError.altered(what: "audit_head")
    }

    package func hasRows(_ table: StateTable) throws -> Bool { try db.integer("SELECT 1 FROM \(table.name) LIMIT 1") != nil }

    /// Whether anything is in the index of a field.
    package func hasEntries(ofField number: Int) throws -> Bool { try db.integer("SELECT 1 FROM blind_index WHERE field = ? LIMIT 1", number) != nil }

    /// What stands sealed beside the head, if anybody keeps an account; it changes with every change of a table.
    func stateBytes() throws -> [UInt8]? {
        guard watch?.keeper != nil else { return nil }
        return try db.first("SELECT state FROM audit_head") { $0.bytes(0) }
    }

    /// Whether an account is kept yet.
    package func hasState() throws -> Bool { try db.integer("SELECT 1 FROM audit_head WHERE state IS NOT NULL") != nil }

    /// What was made of the rows of both tables, if they still are what they were then; nil when they have to be read.
    func known<A: Sendable, B: Sendable>(_ one: StateTable, _ other: StateTable, as types: (A.Type, B.Type)) throws -> (A, B)? {
        guard group == nil, let watch, let keeper = watch.keeper else { return nil }
        let sums = try sealedState(keeper).sums
        guard let a = watch.content(of: one, sums[one], as: A.self), let b = watch.content(of: other, sums[other], as: B.self) else { return nil }
        return (a, b)
    }

    /// What a table's rows must add up to, as of this transaction; nil: nobody keeps an account.
    private func expected(_ table: StateTable) throws -> (sum: StateSum, keeper: any StateKeeper)? {
        if let group {
            guard let keeper = group.keeper, let sums = try StoreWriter(db: db, group: group).sumsIfBegun() else { return nil }
            return (sums[table], keeper)
        }
        guard let keeper = watch?.keeper else { return nil }
        return (try sealedState(keeper).sums[table], keeper)
    }

    /// What `collect` makes of a table's rows: of those that the vault wrote, all of them and no others.
    ///
    /// - Throws: ``StorageError/altered(what:)``.
    func checked<R, C: Sendable>(_ table: StateTable, read: (any Row) -> R, collect: ([R]) -> C) throws -> C {
        let expected = try expected(table)
        if let expected, let known = watch?.content(of: table, expected.sum, as: C.self) { return known }
        var (rows, sum) = ([R](), StateSum.zero)
        try db.statement("SELECT \(table.list) FROM \(table.name) ORDER BY \(table.order)").forEachRow { row in
            rows.append(read(row))
            if let expected { sum += StateSum(of: try expected.keeper.element(of: table.bytes(of: row))) }
            return true
        }
        guard let expected else { return collect(rows) }
        guard sum == expected.sum else { throw StorageError.altered(what: table.name) }
        let content = collect(rows)
        watch?.note(content, of: table, sum)
        return content
    }

    /// - Throws: ``StorageError/altered(what:)`` unless a table's rows are those that the vault wrote, all of them and no others.
    func requireUnaltered(_ table: StateTable) throws {
        guard let expected = try expected(table) else { return }
        guard try sum(of: table, expected.keeper) == expected.sum else { throw StorageError.altered(what: table.name) }
    }

    /// The tables whose rows are not those that the vault wrote, and the state that was compared with; nil: nobody keeps an account.
    ///
    /// - Parameter format: that of what is read.
    package func alteredTables(in format: StoredFormat = .current) throws -> (names: [String], state: SealedState)? {
        guard let keeper = watch?.keeper else { return nil }
        let state = try sealedState(keeper)
        let altered = try StateTable.all.filter { table in try table.since <= format && table != .record && sum(of: table, keeper) != state.sums[table] }.map(\.name)
        return (altered + (try alteredRecords(state.sums[.record], keeper)), state)
    }
}
