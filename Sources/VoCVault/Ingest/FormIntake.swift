import AuditLog
import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI
import Wire

/// The number that whoever sent a form gets, once: 128 random bits. The vault keeps its hash as the record's id, sealed with the record, and the
/// record's keyed tag.
package struct FeedbackReceipt: Sendable, Equatable {
    private let number: UInt128

    package init() throws { number = try Random.identifier() }

    /// As somebody typed it: blanks, hyphens and case mean nothing. Nil: it cannot be one.
    package init?(_ typed: String) {
        guard let number = Base32.decode(typed.filter { !$0.isWhitespace && $0 != "-" }) else { return nil }
        self.number = number
    }

    /// As it is shown: 26 letters and digits with hyphens between.
    package var text: String {
        let digits = Array(Base32.encode(number))
        return stride(from: 0, to: digits.count, by: 7).map { String(digits[$0..<min($0 + 7, digits.count)]) }.joined(separator: "-")
    }

    /// The id of the record that came with it. Nobody gets from it to the number.
    var recordID: String { "receipt-" + SHA256.hash(Array("vocvault form receipt v1\n".utf8) + number.bigEndianBytes).hexadecimal }
}

/// What somebody typed into a form.
package struct FormAnswers: Sendable {
    /// By field.
    package var texts: [String: String]
    /// Purposes that were agreed to.
    package var agreed: Set<String>
    /// In which language it was shown: `zh`, `en`.
    package var language: String

    package init(texts: [String: String], agreed: Set<String>, language: String) { (self.texts, self.agreed, self.language) = (texts, agreed, language) }
}

/// What became of a request by receipt.
package enum ReceiptRequest: Sendable, Equatable {
    /// Somebody deals with it by that day, in the policy's time zone.
    case open(due: String)
    /// Nothing in the vault came with this receipt; it may have been deleted.
    case unknown
}

extension Vault {
    /// The session of a form. Whoever fills it in is nobody's principal, and no entry has their address.
    ///
    /// - Parameter request: number of the server's request.
    package func session(of form: FormPolicy, request: String?) -> Session {
        session(vouchedFor: form.principal, by: "form (\(form.place.short))", role: form.role, client: "form", request: request)
    }

    /// The day in the policy's time zone.
    package var today: String { localTime().day }
}

extension Session {
    /// Reads, redacts and seals what somebody typed into a form, as any other record.
    ///
    /// - Returns: nil if there is nothing to store.
    package func seal(_ answers: FormAnswers, of form: FormPolicy, under receipt: FeedbackReceipt) throws -> SealedUpload? {
        let record = form.record(answers, id: receipt.recordID, at: Timestamp(milliseconds: vault.clock()))
        return try seal(record.bytes + [0x0A], InputOptions(format: .jsonl), source: form.source)
    }

    /// Opens a case for whoever holds a receipt and wants what came with it deleted. An officer decides; nothing is deleted by this.
    ///
    /// A customer has one open request of this kind, however often it is asked for.
    package func openErasure(by receipt: FeedbackReceipt, of form: FormPolicy) throws -> ReceiptRequest {
        let access = try authorize(.caseManage, purpose: form.requestPurpose)
        return try logged(access) {
            let mac = try MACSession(key: vault.keyring.key(.recordID, now: vault.clock()).secret)
            let uid = try RecordPreparer.uid(Array(form.source.utf8), receipt.recordID.utf8, mac)
            // Guesses leave no entries: they would fill the log.
            guard try store.read({ try record(uid, $0) }) != nil else { return .unknown }
            return try commit(access) { writer -> (ReceiptRequest, AuditEntry) in
                guard let (record, subject) = try record(uid, writer.reader) else { throw VaultError.notFound("the record of the receipt") }
                let names = try pseudonyms(access.purpose)
                let target = try names.name(.subject, subject)
                if let known = try writer.reader.cases(closed: false).first(where: { $0.subject == subject && $0.kind == CaseKind.erasure.rawValue }) {
                    return (.open(due: vault.localTime(at: known.dueAt).day), access.entry(target: target))
                }
                try access.useQuota(FormPolicy.requestQuota, 1, in: writer)
                let now = vault.clock()
                let note = "Asked for by the receipt of form '\(form.name)', for record \(try names.name(.record, record))."
                let row = CaseRow(
                    kind: CaseKind.erasure.rawValue, subject: subject, status: "open", openedAt: now, dueAt: vault.deadline(from: now),
                    note: try CustomerNotes(vault).seal(kept(note), about: subject, at: .subjectCase(openedAt: now)))
                let (id, due) = (try writer.addCase(row), Timestamp(milliseconds: row.dueAt))
                let detail: [AuditDetail: String] = [.case: String(id), .kind: row.kind, .due: due.description]
                return (.open(due: vault.localTime(at: row.dueAt).day), access.entry(target: target, detail: detail))
            }.0
        }
    }

    /// The record with a tag, and its customer, while both live.
    private func record(_ uid: UInt128, _ reader: StoreReader) throws -> (record: Int64, subject: Int64)? {
        guard let number = try reader.records(withKeys: [uid]).first, let stored = try reader.sealedRecord(number), stored.key != nil, stored.uid == uid else { return nil }
        let head = try reader.heads(of: [stored.subject])[stored.subject] ?? stored.subject
        guard let subject = try reader.subject(head), subject.erasedAt == nil else { return nil }
        return (number, head)
    }
}

extension FormPolicy {
    /// The answers as a record in the vault's own form.
    fileprivate func record(_ answers: FormAnswers, id: String, at time: Timestamp) -> JSON {
        var sections: [String: [String: JSON]] = [:]
        var record: [String: JSON] = ["id": .string(id), "occurred_at": .string(time.description), "channel": .string(channel)]
        for field in fields {
            guard let text = answers.texts[field.name], !text.isEmpty else { continue }
            let dot = field.path.firstIndex(of: ".")
            if let dot, ["customer", "attributes"].contains(field.path[..<dot]) {
                sections[String(field.path[..<dot]), default: [:]][String(field.path[field.path.index(after: dot)...])] = .string(text)
            } else {
                record[field.path] = .string(text)
            }
        }
        if let consent {
            let decisions = consent.decisions.filter { answers.agreed.contains($0.purpose) }.map { decision -> (String, JSON) in
                let proof = "form \(name), \(answers.language)"
                return (decision.purpose, .object(["decision": "given", "at": .string(time.description), "version": .string(consent.version), "proof": .string(proof)]))
            }
            if !decisions.isEmpty { sections["customer", default: [:]]["consent"] = .object(Dictionary(uniqueKeysWithValues: decisions)) }
        }
        for (name, members) in sections { record[name] = .object(members) }
        return .object(record)
    }
}
