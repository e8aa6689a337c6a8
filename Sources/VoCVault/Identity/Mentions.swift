import AuditLog
import Detection
import Policy
import RedactedAPI
import Store
import VaultAPI

/// A record of others that may mention a person.
struct MentionCandidate {
    var record: Int64
    var subject: Int64
    var occurredAt: Int64
    /// Fields of the person whose values the text has.
    var fields: [String]
    var decision: MentionRow.Decision?
}

extension Session {
    /// Records of others that may mention a customer, with what was decided about them.
    ///
    /// - Parameter all: also those about which somebody has decided.
    func mentions(of pseudonym: String, purpose: String, all: Bool) throws -> [SubjectMention] {
        let access = try authorize(.subjectLink, purpose: purpose)
        return try logged(access, target: pseudonym) {
            let customers = try store.read { reader in
                let subject = try living(pseudonym, access, reader)
                guard try access.mayFind(subject, reader) else { throw VaultError.notFound("the customer") }
                return try reader.person(of: subject)
            }
            let found = try vault.mentionCandidates(of: customers).found
            let detail: [AuditDetail: String] = [.mentions: "found \(found.count)", .customers: String(customers.count)]
            let wanted = all ? found : found.filter { $0.decision == nil }
            return try releasing(access) { reader -> [SubjectMention] in
                try shown(wanted, access, reader)
            } record: { mentions, _ in
                (access.entry(target: pseudonym, rows: mentions.count, detail: detail), [])
            }.value
        }
    }

    /// As the access may see them: without records of others whom it must not find.
    private func shown(_ candidates: [MentionCandidate], _ access: Access, _ reader: StoreReader) throws -> [SubjectMention] {
        let plain = try reader.plainRecords(candidates.map(\.record), columns: [])
        let names = try pseudonyms(access.purpose)
        var shown: [SubjectMention] = []
        for candidate in candidates {
            guard let columns = plain[candidate.record], try access.mayFind(candidate.subject, reader) else { continue }
            let decision: MentionDecision? = candidate.decision.map { $0 == .theirs ? .theirs : .another }
            shown.append(
                SubjectMention(
                    record: try names.name(.record, candidate.record), channel: columns.channel, occurred: Timestamp(milliseconds: candidate.occurredAt),
                    fields: candidate.fields, decision: decision))
        }
        return shown
    }

    /// Decides whether a record of others that may mention a customer does.
    func decideMention(of pseudonym: String, in record: String, _ decision: MentionDecision, purpose: String, reason: String) throws {
        let access = try authorize(.subjectLink, purpose: purpose)
        _ = try logged(access, target: pseudonym) {
            try requireReason(reason)
            return try commit(access) { writer in
                let reader = writer.reader
                let subject = try living(pseudonym, access, reader)
                let customers = try reader.person(of: subject)
                guard let number = try pseudonyms(access.purpose).number(.record, of: record), let stored = try reader.sealedRecord(number),
                    try access.mayFind(stored.subject, reader)
                else { throw VaultError.notFound("the record") }
                guard !customers.contains(stored.subject) else { throw VaultError.conflict("the record is the customer's own") }
                let search = try MentionSearch(MentionedPerson(customers, vault, reader), vault)
                guard try !search.fields(of: stored).isEmpty else { throw VaultError.notFound("a mention of the customer in this record") }
                try writer.setMention(
                    MentionRow(subject: subject, record: number, decision: decision == .theirs ? .theirs : .somebodyElses, decidedBy: principal, at: vault.clock()))
                let detail: [AuditDetail: String] = [.mentions: record, .decision: decision.rawValue]
                return ((), try access.entry(target: pseudonym, rows: 1, reason: try cleaned(reason, about: subject, reader), about: subject, detail: detail))
            }
        }
    }
}

/// Which records of others may mention a person, as far as somebody has looked.
struct MentionScan {
    /// All who are the person.
    var customers: [Int64]
    var found: [MentionCandidate] = []
    /// The last record that was looked at.
    var last: Int64 = 0

    var undecided: Int { found.count { $0.decision == nil } }
}

/// Looks for one person in records.
private final class MentionSearch {
    private let person: MentionedPerson
    private let vault: Vault
    private let opener: RecordOpener
    private let tokens: MentionTokens

    init(_ person: MentionedPerson, _ vault: Vault) throws {
        (self.person, self.vault) = (person, vault)
        (opener, tokens) = (try RecordOpener(vault: vault), try MentionTokens(vault))
    }

    /// The fields of the person whose values a record's text has.
    func fields(of stored: SealedRecord) throws -> [String] {
        let isOld = DetectorEdition.version(stored.redactionVersion) < MentionTokens.firstVersion
        // Most texts mention nobody.
        guard try isOld || SealedBody.range(of: .mentions, in: stored.body[...]) != nil,
            let record = try opener.open(body: stored.body[...], key: stored.key, subject: stored.subject, record: stored.uid)
        else { return [] }
        if isOld { return try person.fields(among: (record.redactedAnew(purged: stored.purged, in: vault, tokens)?.mentions ?? []).map { $0[...] }) }
        return try record.text(.mentions, Compartment.mentions.rawValue).map { person.fields(among: MentionTokens.list($0)) } ?? []
    }
}

extension Vault {
    /// So many records are read together.
    private static var mentionPage: Int { 1000 }

    /// Goes through all records for those of others whose text may mention a person.
    ///
    /// - Parameter customers: all who are the person.
    func mentionCandidates(of customers: [Int64]) throws -> MentionScan {
        let (person, decided) = try store.read { reader in (try MentionedPerson(customers, self, reader), try reader.mentions(of: customers)) }
        return try scan(MentionScan(customers: customers), for: person, decided) { last in try store.read { try $0.sealedRecords(after: last, limit: Self.mentionPage) } }
    }

    /// The same as of a transaction: goes through what has come since an earlier scan, or through everything if the person was somebody else then.
    func mentionCandidates(of customers: [Int64], since earlier: MentionScan, in reader: StoreReader) throws -> MentionScan {
        var begin = earlier.customers == customers ? earlier : MentionScan(customers: customers)
        let present = try reader.plainRecords(begin.found.map(\.record), columns: [])
        begin.found.removeAll { present[$0.record] == nil }
        return try scan(begin, for: MentionedPerson(customers, self, reader), reader.mentions(of: customers)) { last in
            try reader.sealedRecords(after: last, limit: Self.mentionPage)
        }
    }

    private func scan(_ begin: MentionScan, for person: MentionedPerson, _ decided: [MentionRow], _ page: (_ last: Int64) throws -> [SealedRecord]) throws -> MentionScan {
        var scan = begin
        guard !person.isNobody else { return scan }
        let search = try MentionSearch(person, self)
        while true {
            let records = try page(scan.last)
            for record in records where record.key != nil && !scan.customers.contains(record.subject) {
                let fields = try search.fields(of: record)
                guard !fields.isEmpty else { continue }
                scan.found.append(MentionCandidate(record: record.id, subject: record.subject, occurredAt: record.occurredAt, fields: fields))
            }
            if let end = records.last { scan.last = end.id }
            guard records.count == Self.mentionPage else { break }
        }
        let decisions = Dictionary(decided.map { ($0.record, $0.decision) }) { $1 }
        for index in scan.found.indices { scan.found[index].decision = decisions[scan.found[index].record] }
        return scan
    }

    /// Takes a person out of the texts of others that mention them, as somebody has decided. What a legal hold keeps stays as it is.
    ///
    /// - Parameter customers: all who are the person, with their records.
    func removeMentions(of customers: [Int64], in writer: StoreWriter) throws -> RemovedMentions {
        let reader = writer.reader
        let wanted = try reader.mentions(of: customers).filter { $0.decision == .theirs }.map(\.record)
        var done = RemovedMentions()
        guard !wanted.isEmpty else { return done }
        let (person, editor, cutter) = (try MentionedPerson(customers, self, reader), try RecordEditor(vault: self), try MentionCutter(self))
        let now = time.reading(policy.clock).certain
        let held = Set(try reader.holds().filter { $0.isInForce(at: now) }.map(\.subject))
        for record in Set(wanted).sorted() {
            guard let stored = try reader.sealedRecord(record), !customers.contains(stored.subject) else { continue }
            if try reader.person(of: stored.subject).contains(where: held.contains) {
                done.held += 1
                continue
            }
            let formers = try cleanFormer(of: record, of: person, editor, in: writer)
            try noteSaid([stored], in: writer)
            let (body, texts) = try editor.body(of: stored, without: person)
            try writer.replaceBody(of: record, with: body, purged: stored.purged)
            let cuts = MentionCuts(texts: try (texts + formers).map(cutter.noted), said: try said(in: record, writer.reader))
            try protect(cuts, outOf: stored, in: writer)
            done.removed += 1
        }
        return done
    }

    /// Digests of what the source has said in a record.
    private func said(in record: Int64, _ reader: StoreReader) throws -> [String] {
        let notes = try CustomerNotes(self)
        return try reader.formerRecords(of: record).compactMap { FormerNote(notes.open($0.note, at: .former(record: record, at: $0.at)))?.digest }
    }

    /// The same of what a record was before its source changed it.
    ///
    /// - Returns: its texts.
    private func cleanFormer(of record: Int64, of person: MentionedPerson, _ editor: RecordEditor, in writer: StoreWriter) throws -> [CutText] {
        let notes = try CustomerNotes(self)
        var texts: [CutText] = []
        for former in try writer.reader.formerRecords(of: record) {
            let place = NotePlace.former(record: record, at: former.at)
            guard var note = FormerNote(notes.open(former.note, at: place)), let fields = note.fields else { continue }
            for (name, content) in fields {
                let text = try editor.text(content, without: person)
                note.fields?[name] = text.after
                if !text.places.isEmpty || name == Compartment.text.rawValue || name == Compartment.unclassified.rawValue { texts.append(text) }
            }
            try writer.setNote(notes.seal(note.text(), about: former.subject, at: place), ofFormer: former.id)
        }
        return texts
    }
}

/// What became of a person's mentions in others' texts.
struct RemovedMentions: Equatable {
    var removed = 0
    /// How many a legal hold on somebody else has kept.
    var held = 0
}
