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
        /// The last that was opened.
        var sealed: [UInt8] = []
        var state: SealedState?
        var tables: [UInt8: Known] = [:]
    }

    private let knowledge = Mutex(Knowledge())

    var keeper: (any StateKeeper)? {
        get { knowledge.withLock { $0.keeper } }
        set { knowledge.withLock { $0 = Knowledge(keeper: newValue) } }
    }

    /// The state that stands sealed beside a head.
    func opened(_ sealed: [UInt8], logSize: Int64, _ keeper: any StateKeeper) throws -> SealedState {
        if let known = knowledge.withLock({ $0.sealed == sealed ? $0.state : nil }) { return known }
        guard let bytes = try? keeper.open(sealed, logSize: logSize), let state = SealedState(bytes: bytes) else { throw StorageError.altered(what: "audit_head") }
        knowledge.withLock { ($0.sealed, $0.state) = (sealed, state) }
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
    package func keepState(_ keeper: any StateKeeper) { state.keeper = keeper }
}

extension StoreReader {
    /// The state beside the head, as sealed.
    func sealedState(_ keeper: any StateKeeper) throws -> SealedState {
        guard let head = try db.first("SELECT size, state FROM audit_head", read: { (size: $0.integer(0), state: $0.isNull(1) ? nil : $0.bytes(1)) }),
            let sealed = head.state
        else { throw StorageError.altered(what: "audit_head") }
        guard let watch else {
            guard let state = SealedState(bytes: try keeper.open(sealed, logSize: head.size)) else { throw StorageError.altered(what: "audit_head") }
            return state
        }
        return try watch.opened(sealed, logSize: head.size, keeper)
    }

    /// Whether an account is kept yet.
    package func hasState() throws -> Bool { try db.integer("SELECT 1 FROM audit_head WHERE state IS NOT NULL") != nil }

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
    package func alteredTables() throws -> (names: [String], state: SealedState)? {
        guard let keeper = watch?.keeper else { return nil }
        let state = try sealedState(keeper)
        return (try StateTable.all.filter { try sum(of: $0, keeper) != state.sums[$0] }.map(\.name), state)
    }
}
