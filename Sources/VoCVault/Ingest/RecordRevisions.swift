import AuditLog
import Detection
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store

/// What became of records that came again.
struct ComeAgain: Sendable {
    /// Lines of those that were replaced.
    var replaced: [Int] = []
    /// Lines of those that say something else now, and were kept as they are.
    var kept: [Int] = []
}

/// What a record was before it changed, as it is kept sealed.
struct FormerNote: Codable {
    /// Of what the source said: if it says so again, that is old.
    var digest: String
    /// Everything that it was, by field; nil where only what is new is kept.
    var fields: [String: String]?

    init(digest: String) { self.digest = digest }

    /// As it is sealed.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Nil for what the vault did not write.
    init?(_ note: CustomerNote) {
        guard case .text(let text) = note, let read = try? JSONDecoder().decode(FormerNote.self, from: Data(text.utf8)) else { return nil }
        self = read
    }
}

/// Compares records that come again with those that are stored, and does what the source's rule says (`on_change`).
final class RecordRevisions {
    private let vault: Vault
    private let source: String
    private let batch: PreparedBatch
    private let writer: StoreWriter
    private let now: Int64
    private let rule: SourceRule.OnChange
    private let digests: ContentDigest
    private let opener: RecordOpener
    private let sealer: RecordSealer
    private let keys: SubjectKeys
    private let notes: CustomerNotes
    private let columns: [PlainColumn]
    private var revision: Revision
    private var stored: [Int64: SealedRecord] = [:]
    private var plain: [Int64: PlainRecord] = [:]
    private var indexed: Set<Int64> = []

    init(_ vault: Vault, source: String, batch: PreparedBatch, in writer: StoreWriter, at now: Int64) throws {
        (self.vault, self.source, self.batch, self.writer, self.now) = (vault, source, batch, writer, now)
        rule = vault.policy.sources[source]?.onChange ?? .keep
        revision = Revision(vault.policy.sources[source], zone: vault.timeZone)
        (digests, opener, notes) = (try ContentDigest(vault), try RecordOpener(vault: vault), try CustomerNotes(vault))
        sealer = try RecordSealer(vaultID: vault.store.vaultID, suite: vault.keyring.suite)
        keys = SubjectKeys(keyring: vault.keyring, vaultID: vault.store.vaultID)
        columns = vault.layout.columns.map(\.column)
    }

    /// Customers with one handle, of whom the record may be: so many are looked at.
    private static let sharers = 8

    /// How many records are read together.
    private static let portion = 1000

    /// - Parameter records: those that the vault has already, in the order of the input.
    /// - Returns: what became of them, and the customer of each that is there.
    func run(_ records: [PreparedRecord]) throws -> (fate: ComeAgain, subjects: [UInt128: Int64]) {
        var (fate, subjects) = (ComeAgain(), [UInt128: Int64]())
        let places = try places(of: records)
        for start in stride(from: 0, to: records.count, by: Self.portion) {
            let portion = records[start..<min(start + Self.portion, records.count)]
            let numbers = Array(Set(portion.compactMap { places[$0.uid]?.record }))
            stored = Dictionary(uniqueKeysWithValues: try writer.reader.sealedRecords(numbers).map { ($0.id, $0) })
            plain = try writer.reader.plainRecords(numbers, columns: columns)
            for record in portion {
                guard let place = places[record.uid] else { continue }
                subjects[record.uid] = place.subject
                switch try settle(record, at: place.record) {
                case .same: break
                case .replaced: fate.replaced.append(record.line)
                case .kept: fate.kept.append(record.line)
                }
            }
        }
        try reindex()
        try tell(fate)
        return (fate, subjects)
    }

    private enum Fate {
        case same, replaced, kept
    }

    private func places(of records: [PreparedRecord]) throws -> [UInt128: (record: Int64, subject: Int64)] {
        let entries = Set(records.flatMap { record in record.tags.map { IndexEntry(field: vault.layout.indexes[$0.index].number, tag: $0.tag) } })
        let found = try writer.reader.subjects(with: Array(entries), limit: Self.sharers)
        let subjects = Set(found.first.values).union(found.others.values.joined())
        return try writer.reader.places(of: Set(records.map(\.uid)), times: Set(records.map(\.occurredAt)), subjects: subjects)
    }

    private func settle(_ record: PreparedRecord, at number: Int64) throws -> Fate {
        guard let stored = stored[number], let plain = plain[number], let key = stored.key,
            let opened = try opener.open(body: stored.body[...], key: key, subject: stored.subject, record: stored.uid)
        else { return .same }
        let before = try digests.of(opened, plain, purged: stored.purged)
        guard try digests.of(record, in: batch, purged: stored.purged) != before else { return .same }
        let said = try digests.of(record, in: batch, purged: 0)
        // What the source said earlier comes with an older export, and what an officer corrected is not undone by it.
        if try formerDigests(of: number).contains(said) { return .same }
        if try revision.isOlder(record, in: batch, than: opened) { return .same }
        guard try rule != .keep && mayReplace(record, stored) else { return .kept }
        try keepFormer(opened, plain, of: stored, digest: before)
        try replace(stored, with: record, under: key)
        return .replaced
    }

    private func formerDigests(of record: Int64) throws -> Set<UInt128> {
        Set(
            try writer.reader.formerRecords(of: record).compactMap { former in
                FormerNote(notes.open(former.note, at: .former(record: record, at: former.at))).flatMap { UInt128($0.digest, radix: 16) }
            })
    }

    /// Nothing that a legal hold keeps is replaced by something else, and no record goes over to another customer by itself.
    private func mayReplace(_ record: PreparedRecord, _ stored: SealedRecord) throws -> Bool {
        if rule == .replace, try writer.reader.person(of: stored.subject).contains(where: { try writer.reader.holds(on: $0).contains { $0.isInForce(at: now) } }) { return false }
        let person = try writer.reader.knownSubjects(writer.reader.person(of: stored.subject).sorted())
        guard let known = person[stored.subject] else { return false }
        let handles = Set(person.values.flatMap(\.entries))
        for (order, index) in vault.layout.resolution.enumerated() {
            let entries = record.tags.filter { $0.index == index }.map { IndexEntry(field: vault.layout.indexes[index].number, tag: $0.tag) }
            guard !entries.isEmpty else { continue }
            if entries.contains(where: handles.contains) { return true }
            // Somebody else has it, or the customer has another id.
            if try !writer.reader.subjects(with: entries, limit: 1).first.isEmpty { return false }
            if order == 0, known.identified { return false }
        }
        return true
    }

    private func keepFormer(_ opened: OpenedRecord, _ plain: PlainRecord, of stored: SealedRecord, digest: UInt128) throws {
        var note = FormerNote(digest: String(digest, radix: 16))
        if rule == .version {
            var fields = ["channel": plain.channel, "occurred_at": Timestamp(milliseconds: plain.occurredAt).description]
            for (column, value) in zip(columns, plain.values) {
                switch value {
                case .null: continue
                case .integer(let integer): fields[String(column.name.dropFirst(2))] = String(integer)
                case .real(let real): fields[String(column.name.dropFirst(2))] = String(real)
                case .text(let text): fields[String(column.name.dropFirst(2))] = text
                }
            }
            for compartment in Compartment.told {
                try opened.fields(compartment)?.forEach { name, value in fields[name] = String(plain: value) }
            }
            note.fields = fields
        }
        try writer.addFormer(vault.former(note, of: stored, at: now, notes))
    }

    private func replace(_ stored: SealedRecord, with record: PreparedRecord, under key: WrappedKey) throws {
        let purged = Set(Compartment.allCases.filter { stored.purged & $0.bit != 0 })
        var (body, codes): ([UInt8], [UInt8]) = ([], [])
        let held = try keys.unwrap(key, of: stored.subject)
        let plaintext = batch.plaintexts[record.part].bytes
        try sealer.seal(plaintext.span, record.compartments, key: held.secret, subject: stored.subject, record: stored.uid, to: &body)
        try sealer.seal(record.codes, subject: stored.subject, record: stored.uid, to: &codes)
        // What retention has removed does not come back.
        if !purged.isEmpty {
            body = try SealedBody.removing(purged, from: body)
            codes = try RecordCodes.removing(purged, from: codes)
        }
        var new = NewRecord(
            uid: stored.uid, subject: stored.subject, source: source, channel: record.channel, occurredAt: record.occurredAt, receivedAt: now,
            redactionVersion: vault.detector.edition, attributes: record.attributes, body: body[...], codes: codes[...])
        new.keyVersion = key.version
        try writer.deleteMentions(inRecords: [stored.id])
        try writer.replaceRecord(stored.id, with: new, columns: columns, purged: stored.purged)
        indexed.insert(stored.subject)
        // It may come once more in the same batch.
        self.stored[stored.id] = try writer.reader.sealedRecord(stored.id)
        plain[stored.id] = PlainRecord(channel: record.channel, occurredAt: record.occurredAt, values: record.attributes)
    }

    /// Makes the indexes match what their customers' records say now.
    private func reindex() throws {
        guard !indexed.isEmpty else { return }
        let indexer = try SubjectIndexer(vault: vault, of: try writer.reader.indexedFields().filter { $0.state != .former })
        for subject in indexed.sorted() {
            let tags = try indexer.index(subject, in: writer)
            let found = vault.layout.resolution.filter { !(tags[vault.layout.indexes[$0].number] ?? []).isEmpty }
            guard !found.isEmpty else { continue }
            if let first = vault.layout.resolution.first, found.contains(first) { try writer.markIdentified([subject]) }
            try writer.attributeRecords(of: subject)
        }
    }

    /// What was read before must not be released afterwards: an entry of its own says so.
    private func tell(_ fate: ComeAgain) throws {
        guard !fate.replaced.isEmpty else { return }
        let entry = AuditEntry(
            ofVault: .request(.subjectCorrect), rule: "on_change: \(rule.rawValue)", rows: Int64(fate.replaced.count),
            detail: [.source: source, .replaced: String(fate.replaced.count)])
        try vault.trail.append([entry], to: writer, now: now)
    }
}

extension Vault {
    /// Notes what the source said in records that are about to be changed here: its next export says so still, and that must not undo the change.
    func noteSaid(_ records: [SealedRecord], in writer: StoreWriter) throws {
        let plain = try writer.reader.plainRecords(records.map(\.id), columns: layout.columns.map(\.column))
        let (notes, digests, opener) = (try CustomerNotes(self), try ContentDigest(self), try RecordOpener(vault: self))
        for record in records {
            guard let plain = plain[record.id], let opened = try opener.open(body: record.body[...], key: record.key, subject: record.subject, record: record.uid) else {
                continue
            }
            let digest = String(try digests.of(opened, plain, purged: record.purged), radix: 16)
            try writer.addFormer(former(FormerNote(digest: digest), of: record, at: clock(), notes))
        }
    }

    func former(_ note: FormerNote, of stored: SealedRecord, at now: Int64, _ notes: CustomerNotes) throws -> FormerRecord {
        FormerRecord(
            record: stored.id, subject: stored.subject, at: now, note: try notes.seal(note.text(), about: stored.subject, at: .former(record: stored.id, at: now)))
    }
}
