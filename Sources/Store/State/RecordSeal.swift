/// What of a record the vault vouches for: its plain columns, and its sealed body as it is now.
///
/// `record.mac` is 16 bytes for the body and 16 for the columns together with these. (An older body of the same record opens under the same
/// key; it has other bytes.)
struct RecordSeal {
    fileprivate static let (columnsNumber, bodyNumber): (UInt8, UInt8) = (19, 20)
    private static let half = 16
    let keeper: any StateKeeper

    /// What is checked of a body.
    func tag(of body: ArraySlice<UInt8>, uid: UInt128) throws -> ArraySlice<UInt8> {
        var bytes = RowBytes(Self.bodyNumber)
        bytes.add(uid)
        bytes.add(body)
        return try keeper.element(of: bytes.bytes).prefix(Self.half)
    }

    /// - Parameters:
    ///   - fixed: number, customer, times, versions and marks, in this order.
    ///   - columns: what policies have added, in the order of their names; those without a value count for nothing, as a column can be
    ///     added at any time.
    ///   - body: its ``tag(of:uid:)``.
    func mac(uid: UInt128, _ fixed: [Int64], source: String, channel: String, _ columns: [(name: String, value: StoredValue)], body: ArraySlice<UInt8>) throws -> [UInt8] {
        try mac(of: Self.bytes(uid: uid, fixed, source: source, channel: channel, columns), body: body)
    }

    /// The same of columns as ``bytes(uid:_:source:channel:_:)`` gives them.
    fileprivate func mac(of columns: ArraySlice<UInt8>, body: ArraySlice<UInt8>) throws -> [UInt8] {
        var bytes = RowBytes(continuing: columns)
        bytes.add(body)
        return try Array(body) + keeper.element(of: bytes.bytes).prefix(Self.half)
    }

    /// The bytes that stand for a record's columns, without its body.
    static func bytes(uid: UInt128, _ fixed: [Int64], source: String, channel: String, _ columns: [(name: String, value: StoredValue)]) -> ArraySlice<UInt8> {
        var bytes = RowBytes(columnsNumber)
        bytes.add(uid)
        for number in fixed { bytes.add(number) }
        bytes.add(source)
        bytes.add(channel)
        for (name, value) in columns { bytes.add(name, value) }
        return bytes.bytes[...]
    }

    /// Whether a record is as the vault left it.
    ///
    /// - Parameter body: nil: was not read.
    func agrees(_ evidence: RecordEvidence, uid: UInt128, body: ArraySlice<UInt8>?) throws -> Bool {
        guard evidence.mac.count == 2 * Self.half else { return false }
        let tag = evidence.mac.prefix(Self.half)
        if let body, try self.tag(of: body, uid: uid) != tag { return false }
        return try mac(of: evidence.columns, body: tag)[...] == evidence.mac
    }

    /// What adds a record to the sum of its table.
    func element(of record: Int64, mac: [UInt8]) throws -> StateSum {
        var bytes = RowBytes(StateTable.record.number)
        bytes.add(record)
        bytes.add(mac[...])
        return StateSum(of: try keeper.element(of: bytes.bytes))
    }
}

/// What of a record's row vouches for it, and for what.
package struct RecordEvidence: Sendable {
    /// As stored; empty if nobody has vouched for the record.
    var mac: ArraySlice<UInt8>
    /// As ``RecordSeal/bytes(uid:_:source:channel:_:)`` gives them.
    var columns: ArraySlice<UInt8>
}

/// Tells records that are as the vault left them from others.
package struct RecordCheck: Sendable {
    let watch: StateWatch

    package func isGenuine(_ row: PageRow) throws -> Bool {
        guard let evidence = row.evidence else { return false }
        return try watch.isVouchedFor { try RecordSeal(keeper: $0).agrees(evidence, uid: row.uid, body: row.hasBody ? row.body : nil) }
    }
}

/// The columns that count, in the order in which they are read.
package struct RecordColumns: Sendable {
    private static let fixed = ["id", "subject", "occurred_at", "received_at", "redaction_version", "restricted", "purged", "key_version"]
    /// What policies and formats have added.
    private let added: [String]
    /// The bytes that stand for the name of each.
    private let names: [[UInt8]]

    /// Behind what policies have added.
    static let unattributed = "unattributed"
    static let person = "person"

    init(_ db: any Connection) throws {
        added = try db.columns(of: "record").filter { $0.hasPrefix("a_") || $0.hasPrefix("g_") || $0 == Self.unattributed || $0 == Self.person }.sorted()
        names = added.map { name in
            var bytes: [UInt8] = []
            RowBytes.append(0, to: &bytes) { $0.add(name) }
            return Array(bytes.dropFirst())
        }
    }

    /// Reads the idempotency key, the body, and everything else.
    var query: String { "SELECT r.uid, s.body, \(list) FROM record r LEFT JOIN sealed s ON s.record = r.id AND s.subject = r.subject" }
    private static let first = 2

    /// Reads what a record's evidence is made of.
    var list: String { (["r.mac", "r.source", "r.channel"] + Self.fixed.map { "r.\($0)" } + added.map { "r.\"\($0)\"" }).joined(separator: ", ") }

    func id(_ row: any Row) -> Int64 { row.integer(Self.first + 3) }
    func subject(_ row: any Row) -> Int64 { row.integer(Self.first + 4) }
    func uid(_ row: any Row) -> UInt128 { row.identifier(0) }
    func mac(_ row: any Row) -> [UInt8]? { row.isNull(Self.first) ? nil : row.bytes(Self.first) }

    /// What `mac` must be.
    func mac(of row: any Row, _ seal: RecordSeal) throws -> [UInt8] {
        let uid = uid(row)
        return try seal.mac(of: bytes(of: row, from: Self.first, uid: uid), body: seal.tag(of: row.bytes(1)[...], uid: uid))
    }

    /// - Parameter start: where the columns of ``list`` begin.
    func appendMAC(of row: any Row, from start: Int, to output: inout [UInt8]) { if !row.isNull(start) { row.append(start, to: &output) } }

    func evidence(of row: any Row, from start: Int, uid: UInt128) -> RecordEvidence {
        var mac: [UInt8] = []
        appendMAC(of: row, from: start, to: &mac)
        return RecordEvidence(mac: mac[...], columns: bytes(of: row, from: start, uid: uid))
    }

    /// The same row's ``RecordEvidence/columns``.
    func bytes(of row: any Row, from start: Int, uid: UInt128) -> ArraySlice<UInt8> {
        var bytes: [UInt8] = []
        appendColumns(of: row, from: start, uid: uid, to: &bytes)
        return bytes[...]
    }

    func appendColumns(of row: any Row, from start: Int, uid: UInt128, to output: inout [UInt8]) {
        let fixed = start + 3
        let first = fixed + Self.fixed.count
        RowBytes.append(RecordSeal.columnsNumber, to: &output) { bytes in
            bytes.add(uid)
            for column in fixed..<first { bytes.add(row.integer(column)) }
            bytes.addText(start + 1, of: row)
            bytes.addText(start + 2, of: row)
            for index in names.indices where !row.isNull(first + index) {
                bytes.add(made: names[index])
                bytes.add(stored: row.value(first + index))
            }
        }
    }
}

extension RowBytes {
    /// A column that may be added at any time: without a value, it counts for nothing.
    fileprivate mutating func add(_ name: String, _ value: StoredValue) {
        if case .null = value { return }
        add(name)
        add(stored: value)
    }

    /// A value as it is, not null.
    fileprivate mutating func add(stored value: StoredValue) {
        switch value {
        case .null: return
        case .integer(let integer): add(integer)
        case .real(let real): add(real)
        case .text(let text): add(text)
        }
    }
}

extension VaultStore {
    /// Checks records of pages; nil: nobody vouches for them.
    package var recordCheck: RecordCheck? {
        state.keeper == nil ? nil : RecordCheck(watch: state)
    }
}

extension StoreReader {
    /// What records are held against; nil: nobody vouches for them.
    ///
    /// - Parameter isFresh: whether columns count that were added a moment ago, and a key that was replaced then. Otherwise, such a record does not
    ///   agree.
    func recordEvidence(isFresh: Bool = true) throws -> (columns: RecordColumns, seal: RecordSeal)? {
        guard let keeper = group.map(\.keeper) ?? watch?.keeper else { return nil }
        if !isFresh, let known = watch?.recordColumns { return (known, RecordSeal(keeper: keeper)) }
        let columns = try RecordColumns(db)
        watch?.recordColumns = columns
        // Its key may have been replaced, too.
        return (columns, RecordSeal(keeper: try group == nil ? soundState(keeper)?.keeper ?? keeper : keeper))
    }
}

extension StoreWriter {
    /// Runs a change of records or of their bodies, and vouches for what they are then. What was not as the vault left it before is not
    /// changed.
    ///
    /// - Throws: ``StorageError/altered(what:)``.
    func changingRecords<R>(_ records: [Int64], by change: () throws -> R) throws -> R {
        guard let keeper = group.keeper else { return try change() }
        let seal = RecordSeal(keeper: keeper)
        let columns = try group.recordColumns ?? RecordColumns(db)
        group.recordColumns = columns
        try forEach(records, columns) { row in
            guard let mac = columns.mac(row), try mac == columns.mac(of: row, seal) else { throw StorageError.altered(what: "record") }
            group.account.subtract(try seal.element(of: columns.id(row), mac: mac), .record)
        }
        let result = try change()
        var macs: [(record: Int64, mac: [UInt8])] = []
        try forEach(records, columns) { row in macs.append((columns.id(row), try columns.mac(of: row, seal))) }
        let update = try db.statement("UPDATE record SET mac = ? WHERE id = ?")
        for (record, mac) in macs {
            update.bind(1, mac[...])
            update.bind(2, record)
            try update.run()
            group.account.add(try seal.element(of: record, mac: mac), .record)
        }
        return result
    }

    private func forEach(_ records: [Int64], _ columns: RecordColumns, _ body: (any Row) throws -> Void) throws {
        let query = try db.statement("\(columns.query) WHERE r.id = ?")
        for record in records {
            query.bind(1, record)
            try query.forEachRow { row in
                try body(row)
                return true
            }
        }
    }

    /// Vouches for records that are there without: those of a vault of an earlier format, which was verified before.
    ///
    /// - Returns: the last of up to `limit` records behind `record`; nil when none was left.
    func vouch(after record: Int64, limit: Int) throws -> Int64? {
        guard let keeper = group.keeper else { return nil }
        let (seal, columns) = (RecordSeal(keeper: keeper), try RecordColumns(db))
        let records = try db.rows("SELECT id FROM record WHERE id > ? ORDER BY id LIMIT ?", record, limit) { $0.integer(0) }
        var macs: [(record: Int64, mac: [UInt8])] = []
        try forEach(records, columns) { row in macs.append((columns.id(row), try columns.mac(of: row, seal))) }
        let update = try db.statement("UPDATE record SET mac = ? WHERE id = ?")
        for (record, mac) in macs {
            update.bind(1, mac[...])
            update.bind(2, record)
            try update.run()
        }
        return records.last
    }
}

extension VaultStore {
    /// Vouches for all records and erasures of a vault of an earlier format; safe to repeat.
    package func vouchForEverything() throws {
        if let keeper = state.keeper { try keys.vouchForErasures(keeper) }
        var last = Int64.min
        while case let begin = last, let next = try write(.ordinary, { try $0.vouch(after: begin, limit: 5000) }) { last = next }
    }
}
