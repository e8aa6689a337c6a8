extension StoreReader {
    /// The tables of records, and of what follows from them, that are not as the vault left them.
    ///
    /// - Parameter sum: what the records must add up to.
    func alteredRecords(_ sum: StateSum, _ keeper: any StateKeeper) throws -> [String] {
        let (seal, columns) = (RecordSeal(keeper: keeper), try RecordColumns(db))
        var (found, isAltered) = (StateSum.zero, false)
        var uids = StateSum.zero, links = StateSum.zero
        try db.statement("\(columns.query) ORDER BY r.id").forEachRow(isLarge: true) { row in
            let (id, uid, mac) = (columns.id(row), columns.uid(row), columns.mac(row) ?? [])
            if try mac != columns.mac(of: row, seal) { isAltered = true }
            found += try seal.element(of: id, mac: mac)
            uids += try Self.element(.uid(uid), keeper)
            links += try Self.element(.link(columns.subject(row), id), keeper)
            return true
        }
        var names: [String] = []
        if isAltered || found != sum { names.append("record") }
        try db.statement("SELECT uid FROM record_uid").forEachRow(isLarge: true) { row in
            uids -= try Self.element(.uid(row.identifier(0)), keeper)
            return true
        }
        if uids != .zero { names.append("record_uid") }
        try db.statement("SELECT subject, record FROM subject_record").forEachRow(isLarge: true) { row in
            links -= try Self.element(.link(row.integer(0), row.integer(1)), keeper)
            return true
        }
        if links != .zero { names.append("subject_record") }
        var entries = StateSum.zero
        try db.statement("SELECT id, entries FROM subject").forEachRow(isLarge: true) { row in
            let noted = IndexEntry.list(row.bytes(1)).filter { !$0.isMark }
            // Earlier versions have noted some twice.
            for (index, entry) in noted.enumerated() where !noted[..<index].contains(entry) { entries += try Self.element(.entry(entry, row.integer(0)), keeper) }
            return true
        }
        try db.statement("SELECT tag, field, subject FROM blind_index").forEachRow(isLarge: true) { row in
            entries -= try Self.element(.entry(IndexEntry(field: row.int(1), tag: row.identifier(0)), row.integer(2)), keeper)
            return true
        }
        if entries != .zero { names.append("blind_index") }
        return names
    }

    /// What stands in a table for the sake of look-ups alone.
    private enum Derived {
        case uid(UInt128)
        case link(Int64, Int64)
        case entry(IndexEntry, Int64)
    }

    private static func element(_ derived: Derived, _ keeper: any StateKeeper) throws -> StateSum {
        var bytes: RowBytes
        switch derived {
        case .uid(let uid):
            bytes = RowBytes(21)
            bytes.add(uid)
        case .link(let subject, let record):
            bytes = RowBytes(22)
            bytes.add(subject)
            bytes.add(record)
        case .entry(let entry, let subject):
            bytes = RowBytes(23)
            bytes.add(Int64(entry.field))
            bytes.add(entry.tag)
            bytes.add(subject)
        }
        return StateSum(of: try keeper.element(of: bytes.bytes))
    }
}
