import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI
import Wire

/// Everything the vault holds about a customer, for the customer, with what the law wants said with it (GDPR Art. 15(1); PIPL Art. 17, 44-45).
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
        /// What it was before its source changed it, oldest first.
        package var former: [Former] = []
    }

    package struct Former: Sendable {
        /// When it was replaced: RFC 3339, UTC.
        package var until: String
        package var fields: [Field]
    }

    package struct Purpose: Sendable {
        package var name: String
        package var description: String
        package var basis: String
        /// Whether it uses the customer's data.
        package var isUsed: Bool
        /// Whether that depends on the customer's decision.
        package var isTheirs: Bool
    }

    package struct Recipient: Sendable {
        package var role: String
        package var description: String
    }

    package struct Retention: Sendable {
        /// Empty: every channel that no other rule names.
        package var channels: [String]
        package var removes: String
        package var days: Int
    }

    /// Where records came from.
    package struct Source: Sendable {
        package var name: String
        package var records: Int
    }

    /// Who saw something, and when.
    package struct Sight: Sendable {
        /// RFC 3339, UTC.
        package var time: String
        package var action: String
        package var role: String
        package var purpose: String
        package var fields: [String]
    }

    /// A record of others that mentions the customer.
    package struct Mention: Sendable {
        /// Pseudonym.
        package var record: String
        package var channel: String
        /// RFC 3339, UTC.
        package var occurred: String
        /// What it says, redacted: others are in it, too. Nil: the copy's purpose does not show texts.
        package var text: String?
    }

    /// What was searched for the copy.
    package struct Searched: Sendable {
        /// How many customers the person is.
        package var customers: Int
        /// How many handles of each field.
        package var handles: [String: Int]
        /// Fields of which others have a handle, too, and how many others: for whoever hands the copy out, and not in it.
        package var sharers: [String: Int] = [:]
    }

    /// Pseudonym.
    package var subject: String
    /// RFC 3339, UTC.
    package var made: String
    /// In the order of ingest.
    package var records: [Record]
    package var purposes: [Purpose] = []
    package var recipients: [Recipient] = []
    package var retention: [Retention] = []
    package var sources: [Source] = []
    package var consents: [SubjectConsent] = []
    /// The newest first.
    package var sights: [Sight] = []
    /// Whether the data are kept and not used.
    package var isPaused = false
    /// As somebody has decided.
    package var mentions: [Mention] = []
    package var searched = Searched(customers: 1, handles: [:])

    /// `{"subject", "made", "records": [{"record", …fields}], "purposes", "recipients", "retention", "sources", "consents", "seen", "paused", "mentions",
    /// "searched"}`
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
            if !record.former.isEmpty {
                members.begin("former", in: &json)
                for (index, former) in record.former.enumerated() {
                    json.append(index == 0 ? 0x5B : 0x2C)
                    var fields = JSON.Object()
                    fields.add("until", former.until, to: &json)
                    for field in former.fields { fields.add(field.name, field.value, to: &json) }
                    fields.end(&json)
                }
                json.append(0x5D)
            }
            members.end(&json)
        }
        json += (records.isEmpty ? "[\n]" : "\n]").utf8
        for (name, value) in about { copy.add(name, value, to: &json) }
        copy.end(&json)
        json.append(0x0A)
        return json
    }

    private var about: KeyValuePairs<String, JSON> {
        func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
        return [
            "purposes": .array(
                purposes.map {
                    [
                        "name": .string($0.name), "description": .string($0.description), "basis": .string($0.basis), "used": .boolean($0.isUsed),
                        "your_decision": .boolean($0.isTheirs),
                    ]
                }),
            "recipients": .array(recipients.map { ["role": .string($0.role), "description": .string($0.description)] }),
            "retention": .array(
                retention.map { ["channels": texts($0.channels), "removes": .string($0.removes), "days": .integer(Int64($0.days))] }),
            "sources": .array(sources.map { ["name": .string($0.name), "records": .integer(Int64($0.records))] }),
            "consents": .array(
                consents.map {
                    [
                        "about": .string($0.about), "decision": .string($0.decision.rawValue), "at": .string($0.at.description),
                        "version": $0.version.map { .string($0) } ?? .null, "proof": $0.proof.map { .string($0) } ?? .null, "counts": .boolean($0.counts),
                    ]
                }),
            "seen": .array(
                sights.map {
                    [
                        "time": .string($0.time), "action": .string($0.action), "role": .string($0.role), "purpose": .string($0.purpose), "fields": texts($0.fields),
                    ]
                }),
            "paused": .boolean(isPaused),
            "mentions": .array(
                mentions.map {
                    [
                        "record": .string($0.record), "channel": .string($0.channel), "occurred_at": .string($0.occurred), "text": $0.text.map { .string($0) } ?? .null,
                    ]
                }),
            "searched": ["customers": .integer(Int64(searched.customers)), "handles": .object(searched.handles.mapValues { .integer(Int64($0)) })],
        ]
    }
}

extension SubjectCopy {
    /// For whoever hands it out.
    package var reached: VaultAPI.Searched {
        VaultAPI.Searched(customers: searched.customers, handles: searched.handles.fieldCounts, sharers: searched.sharers.fieldCounts, mentions: mentions.count)
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
    /// - Parameter sharersStay: whether to go on although others have one of the customer's handles, who may be the same person.
    /// - Returns: the number of the audit entry.
    package func exportSubject(
        _ pseudonym: String, purpose: String, reason: String?, sharersStay: Bool = true, release: (SubjectCopy) throws -> Void
    ) throws -> Int64 {
        let access = try authorize(.subjectExport, purpose: purpose)
        let (copy, receipt) = try logged(access, target: pseudonym) {
            let ((copy, _, _, _), receipt) = try releasing(access) { reader in
                let subject = try living(pseudonym, access, reader)
                try access.requireConsent(of: subject, reader)
                guard try access.mayFind(subject, reader) else { throw VaultError.notFound("the customer") }
                let reach = try vault.reach(of: subject, reader)
                if !sharersStay { try reach.requireNoOthers() }
                var copy = SubjectCopy(
                    subject: pseudonym, made: Timestamp(milliseconds: vault.clock()).description, records: try recordCopies(subject, access, reader))
                try describe(&copy, of: subject, reader)
                copy.searched = SubjectCopy.Searched(customers: reach.customers.count, handles: reach.handles, sharers: reach.sharers)
                copy.mentions = try mentionCopies(of: reach.customers, access, reader)
                return (copy, try cleaned(reason, about: subject, reader), subject, reach)
            } record: { found, writer in
                try access.useQuota("export", 1, in: writer)
                return (try access.entry(target: pseudonym, rows: found.0.records.count, reason: found.1, about: found.2, detail: found.3.detail), [])
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
                for compartment in Compartment.told {
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
                fields.append(
                    SubjectCopy.Field(
                        name: labels.key.hasPrefix(CodedColumn.own) ? String(labels.key.dropFirst(CodedColumn.own.count)) : labels.key,
                        text: labels.value.map(\.label).joined(separator: " ")))
            }
            return SubjectCopy.Record(id: try names.name(.record, stored.id), fields: fields, former: try formerCopies(stored.id, access, reader))
        }
    }

    /// What others say of the customer, as redaction leaves it: their own data are not the customer's to see (GDPR Art. 15(4)).
    private func mentionCopies(of customers: [Int64], _ access: Access, _ reader: StoreReader) throws -> [SubjectCopy.Mention] {
        let records = try reader.mentions(of: customers).filter { $0.decision == .theirs }.map(\.record)
        guard !records.isEmpty else { return [] }
        let (plain, names, opener) = (try reader.plainRecords(records, columns: []), try pseudonyms(access.purpose), try RecordOpener(vault: vault))
        return try Set(records).sorted().compactMap { number in
            guard let stored = try reader.sealedRecord(number), let columns = plain[number],
                let record = try opener.open(body: stored.body[...], key: stored.key, subject: stored.subject, record: stored.uid)
            else { return nil }
            let isShown = access.grant.fields["text"] != nil
            return SubjectCopy.Mention(
                record: try names.name(.record, number), channel: columns.channel, occurred: Timestamp(milliseconds: columns.occurredAt).description,
                text: isShown ? try record.redactedText(by: stored.redactionVersion, purged: stored.purged, in: vault) : nil)
        }
    }

    private func formerCopies(_ record: Int64, _ access: Access, _ reader: StoreReader) throws -> [SubjectCopy.Former] {
        let formers = try reader.formerRecords(of: record)
        guard !formers.isEmpty else { return [] }
        let notes = try CustomerNotes(vault)
        return formers.compactMap { former in
            guard let fields = FormerNote(notes.open(former.note, at: .former(record: record, at: former.at)))?.fields else { return nil }
            let shown = fields.filter { name, _ in
                policy.field(name).map { !$0.isSealed || access.grant.fields[name] == .reveal }
                    ?? (BuiltinField(rawValue: name) == nil || access.grant.fields[name] != nil || ["channel", "occurred_at"].contains(name))
            }
            return SubjectCopy.Former(
                until: Timestamp(milliseconds: former.at).description, fields: shown.sorted { $0.key < $1.key }.map { SubjectCopy.Field(name: $0.key, text: $0.value) })
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
