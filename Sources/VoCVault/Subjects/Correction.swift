import AuditLog
import Policy
import RedactedAPI
import Sealing
import Storage

/// What a correction has done.
public struct Correction: Sendable, Equatable {
    /// Records that say the new value now.
    public var records: Int
    /// How many other customers have the same value in an index: perhaps they are one.
    public var others: Int
    /// Number of the audit entry.
    public var receipt: Int64

    package init(records: Int, others: Int, receipt: Int64) {
        (self.records, self.others, self.receipt) = (records, others, receipt)
    }
}

extension Session {
    /// Puts right what the vault says of a customer (GDPR Art. 16; PIPL Art. 46): in every record that has
    /// the field, or in the newest one when none has it. Indexes and coarse columns follow, and where a text
    /// says the new value it is redacted.
    ///
    /// - Parameters:
    ///   - field: a sealed field of the schema; what customers said cannot be corrected.
    ///   - value: nil takes the field out.
    /// - Throws: ``VaultError/onHold(ground:)`` under a legal hold, which keeps everything as it is.
    public func correctSubject(
        _ pseudonym: String, field: String, to value: String?, purpose: String, reason: String
    ) throws -> Correction {
        let access = try authorize(.subjectCorrect, purpose: purpose, fields: [field])
        return try logged(access, target: pseudonym) {
            guard reason.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("a reason must be given") }
            guard let schema = policy.field(field), schema.isSealed else {
                throw VaultError.invalid("'\(field)' is no sealed field of schema.yaml; only those can be corrected")
            }
            let value = try value.map { try corrected($0, schema) }
            let subject = try number(of: pseudonym, access)
            let reason = vault.detector.redact(
                try cleaned(reason, about: subject) ?? "", known: value.map { [RecordEditor.known(schema, $0)] } ?? [])
            // Pages with the old ciphertext go from the write-ahead log too.
            let (result, receipt) = try vault.traces.deleting {
                try commit(access, .reserve) { writer in
                    if let hold = try writer.reader.subject(subject)?.hold { throw VaultError.onHold(ground: hold) }
                    let records = try rewrite(subject, schema, value, writer)
                    let others = try reindex(subject, schema, writer)
                    let detail = ["value": value == nil ? "removed" : "replaced"]
                    return ((records, others), access.entry(target: pseudonym, rows: records, reason: reason, detail: detail))
                }
            }
            return Correction(records: result.0, others: result.1, receipt: receipt)
        }
    }

    private func corrected(_ value: String, _ field: FieldSchema) throws -> String {
        guard value.contains(where: { !$0.isWhitespace }), value.utf8.count <= 4096 else {
            throw VaultError.invalid("the value of \(field.name) must have 1 to 4096 bytes")
        }
        if field.kind == .date, Timestamp(value) == nil { throw VaultError.invalid("\(field.name) must be a date such as 1990-05-17") }
        return value
    }

    private func rewrite(_ subject: Int64, _ field: FieldSchema, _ value: String?, _ writer: StoreWriter) throws -> Int {
        let editor = try RecordEditor(vault: vault)
        let stored = try writer.reader.sealedRecords(of: subject).filter { $0.purged & Compartment(field.fieldClass).bit == 0 }
        var affected = try stored.filter { try editor.value(of: field, in: $0) != nil }
        if affected.isEmpty, value != nil, let newest = stored.max(by: { $0.occurredAt < $1.occurredAt }) { affected = [newest] }
        guard !affected.isEmpty else { throw VaultError.notFound("a record with this field") }
        let column = vault.layout.columns.first { $0.generalization != nil && vault.layout.fields[$0.field].name == field.name }
        for record in affected {
            var columns: [(name: String, value: StoredValue)] = []
            if let column, let generalization = column.generalization {
                let coarse = value.flatMap { generalization.generalize($0, at: Timestamp(milliseconds: record.occurredAt)) }
                columns.append((column.column.name, coarse.map { .text($0) } ?? .null))
            }
            try writer.replaceBody(
                of: record.id, with: editor.body(of: record, setting: field, to: value), purged: record.purged, setting: columns)
        }
        return affected.count
    }

    /// Makes a customer's index entries of a field those of the values that are there now.
    ///
    /// - Returns: how many other customers have one of them.
    private func reindex(_ subject: Int64, _ field: FieldSchema, _ writer: StoreWriter) throws -> Int {
        guard let index = vault.layout.indexes.first(where: { vault.layout.fields[$0.field].name == field.name }) else { return 0 }
        try vault.layout.requireCurrentIndexes(writer.reader)
        let indexer = try SubjectIndexer(vault: vault, of: try writer.reader.indexedFields().filter { $0.name == field.name && $0.state != .former })
        let tags = try indexer.index(subject, in: writer)[index.number] ?? []
        if index.resolveOrder == 1, !tags.isEmpty { try writer.markIdentified([subject]) }
        let others = try tags.flatMap { try writer.reader.subjects(field: index.number, tag: $0) }
        return Set(others).subtracting([subject]).count
    }
}
