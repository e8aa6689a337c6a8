extension StoreWriter {
    /// Has everything that the log commits to vouched for under another key. What is not as the vault left it is not.
    ///
    /// Before anything else in the transaction, which ends with an entry.
    ///
    /// - Throws: ``StorageError/altered(what:)``.
    package func rekeyState(to keeper: any StateKeeper) throws {
        guard let altered = try reader.alteredTables() else { return }
        if let first = altered.names.first { throw StorageError.altered(what: first) }
        let (seal, columns) = (RecordSeal(keeper: keeper), try RecordColumns(db))
        let update = try db.statement("UPDATE record SET mac = ? WHERE id = ?")
        var last = Int64.min
        while true {
            let macs = try db.rows("\(columns.query) WHERE r.id > ? ORDER BY r.id LIMIT 5000", last) { row in (record: columns.id(row), mac: try columns.mac(of: row, seal)) }
            guard let end = macs.last else { break }
            for (record, mac) in macs {
                update.bind(1, mac[...])
                update.bind(2, record)
                try update.run()
            }
            last = end.record
        }
        (group.keeper, group.account) = (keeper, StateAccount())
        beginState()
    }
}
