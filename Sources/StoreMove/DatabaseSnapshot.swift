import Store
import StoreSQLite

/// Snapshots of a vault in a database of a server: as files, from which it can be restored anywhere.
struct ServerSnapshots: Snapshots {
    let data, keys: any Database

    func copyData(to path: String, progress: @escaping (CopyProgress) -> Void) throws {
        try data.read { try DatabaseSnapshot(server: $0, progress: progress).writeData(to: path) }
    }

    func copyKeys(to path: String) throws { try keys.read { try DatabaseSnapshot(server: $0) { _ in }.writeKeys(to: path) } }
}

/// What a database has at one moment, to be written into files.
///
/// Rows are compared with those that a file has already, so that of a former snapshot only those pages change whose
/// rows did.
struct DatabaseSnapshot {
    /// In a transaction that sees one moment.
    let server: any Connection
    let progress: (CopyProgress) -> Void
    private static let portion = 5000

    /// Makes `keystore.db`.
    func writeKeys(to path: String) throws {
        try SnapshotFile.write(path, .keys) { files in
            for table in MigratedTable.all where table.isInKeyStore { try fill(table, files) { _ in } }
            try rememberNumbers(files) { $0.hasPrefix("keystore.") }
        }
    }

    /// Makes `vault.db`, or brings one up to date that is there.
    func writeData(to path: String) throws {
        try SnapshotFile.write(path, .data) { files in
            try LookupIndex.settleAll(files)
            let present = try files.columns(of: "record")
            for column in try plainColumns() where !present.contains(column.name) { try files.addColumn(column) }
            var rows = 0
            for table in MigratedTable.all + MigratedTable.ofFiles where !table.isInKeyStore {
                try fill(table, files) { count in
                    rows += count
                    progress(.rows(rows))
                }
            }
            try rememberNumbers(files) { !$0.hasPrefix("keystore.") }
        }
    }

    private func fill(_ table: MigratedTable, _ files: any Connection, _ done: (Int) -> Void) throws {
        let rows = try MigratedRows(of: table, as: files)
        var last: MigratedRows.Values?
        try rows.forEachPortion(of: server, size: Self.portion) { portion in
            let end = rows.key(of: portion[portion.count - 1])
            try bring(rows, files, after: last, through: end, to: portion)
            last = end
            done(portion.count)
        }
        try rows.removeAll(after: last, from: files)
    }

    /// Replaces what differs between two keys.
    private func bring(
        _ rows: MigratedRows, _ files: any Connection, after last: MigratedRows.Values?, through end: MigratedRows.Values, to portion: [MigratedRows.Values]
    ) throws {
        var (start, present) = (last, Set<MigratedRows.Values>())
        lazy var wanted = Set(portion)
        while case let found = try rows.inFiles(files, after: start, through: end, limit: Self.portion), !found.isEmpty {
            if found == portion { return }
            for row in found {
                if wanted.contains(row) { present.insert(row) } else { try rows.remove(row, from: files) }
            }
            start = rows.key(of: found[found.count - 1])
        }
        let missing = present.isEmpty ? portion : portion.filter { !present.contains($0) }
        try missing.insert(with: files.inserter(into: rows.table.source, rows.columns, ignoringPresent: false))
    }

    /// The columns of `record`, as a policy may have added some.
    private func plainColumns() throws -> [PlainColumn] {
        let kinds: [String: PlainColumn.Kind] = ["text": .text, "bigint": .integer, "double precision": .real]
        let sql = """
            SELECT CAST(attname AS TEXT), format_type(atttypid, NULL) FROM pg_attribute
            WHERE attrelid = to_regclass('vault.record') AND attnum > 0 AND NOT attisdropped
            """
        return try server.rows(sql) { row in kinds[row.text(1)].map { PlainColumn(name: row.text(0), kind: $0) } }.compactMap { $0 }
    }

    private func rememberNumbers(_ files: any Connection, of isWanted: (String) -> Bool) throws {
        let sql = "SELECT last_value FROM pg_sequences WHERE schemaname || '.' || sequencename = pg_get_serial_sequence(?, ?)"
        for (table, column) in MigratedTable.remembered where isWanted(table) {
            guard let given = try server.integer(sql, table, column) else { continue }
            let own = String(table.split(separator: ".")[1])
            try files.run("DELETE FROM sqlite_sequence WHERE name = ?", own)
            try files.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", own, given)
        }
    }
}
