import AuditLog
import Policy
import RedactedAPI
import Sealing
import Store

/// Result of a correction.
package struct Correction: Sendable, Equatable {
    /// Records that have the new value now.
    package var records: Int
    /// How many other customers have the same value in an index: they may be the same person.
    package var others: Int
    /// Number of the audit entry.
    package var receipt: Int64
    /// What was searched.
    var reach: PersonReach?
    /// The records' present and new values, masked; only of a dry run.
    package var change: MaskedChange?

    init(records: Int, others: Int, receipt: Int64, reach: PersonReach?, change: MaskedChange? = nil) {
        (self.records, self.others, self.receipt, self.reach, self.change) = (records, others, receipt, reach, change)
    }
}

/// What a correction would replace and with what, as far as the schema's mask shows it.
package struct MaskedChange: Sendable, Equatable {
    /// Present values with the number of records that have them, most frequent first. Records that lack the field are not
    /// counted.
    package var before: [(value: String, records: Int)]
    /// Nil: the field is removed.
    package var after: String?

    package init(before: [(value: String, records: Int)], after: String?) { (self.before, self.after) = (before, after) }

    package static func == (a: MaskedChange, b: MaskedChange) -> Bool { a.after == b.after && a.before.elementsEqual(b.before, by: ==) }
}

extension Session {
    /// Corrects a customer's value (GDPR Art. 16; PIPL Art. 46) in every record that has the field, or in the newest record if
    /// none has it. Indexes and coarser forms follow, and where a text contains the new value, it is redacted.
    ///
    /// - Parameters:
    ///   - field: a sealed field of the schema; what customers said cannot be corrected.
    ///   - value: nil removes the field.
    ///   - dryRun: performs it and undoes it: the answer is what the same call would do now, and nothing is changed.
    ///   - sharersStay: whether to go on although others have one of the customer's handles, who may be the same person.
    /// - Throws: ``VaultError/onHold(ground:)`` under a legal hold, which keeps everything as it is; ``VaultError/invalid(_:)``
    ///   if the field cannot have this value.
    package func correctSubject(
        _ pseudonym: String, field: String, to value: String?, purpose: String, reason: String, dryRun: Bool = false, sharersStay: Bool = true
    ) throws -> Correction {
        let access = try authorize(.subjectCorrect, purpose: purpose, fields: [field])
        return try logged(access, target: pseudonym) {
            try requireReason(reason)
            guard let schema = policy.field(field), schema.isSealed else {
                throw VaultError.invalid("'\(field)' is not a sealed field of schema.yaml; only sealed fields can be corrected")
            }
            if let value { try requireFitting(value, schema) }
            func correct() throws -> ((former: [String?], others: Int, reach: PersonReach), receipt: Int64) {
                try commit(access, dryRun: dryRun, .reserve) { writer in
                    let subject = try living(pseudonym, access, writer.reader)
                    try requireNoHold(on: subject, writer.reader)
                    let reach = try vault.reach(of: subject, writer.reader)
                    if !sharersStay, !dryRun { try reach.requireNoOthers() }
                    for member in reach.customers { try writer.reader.requireAllRecords(of: member) }
                    let reason = vault.detector.redact(
                        try cleaned(reason, about: subject, writer.reader) ?? "", known: value.map { [RecordEditor.known(schema, $0)] } ?? [])
                    let former = try rewrite(reach.customers, schema, value, writer)
                    let others = try reindex(reach.customers, schema, writer)
                    var detail = reach.detail
                    detail[.value] = value == nil ? "removed" : "replaced"
                    return ((former: former, others: others, reach: reach), try access.entry(target: pseudonym, rows: former.count, reason: reason, about: subject, detail: detail))
                }
            }
            if dryRun {
                let (done, receipt) = try correct()
                let change = change(from: done.former, to: value, schema, access)
                return Correction(records: done.former.count, others: done.others, receipt: receipt, reach: done.reach, change: change)
            }
            // Pages with the old ciphertext must leave the write-ahead log, too.
            let (done, receipt) = try vault.traces.deleting(correct)
            return Correction(records: done.former.count, others: done.others, receipt: receipt, reach: done.reach)
        }
    }

    private func requireFitting(_ value: String, _ field: FieldSchema) throws {
        guard value.contains(where: { !$0.isWhitespace }), value.utf8.count <= 4096 else {
            throw VaultError.invalid("the value of \(field.name) must have 1 to 4096 bytes")
        }
        if let expected = field.shapeMissed(by: value) { throw VaultError.invalid("\(field.name) must be \(expected)") }
    }

    /// What a correction would change, masked. Nothing of it, if the schema has no mask or the grant shows less than that.
    private func change(from former: [String?], to value: String?, _ field: FieldSchema, _ access: Access) -> MaskedChange {
        let mask = access.treatment(field.name) >= .mask ? field.mask : nil
        func masked(_ value: String) -> String { mask?.apply(to: value) ?? "(not shown)" }
        let counts = Dictionary(grouping: former.map { $0.map(masked) ?? "(nothing)" }, by: { $0 }).mapValues(\.count)
        let before = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (value: $0.key, records: $0.value) }
        return MaskedChange(before: before, after: value.map(masked))
    }

    /// - Returns: the former value of each changed record.
    private func rewrite(_ customers: [Int64], _ field: FieldSchema, _ value: String?, _ writer: StoreWriter) throws -> [String?] {
        let editor = try RecordEditor(vault: vault)
        let stored = try customers.flatMap { try writer.reader.sealedRecords(of: $0) }.filter { $0.purged & Compartment(field.fieldClass).bit == 0 }
        var affected: [(record: SealedRecord, former: String?)] = try stored.compactMap { record in
            try editor.value(of: field, in: record).map { (record, $0) }
        }
        if affected.isEmpty, value != nil, let newest = stored.max(by: { $0.occurredAt < $1.occurredAt }) { affected = [(newest, nil)] }
        guard !affected.isEmpty else { throw VaultError.notFound("a record with this field") }
        try vault.noteSaid(affected.map(\.record), in: writer)
        for (record, _) in affected {
            try writer.replaceBody(of: record.id, with: editor.body(of: record, setting: field, to: value), purged: record.purged)
            guard let generalization = field.generalization else { continue }
            let coarse = value.flatMap { generalization.generalize($0, at: Timestamp(milliseconds: record.occurredAt)) }
            try writer.setCodes(of: record.id, subject: record.subject, to: editor.codes(of: record) { $0.set(coarse, of: field) })
        }
        return affected.map(\.former)
    }

    /// Makes index entries of a field match the present values.
    ///
    /// - Parameter customers: all who are one person.
    /// - Returns: how many other customers have one of the values.
    private func reindex(_ customers: [Int64], _ field: FieldSchema, _ writer: StoreWriter) throws -> Int {
        guard let index = vault.layout.indexes.first(where: { vault.layout.fields[$0.field].name == field.name }) else { return 0 }
        try vault.layout.requireCurrentIndexes(writer.reader)
        let indexer = try SubjectIndexer(vault: vault, of: try writer.reader.indexedFields().filter { $0.name == field.name && $0.state != .former })
        var others: Set<Int64> = []
        for subject in customers {
            let tags = try indexer.index(subject, in: writer)[index.number] ?? []
            if index.resolveOrder == 1, !tags.isEmpty { try writer.markIdentified([subject]) }
            if index.resolveOrder != nil, !tags.isEmpty { try writer.attributeRecords(of: subject) }
            for tag in tags { others.formUnion(try writer.reader.subjects(field: index.number, tag: tag)) }
        }
        return others.subtracting(customers).count
    }
}
