import AuditLog
import Policy
import RedactedAPI
import Sealing
import Store

extension Session {
    /// Customers with a value: their pseudonyms under `purpose`; of customers who are one person, that of the head.
    ///
    /// The blind index says who may have it; who is found has a record that has it, so that nobody who can write the index can
    /// have one customer taken for another.
    ///
    /// - Parameter purpose: nil: the only purpose for which the role may look customers up.
    /// - Throws: `StorageError.altered` if the index names a customer who never had the value.
    package func lookup(field: String, value: String, purpose: String?) throws -> (subjects: [String], receipt: Int64) {
        let access = try authorize(.lookup, purpose: purpose, fields: [field])
        return try logged(access) {
            guard let index = vault.layout.indexes.first(where: { vault.layout.fields[$0.field].name == field }) else {
                throw VaultError.invalid("'\(field)' has no index in schema.yaml")
            }
            let schema = vault.layout.fields[index.field]
            let handles = try index.reader.looked(for: value)
            let mac = try MACSession(key: vault.keyring.key(.index(field), version: index.version, now: vault.clock()).secret)
            let tags = try handles.map { try mac.shortTag($0.span) }
            let names = try pseudonyms(access.purpose)
            let (subjects, receipt) = try releasing(access) { reader in
                let opener = try RecordOpener(vault: vault)
                let found = try Set(tags.flatMap { try reader.subjects(field: index.number, tag: $0) }).sorted()
                let having = try found.filter { try access.mayFind($0, reader) && has(handles, schema, index.reader, $0, opener, reader) }
                let heads = try reader.heads(of: having)
                // In no order of intake.
                return try Set(having.map { heads[$0] ?? $0 }).map { try names.name(.subject, $0) }.sorted()
            } record: { subjects, writer in
                try vault.layout.requireCurrentIndexes(writer.reader)
                try access.useQuota("lookup", 1, in: writer)
                let detail: [AuditDetail: String] = subjects.isEmpty ? [:] : [.subjects: subjects.prefix(500).joined(separator: ",")]
                return (access.entry(rows: subjects.count, detail: detail), [])
            }
            return (subjects, receipt)
        }
    }

    /// Whether any of a customer's records has one of the handles; false if it may be one that retention has removed.
    ///
    /// - Throws: `StorageError.altered` if none ever had it.
    private func has(
        _ handles: [[UInt8]], _ field: FieldSchema, _ values: HandleReader, _ subject: Int64, _ opener: RecordOpener, _ reader: StoreReader
    ) throws -> Bool {
        let compartment = Compartment(field.fieldClass)
        var isPurged = false
        for number in try reader.records(of: subject) {
            guard let stored = try reader.sealedRecord(number), stored.subject == subject else { throw StorageError.altered(what: "subject_record") }
            if stored.purged & compartment.bit != 0 { isPurged = true }
            // Who is being erased has no key any more.
            guard let record = try opener.open(body: stored.body[...], key: stored.key, subject: subject, record: stored.uid) else { return false }
            if let value = try record.text(compartment, field.name), values.indexed(value).contains(where: handles.contains) { return true }
        }
        guard isPurged else { throw StorageError.altered(what: "blind_index") }
        return false
    }
}

extension HandleReader {
    /// The handles of a value as the index may have them. One that identifies nobody is in no index, unless it was indexed before the vault knew.
    fileprivate func indexed(_ value: String) -> [[UInt8]] {
        let known = handles(value)
        if known.isEmpty, let normal = normalizer.normalize(value) { return [Array(normal.utf8)] }
        return known
    }

    fileprivate func looked(for value: String) throws -> [[UInt8]] {
        let handles = indexed(value)
        if handles.isEmpty { throw VaultError.invalid("there is nothing to look up on standard input") }
        return handles
    }
}
