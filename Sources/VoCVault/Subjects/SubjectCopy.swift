import Policy
import RedactedAPI
import Sealing
import Store
import Wire

/// Everything the vault holds about a customer, for the customer.
package struct SubjectCopy: Sendable {
    package struct Field: Sendable, Equatable {
        /// As in `schema.yaml`; everything that the schema does not classify is under `unclassified`.
        package var name: String
        package var value: String
        /// The value as JSON.
        var json: [UInt8]

        package static func == (a: Field, b: Field) -> Bool { a.name == b.name && a.value == b.value }
    }

    package struct Record: Sendable {
        /// Pseudonym.
        package var id: String
        package var fields: [Field]
    }

    /// Pseudonym.
    package var subject: String
    /// RFC 3339, UTC.
    package var made: String
    /// In the order of ingest.
    package var records: [Record]

    /// `{"subject", "made", "records": [{"record", …fields}]}`
    package var json: [UInt8] {
        var (json, copy) = ([UInt8](), JSON.Object())
        copy.add("subject", subject, to: &json)
        copy.add("made", made, to: &json)
        copy.begin("records", in: &json)
        for (index, record) in records.enumerated() {
            json += (index == 0 ? "[\n" : ",\n").utf8
            var members = JSON.Object()
            members.add("record", record.id, to: &json)
            for field in record.fields {
                members.begin(field.name, in: &json)
                json += field.json
            }
            members.end(&json)
        }
        json += (records.isEmpty ? "[\n]" : "\n]").utf8
        copy.end(&json)
        json.append(0x0A)
        return json
    }
}

extension SubjectCopy.Field {
    fileprivate init(name: String, text: String) { self.init(name: name, value: text, json: JSON.string(text).bytes) }
}

extension Session {
    /// Everything the vault holds about a customer (GDPR Art. 15 and 20; PIPL Art. 45).
    ///
    /// `release` receives it once its audit entry is durable. Fields that the grant does not reveal are left out.
    ///
    /// - Returns: the number of the audit entry.
    package func exportSubject(
        _ pseudonym: String, purpose: String, reason: String?, release: (SubjectCopy) throws -> Void
    ) throws -> Int64 {
        let access = try authorize(.subjectExport, purpose: purpose)
        let (copy, receipt) = try logged(access, target: pseudonym) {
            let ((copy, _, _), receipt) = try releasing(access) { reader in
                let subject = try living(pseudonym, access, reader)
                let copy = SubjectCopy(
                    subject: pseudonym, made: Timestamp(milliseconds: vault.clock()).description, records: try recordCopies(subject, access, reader))
                return (copy, try cleaned(reason, about: subject, reader), subject)
            } record: { found, writer in
                try access.useQuota("export", 1, in: writer)
                return (try access.entry(target: pseudonym, rows: found.0.records.count, reason: found.1, about: found.2), [])
            }
            return (copy, receipt)
        }
        try release(copy)
        return receipt
    }

    /// The records of all customers who are one person with this one.
    private func recordCopies(_ subject: Int64, _ access: Access, _ reader: StoreReader) throws -> [SubjectCopy.Record] {
        try reader.person(of: subject).sorted().flatMap { try recordCopies(of: $0, access, reader) }
    }

    private func recordCopies(of subject: Int64, _ access: Access, _ reader: StoreReader) throws -> [SubjectCopy.Record] {
        try reader.requireAllRecords(of: subject)
        let (columns, records) = (try reader.exportColumns(of: subject), try reader.sealedRecords(of: subject))
        let opener = try RecordOpener(vault: vault)
        let names = try pseudonyms(access.purpose)
        return try records.map { stored in
            var fields = (columns[stored.id] ?? []).map(plainField)
            if let record = try opener.open(body: stored.body[...], key: stored.key, subject: subject, record: stored.uid) {
                for compartment in Compartment.allCases where compartment != .redacted {
                    try record.fields(compartment)?.forEach { name, value in
                        let isUnclassified = compartment == .unclassified
                        guard access.grant.fields[name] == .reveal || isUnclassified else { return }
                        let text = String(plain: value)
                        // What the schema has no place for was kept as an object already.
                        fields.append(isUnclassified ? SubjectCopy.Field(name: name, value: text, json: Array(text.utf8)) : SubjectCopy.Field(name: name, text: text))
                    }
                }
            }
            let codes = try opener.codes(stored.codes[...], key: stored.key, subject: subject, record: stored.uid)
            fields += codes.coarse.map { SubjectCopy.Field(name: $0.field + "_generalized", text: $0.value) }
            for labels in Dictionary(grouping: codes.labels, by: \.module).sorted(by: { $0.key < $1.key }) {
                fields.append(SubjectCopy.Field(name: labels.key, text: labels.value.map(\.label).joined(separator: " ")))
            }
            return SubjectCopy.Record(id: try names.name(.record, stored.id), fields: fields)
        }
    }

    /// A stored column, under a name that customers understand.
    private func plainField(_ column: String, _ stored: StoredValue) -> SubjectCopy.Field {
        var name = column
        if column.hasPrefix("a_") {
            name = String(column.dropFirst(2))
        } else if case .integer(let time) = stored {
            return SubjectCopy.Field(name: name, text: Timestamp(milliseconds: time).description)
        }
        return switch stored {
        case .null: SubjectCopy.Field(name: name, value: "", json: JSON.null.bytes)
        case .integer(let integer): SubjectCopy.Field(name: name, value: String(integer), json: JSON.integer(integer).bytes)
        case .real(let real): SubjectCopy.Field(name: name, value: String(real), json: JSON.decimal(real).bytes)
        case .text(let text): SubjectCopy.Field(name: name, text: text)
        }
    }
}
