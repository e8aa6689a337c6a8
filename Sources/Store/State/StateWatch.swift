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
        /// The one before it: whoever began to read before it was replaced still sees what that one vouched for.
        var former: (keeper: any StateKeeper, until: ContinuousClock.Instant)?
        /// Those of the keys that the vault has by now, the newest first.
        var keepers: StateKeepers?
        var logCheck: LogCheck?
        /// The last that was opened.
        var opened: (sealed: [UInt8], place: StatePlace, state: SealedState, keeper: any StateKeeper)?
        var tables: [UInt8: Known] = [:]
        /// Keys that the next entry notes as made.
        var newKeys: Set<KeyName> = []
        /// Columns of records, as they were read last; others may be added.
        var recordColumns: RecordColumns?
    }

    private let knowledge = Mutex(Knowledge())
    private let openers = Mutex<CodeOpeners?>(nil)
    private let codes = Mutex<(sum: StateSum, known: KnownCodes)?>(nil)
    private let clock = Mutex<TimeReading?>(nil)

    /// In milliseconds since 1970; 0 until the vault has said which clock it goes by.
    func now() -> Int64 { clock.withLock { $0 }?.now() ?? 0 }

    func keepTime(by reading: TimeReading) { clock.withLock { $0 = reading } }

    /// What opens codes for statements.
    var codeOpeners: CodeOpeners? {
        get { openers.withLock { $0 } }
        set { openers.withLock { $0 = newValue } }
    }

    /// What is known of codes that add up to this. Of others, nothing is kept: they have changed or ended.
    func knownCodes(_ sum: StateSum) -> KnownCodes {
        codes.withLock { codes in
            if let codes, codes.sum == sum { return codes.known }
            let known = KnownCodes()
            codes = (sum, known)
            return known
        }
    }

    /// Forgets what was opened of codes, unless it is of those that add up to this.
    func forgetCodes(butOf sum: StateSum) {
        codes.withLock { if $0?.sum != sum { $0 = nil } }
    }

    var keeper: (any StateKeeper)? {
        get { knowledge.withLock { $0.keeper } }
        set { knowledge.withLock { $0 = Knowledge(keeper: newValue, keepers: $0.keepers, logCheck: $0.logCheck, newKeys: $0.newKeys) } }
    }

    var keepers: StateKeepers? {
        get { knowledge.withLock { $0.keepers } }
        set { knowledge.withLock { $0.keepers = newValue } }
    }

    /// How long what a former key vouched for is still believed: longer than a page takes.
    private static let patience = Duration.seconds(60)

    /// Goes by another keeper from now on.
    func replace(by keeper: any StateKeeper) {
        knowledge.withLock { known in
            let former = known.keeper.map { ($0, ContinuousClock.now + Self.patience) }
            known = Knowledge(keeper: keeper, former: former, keepers: known.keepers, logCheck: known.logCheck, newKeys: known.newKeys)
        }
    }

    /// The keeper, and the one before it for as long as that one counts.
    var present: [any StateKeeper] {
        knowledge.withLock { known in
            [known.keeper, known.former.flatMap { $0.until > .now ? $0.keeper : nil }].compactMap { $0 }
        }
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

    /// Whether one of the keepers that count vouches for something. If only one does whose key another process has made since, that one counts
    /// from now on.
    func isVouchedFor(_ holds: (any StateKeeper) throws -> Bool) rethrows -> Bool {
        if try present.contains(where: holds) { return true }
        guard let other = try keepers?.list().first(where: holds) else { return false }
        if other.version > keeper?.version ?? 0 { replace(by: other) }
        return true
    }

    /// Keys that were made and may not be noted yet.
    var newKeys: Set<KeyName> { knowledge.withLock { $0.newKeys } }

    func add(newKeys: Set<KeyName>) { knowledge.withLock { $0.newKeys.formUnion(newKeys) } }

    func remove(newKeys: Set<KeyName>) { knowledge.withLock { $0.newKeys.subtract(newKeys) } }

    /// The state that stands sealed beside a head; nil when it was not sealed beside this one.
    ///
    /// - Returns: the keeper that opened it as well: another process may have replaced the key.
    func opened(_ sealed: [UInt8], beside place: StatePlace, _ keeper: any StateKeeper) -> (state: SealedState, keeper: any StateKeeper)? {
        if let known = knowledge.withLock({ $0.opened }), known.sealed == sealed, known.place == place { return (known.state, known.keeper) }
        func state(_ keeper: any StateKeeper) -> SealedState? { (try? keeper.open(sealed, head: place.bytes)).flatMap { SealedState(bytes: $0) } }
        if let found = state(keeper) {
            knowledge.withLock { $0.opened = (sealed, place, found, keeper) }
            return (found, keeper)
        }
        for former in present { if let found = state(former) { return (found, former) } }
        for other in keepers?.list() ?? [] {
            guard let found = state(other) else { continue }
            replace(by: other)
            knowledge.withLock { $0.opened = (sealed, place, found, other) }
            return (found, other)
        }
        return nil
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

/// What tells the time, in milliseconds since 1970.
package struct TimeReading: Sendable {
    let now: @Sendable () -> Int64

    package init(_ now: @escaping @Sendable () -> Int64) { self.now = now }
}

/// Keepers under the keys that the vault has for its state by now, the newest first; empty when that cannot be told.
package struct StateKeepers: Sendable {
    let list: @Sendable () -> [any StateKeeper]

    package init(_ list: @escaping @Sendable () -> [any StateKeeper]) { self.list = list }
}

extension VaultStore {
    /// Has an account kept of the tables that decide, and checked whenever they do.
    ///
    /// - Parameter others: asked when something is not vouched for by `keeper`: another process may have replaced its key.
    package func keepState(_ keeper: any StateKeeper, others: StateKeepers? = nil) {
        state.keeper = keeper
        state.keepers = others
        keys.state.withLock { $0 = state }
    }

    /// Goes by another keeper, for which everything has been vouched.
    package func replaceStateKeeper(by keeper: any StateKeeper) { state.replace(by: keeper) }

    /// The present one; nil: no account is kept.
    package var stateKeeper: (any StateKeeper)? { state.keeper }
}

extension StoreReader {
    /// The state beside the head, as sealed, and the keeper that opened it.
    func sealedState(_ keeper: any StateKeeper) throws -> (state: SealedState, keeper: any StateKeeper) {
        if let found = try soundState(keeper) { return found }
        try watch?.logCheck?(self)
        throw StorageError.altered(what: "audit_head")
    }

    /// The same; nil when there is none, or it was not sealed beside this head.
    func soundState(_ keeper: any StateKeeper) throws -> (state: SealedState, keeper: any StateKeeper)? {
        let found = try db.first("SELECT size, last_time, changed_by, state FROM audit_head") { row in
            (place: StatePlace(size: row.integer(0), lastTime: row.integer(1), changedBy: row.integer(2)), sealed: row.isNull(3) ? nil : row.bytes(3))
        }
        guard let found, let sealed = found.sealed, let watch else { return nil }
        return watch.opened(sealed, beside: found.place, keeper)
    }

    /// Whether a keeper opens the state beside the head.
    package func isSealed(under keeper: any StateKeeper) throws -> Bool {
        try db.first("SELECT size, last_time, changed_by, state FROM audit_head") { row in
            (try? keeper.open(row.bytes(3), head: StatePlace(size: row.integer(0), lastTime: row.integer(1), changedBy: row.integer(2)).bytes)) != nil
        } ?? false
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
        let sums = try sealedState(keeper).state.sums
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
        let (state, current) = try sealedState(keeper)
        return (state.sums[table], current)
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
        guard let present = watch?.keeper else { return nil }
        let (state, keeper) = try sealedState(present)
        // With what its transaction has changed.
        let sums = try group.flatMap { try StoreWriter(db: db, group: $0).sums() } ?? state.sums
        let altered = try StateTable.all.filter { table in try table.since <= format && table != .record && sum(of: table, keeper) != sums[table] }.map(\.name)
        return (altered + (try alteredRecords(sums[.record], keeper)), state)
    }
}
