/// Knows the keys under which rows are added up and their sums sealed: the store sees none of them.
package protocol StateKeeper: Sendable {
    /// That of its key: a newer one is higher.
    var version: Int { get }
    /// A secret function of a row: 32 bytes.
    func element(of row: [UInt8]) throws -> [UInt8]
    /// Seals what rows add up to, beside the head of the log.
    ///
    /// - Parameter head: ``StatePlace/bytes``.
    func seal(_ state: [UInt8], head: [UInt8]) throws -> [UInt8]
    /// - Throws: when it was not sealed beside this head.
    func open(_ sealed: [UInt8], head: [UInt8]) throws -> [UInt8]
    /// 32 bytes that commit an audit entry to what rows add up to.
    func commitment(of entry: Int64, to sums: [UInt8]) throws -> [UInt8]
}

/// What of the log's head the state is sealed to. Whatever else the head has is signed.
struct StatePlace: Sendable, Equatable {
    var size: Int64
    /// See ``AuditHead/lastTime`` and ``AuditHead/changedBy``.
    var lastTime, changedBy: Int64

    init(size: Int64, lastTime: Int64, changedBy: Int64) { (self.size, self.lastTime, self.changedBy) = (size, lastTime, changedBy) }

    init(_ head: AuditHead) { self.init(size: head.size, lastTime: head.lastTime, changedBy: head.changedBy) }

    /// The three numbers as 8 bytes each, big-endian.
    var bytes: [UInt8] { [size, lastTime, changedBy].flatMap { withUnsafeBytes(of: $0.bigEndian) { Array($0) } } }
}

/// What stands sealed beside the log's head: what the rows of each table add up to, and what they did at the last entry that commits to it.
///
/// Some changes have no entry, such as the note that a backup was made. The next entry commits to them.
package struct SealedState: Sendable, Equatable {
    package var sums: StateSums
    /// The last entry that commits to the state; -1: none yet.
    package var entry: Int64
    package var sumsAtEntry: StateSums

    /// 1, the entry's number as 8 bytes, the length of the sums as 2, and the sums; then, if they were others at the entry, those.
    var bytes: [UInt8] {
        let now = sums.bytes
        var output: [UInt8] = [1]
        withUnsafeBytes(of: entry.bigEndian) { output.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt16(now.count).bigEndian) { output.append(contentsOf: $0) }
        output += now
        if sumsAtEntry != sums { output += sumsAtEntry.bytes }
        return output
    }

    init(sums: StateSums, entry: Int64, sumsAtEntry: StateSums) { (self.sums, self.entry, self.sumsAtEntry) = (sums, entry, sumsAtEntry) }

    /// Reads what ``bytes`` gave; nil for anything else.
    init?(bytes: [UInt8]) {
        guard bytes.count >= 11, bytes[0] == 1 else { return nil }
        entry = Int64(bitPattern: bytes[1..<9].reduce(0) { $0 << 8 | UInt64($1) })
        let end = 11 + (Int(bytes[9]) << 8 | Int(bytes[10]))
        guard end <= bytes.count, let sums = StateSums(bytes: bytes[11..<end]) else { return nil }
        self.sums = sums
        guard let atEntry = end == bytes.count ? sums : StateSums(bytes: bytes[end...]) else { return nil }
        sumsAtEntry = atEntry
    }
}

/// What a transaction changes of what rows add up to.
struct StateAccount: Sendable {
    fileprivate var changes = StateSums()
    /// As the head has it; read when it is needed first.
    fileprivate var before: SealedState?
    /// Whether all rows are counted anew at the end, as there is no account yet.
    fileprivate var begins = false
    fileprivate var isSealed = false
    /// What the transaction's last entry has committed to.
    fileprivate var committed: (entry: Int64, sums: StateSums)?
    /// What codes add up to at the end of the transaction.
    fileprivate(set) var coded: StateSum?

    mutating func add(_ sum: StateSum, _ table: StateTable) { changes[table] += sum }
    mutating func subtract(_ sum: StateSum, _ table: StateTable) { changes[table] -= sum }
}

extension StoreReader {
    /// What the rows of a table add up to.
    func sum(of table: StateTable, _ keeper: any StateKeeper, where condition: String = "", _ values: [(any Bindable)?] = []) throws -> StateSum {
        var sum = StateSum.zero
        let query = try db.statement("SELECT \(table.list) FROM \(table.name)\(condition.isEmpty ? "" : " WHERE \(condition)")")
        query.bind(values)
        try query.forEachRow(isLarge: condition.isEmpty) { row in
            sum += StateSum(of: try keeper.element(of: table.bytes(of: row)))
            return true
        }
        return sum
    }
}

extension StoreWriter {
    /// Runs a change of a table, and takes into account what became of the rows that `condition` finds, before it and afterwards.
    func changing<R>(_ table: StateTable, where condition: String, _ values: (any Bindable)?..., by change: () throws -> R) throws -> R {
        try changing(table, where: condition, values, by: change)
    }

    /// The same.
    func changing<R>(_ table: StateTable, where condition: String, _ values: [(any Bindable)?], by change: () throws -> R) throws -> R {
        guard let keeper = group.keeper else { return try change() }
        group.account.changes[table] -= try reader.sum(of: table, keeper, where: condition, values)
        let result = try change()
        group.account.changes[table] += try reader.sum(of: table, keeper, where: condition, values)
        return result
    }

    /// Takes a row into account that was added under a number that the database gave out.
    func adding(_ table: StateTable, by change: () throws -> Int64) throws -> Int64 {
        let number = try change()
        if let keeper = group.keeper { group.account.changes[table] += try reader.sum(of: table, keeper, where: "\(table.order) = ?", [number]) }
        return number
    }

    /// Runs a statement that adds to numbers of one row, or makes it: what it was before follows from what was added.
    ///
    /// - Parameter amounts: what is added to the columns from `first` on; not all of it zero.
    func accumulating(_ table: StateTable, adding amounts: [Int64], from first: Int, _ sql: String, _ values: (any Bindable)?...) throws {
        guard let keeper = group.keeper else {
            let statement = try db.statement(sql)
            statement.bind(values)
            return try statement.run()
        }
        let statement = try db.statement("\(sql) RETURNING \(table.list)")
        statement.bind(values)
        try statement.forEachRow { row in
            group.account.changes[table] += StateSum(of: try keeper.element(of: table.bytes(of: row)))
            let before = RowBefore(row: row, first: first, amounts: amounts)
            if !before.wasAbsent { group.account.changes[table] -= StateSum(of: try keeper.element(of: table.bytes(of: before))) }
            return true
        }
    }

    /// Goes by the keeper that vouches for the state as of this transaction. Called before its bodies; what is wrong with the state, those who
    /// need it are told.
    func adoptState() throws {
        guard let keeper = group.keeper, let found = try reader.soundState(keeper) else { return }
        (group.account.before, group.keeper) = (found.state, found.keeper)
    }

    /// Has all rows counted when the transaction ends: there is no account of them yet.
    package func beginState() { group.account.begins = true }

    /// What the rows add up to as of now; nil: nobody keeps an account.
    func sums() throws -> StateSums? {
        guard let keeper = group.keeper else { return nil }
        if group.account.begins {
            var sums = StateSums()
            for table in StateTable.all { sums[table] = try reader.sum(of: table, keeper) }
            return sums
        }
        if group.account.before == nil { group.account.before = try reader.sealedState(keeper).state }
        return group.account.before!.sums + group.account.changes
    }

    /// The same where an account was begun: before that, nothing can be checked.
    func sumsIfBegun() throws -> StateSums? { group.account.begins ? nil : try sums() }

    /// Commits an entry to the state as of now, with which it ends the transaction: 32 bytes; nil: nobody keeps an account.
    package func commitState(entry: Int64) throws -> [UInt8]? {
        try noteNewKeys()
        guard let keeper = group.keeper, let sums = try sums() else { return nil }
        group.account.committed = (entry, sums)
        return try keeper.commitment(of: entry, to: sums.bytes)
    }

    /// The state as of now, sealed to stand beside a head; nil: nobody keeps an account.
    func sealedState(beside head: AuditHead) throws -> [UInt8]? {
        guard let keeper = group.keeper, let sums = try sums() else { return nil }
        group.account.isSealed = true
        group.account.coded = sums[.coded]
        let (entry, atEntry) = group.account.committed ?? (group.account.before?.entry ?? -1, group.account.before?.sumsAtEntry ?? sums)
        return try keeper.seal(SealedState(sums: sums, entry: entry, sumsAtEntry: atEntry).bytes, head: StatePlace(head).bytes)
    }

    /// Seals the state of a transaction that has added no entry.
    func sealStateAlone() throws {
        guard group.keeper != nil, !group.account.isSealed, group.account.begins || !group.account.changes.isZero, let head = try reader.auditHead() else { return }
        try db.run("UPDATE audit_head SET state = ?", try sealedState(beside: head))
    }
}

/// A row as it was before numbers were added to it.
private struct RowBefore: Row {
    let row: any Row
    let first: Int
    let amounts: [Int64]

    /// Rows whose numbers are all zero are not stored.
    var wasAbsent: Bool { amounts.indices.allSatisfy { integer(first + $0) == 0 } }

    func integer(_ column: Int) -> Int64 {
        let index = column - first
        return row.integer(column) - (amounts.indices.contains(index) ? amounts[index] : 0)
    }

    func isNull(_ column: Int) -> Bool { row.isNull(column) }
    func bytes(_ column: Int) -> [UInt8] { row.bytes(column) }
    func append(_ column: Int, to output: inout [UInt8]) { row.append(column, to: &output) }
    func identifier(_ column: Int) -> UInt128 { row.identifier(column) }
    func text(_ column: Int) -> String { row.text(column) }
    func value(_ column: Int) -> StoredValue { row.value(column) }
}
