import AuditLog
import Policy
import Store

/// Progress of rebuilding the indexes.
package struct ReindexingReport: Sendable, Equatable {
    /// Fields whose index has a new key.
    package var fields: [String] = []
    /// Customers whose index entries were made.
    package var customers = 0
}

extension Session {
    /// Batches in which rebuilding catches up with records that arrive meanwhile.
    private static let rounds = 100

    /// Rebuilds the blind indexes under new keys, with handles in their present form, in bounded batches while the vault is in use. Then replaces all current ones at
    /// once, and destroys them and their keys. A killed run continues where it stopped.
    ///
    /// An index is built from the values that exist: a value that retention has removed is no longer found. A process that opened
    /// the vault earlier refuses look-ups and ingest until it is restarted or has reloaded.
    ///
    /// - Parameters:
    ///   - batch: customers per transaction.
    ///   - progress: receives the report so far.
    package func rotateIndexKeys(batch: Int = 500, progress: (ReindexingReport) -> Void = { _ in }) throws -> ReindexingReport {
        let access = try authorize(.keysRotate, purpose: nil)
        return try logged(access) {
            guard batch > 0 else { throw VaultError.invalid("a batch must have at least 1 customer") }
            var report = ReindexingReport()
            let unfinished = try store.read { try $0.indexedFields(.former) }
            if unfinished.isEmpty {
                report.fields = try beginIndexes(access)
                try build(&report, batch, access, progress)
            } else {
                report.fields = unfinished.map(\.name)
            }
            try takeDown(batch, access)
            return report
        }
    }

    /// Adds the indexes to be built, unless an earlier run did.
    private func beginIndexes(_ access: Access) throws -> [String] {
        try vault.keyring.reload()
        let fields = try store.read { try $0.indexedFields() }
        for field in fields where field.state == .current && vault.policy.field(field.name) != nil {
            _ = try vault.keyring.key(.index(field.name), version: field.version, now: vault.clock())
            // Keys must be durable before anything is tagged under them.
            _ = try vault.keyring.addKey(.index(field.name), version: field.version + 1, now: vault.clock())
        }
        return try commit(access) { writer in
            let fields = try writer.reader.indexedFields()
            if !fields.contains(where: { $0.state == .building }) {
                for field in fields where field.state == .current && vault.policy.field(field.name) != nil {
                    try writer.addIndexedField(field.name, version: field.version + 1, .building, form: HandleForm.current.rawValue)
                }
            }
            let building = try writer.reader.indexedFields(.building).map(\.name)
            return (building, access.entry(detail: [.reindexing: "begun", .fieldsIndexed: building.joined(separator: ",")]))
        }.0
    }

    private func build(
        _ report: inout ReindexingReport, _ batch: Int, _ access: Access, _ progress: (ReindexingReport) -> Void
    ) throws {
        let (fields, newest) = try store.read { (try $0.indexedFields(.building), try $0.lastSubject()) }
        var last = fields.map(\.built).min() ?? 0
        while last < newest {
            let indexer = try SubjectIndexer(vault: vault, of: fields)
            let (subjects, _) = try commit(access) { writer in
                let subjects = try writer.reader.subjects(after: last, limit: batch)
                for subject in subjects { try indexer.index(subject, in: writer) }
                try writer.noteIndexing(built: subjects.last)
                return (subjects, access.entry(rows: subjects.count, detail: [.reindexing: "batch"]))
            }
            guard let done = subjects.last else { break }
            last = done
            report.customers += subjects.count
            progress(report)
        }
        // Records that arrived meanwhile; the last few in the transaction that puts the new indexes into force. An ingest that is
        // faster than this has to wait in the end.
        var (isDone, rounds) = (false, 0)
        while !isDone {
            rounds += 1
            let limit = rounds < Self.rounds ? batch : .max
            let indexer = try SubjectIndexer(vault: vault, of: fields)
            isDone = try commit(access) { writer in
                let since = try writer.reader.indexedFields(.building).map(\.records).min() ?? 0
                let (subjects, newest) = try writer.reader.subjects(ofRecordsAfter: since, limit: limit)
                for subject in subjects { try indexer.index(subject, in: writer) }
                try writer.noteIndexing(records: newest)
                let isLast = try newest == writer.reader.lastRecord()
                if isLast { try writer.switchIndexes() }
                return (isLast, access.entry(rows: subjects.count, detail: [.reindexing: isLast ? "in force" : "catching up"]))
            }.0
        }
    }

    /// Removes the former indexes, then destroys their keys.
    private func takeDown(_ batch: Int, _ access: Access) throws {
        try vault.traces.deleting {
            var last: Int64 = 0
            while let next = try store.write(.ordinary, { try $0.removeFormerEntries(after: last, limit: batch) }) { last = next }
            let (former, current) = try store.read { (try $0.indexedFields(.former), try $0.indexedFields(.current)) }
            // Read back: a former key may go only once its successor is stored.
            try vault.keyring.reload()
            for field in former {
                let next = current.first { $0.name == field.name }
                guard let next, vault.keyring.versions(.index(field.name)).contains(next.version) else {
                    throw VaultError.integrity("the key of the new index of \(field.name) is not in the key store: the former one stays")
                }
            }
            for field in former {
                try store.keys.removeDataKey(kind: Keyring.Use.index(field.name).kind, name: field.name, version: field.version)
            }
            try vault.keyring.reload()
        }
        _ = try commit(access) { writer in
            try writer.forgetFormerFields()
            return ((), access.entry(detail: [.reindexing: "done"]))
        }
    }
}
