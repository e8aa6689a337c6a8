import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store

extension Session {
    /// Deletes a customer: records, index entries and key (GDPR Art. 17; PIPL Art. 47). Nobody can open what backups still
    /// contain.
    ///
    /// - Parameter dryRun: performs it and undoes it: the answer is what the same call would do now, and nothing is deleted.
    /// - Returns: the number of records deleted and of the audit entry.
    /// - Throws: ``VaultError/onHold(ground:)`` under a legal hold.
    package func eraseSubject(_ pseudonym: String, purpose: String, reason: String, dryRun: Bool = false) throws -> (records: Int, receipt: Int64) {
        let (done, receipt) = try eraseSubject(pseudonym, purpose: purpose, reason: reason, dryRun: dryRun, sharersStay: true)
        return (done.records, receipt)
    }

    /// The same for all customers who are one person, and says what it reached.
    ///
    /// - Parameter sharersStay: whether to go on although others have one of the handles, or may mention the customer, without looking for the latter.
    func eraseSubject(
        _ pseudonym: String, purpose: String, reason: String, dryRun: Bool, sharersStay: Bool
    ) throws -> ((records: Int, reach: PersonReach, mentions: RemovedMentions), receipt: Int64) {
        let access = try authorize(.subjectErase, purpose: purpose)
        let scan = try sharersStay ? nil : scanMentions(of: pseudonym, access)
        let searched = try scan == nil ? mentionSearch(for: pseudonym).map { "searched at \($0)" } ?? "not searched" : nil
        func erase() throws -> ((records: Int, reach: PersonReach, mentions: RemovedMentions), receipt: Int64) {
            try logged(access, target: pseudonym) {
                try requireReason(reason)
                return try commit(access, dryRun: dryRun, .reserve) { writer in
                    let subject = try living(pseudonym, access, writer.reader)
                    try requireNoHold(on: subject, writer.reader)
                    var reach = try vault.reach(of: subject, writer.reader)
                    // What has come since is looked at here, so that nothing slips in between.
                    reach.undecided = try scan.map { try vault.mentionCandidates(of: reach.customers, since: $0, in: writer.reader).undecided }
                    if !sharersStay, !dryRun { try reach.requireNoOthers() }
                    for member in reach.customers { try writer.reader.requireAllRecords(of: member) }
                    let reason = try cleaned(reason, about: subject, writer.reader)
                    let now = vault.clock()
                    let names = try pseudonyms(access.purpose)
                    let mentions = try vault.removeMentions(of: reach.customers, in: writer)
                    if mentions.held > 0, !sharersStay, !dryRun {
                        throw VaultError.needsConfirmation(
                            "\(mentions.held) records of others that mention the customer are under a legal hold and stay as they are: say --yes")
                    }
                    let records = try vault.erase(reach.customers, in: writer, at: now)
                    var detail = reach.detail
                    let search = searched ?? "\(reach.undecided ?? 0) undecided, searched for the erasure"
                    detail[.mentions] = "\(mentions.removed) removed, \(mentions.held) kept under hold, \(search)"
                    detail[.tombstonesUntil] = Timestamp(milliseconds: vault.tombstoneEnd(from: now)).description
                    if reach.customers.count > 1 { detail[.subjects] = try reach.customers.map { try names.name(.subject, $0) }.joined(separator: ",") }
                    let entry = try access.entry(target: pseudonym, rows: records, reason: reason, about: subject, detail: detail)
                    return ((records, reach, mentions), entry)
                }
            }
        }
        if dryRun { return try erase() }
        return try vault.traces.deleting {
            let done = try erase()
            try vault.carryOutErasures()
            return done
        }
    }

    /// Looks for records of others that may mention a customer, outside the transaction that needs them: it reads every record.
    private func scanMentions(of pseudonym: String, _ access: Access) throws -> MentionScan {
        try logged(access, target: pseudonym) {
            try vault.mentionCandidates(of: store.read { reader in try reader.person(of: living(pseudonym, access, reader)) })
        }
    }

    private static let linking = AuditEvent.request(.subjectLink).beginning

    /// When somebody last looked for records of others that mention a customer: RFC 3339, UTC; nil: nobody has under this pseudonym.
    private func mentionSearch(for pseudonym: String) throws -> String? {
        var found: String?
        try store.read { reader in
            try reader.forEachAuditEntryBackwards { _, bytes in
                guard bytes.starts(with: Self.linking), let entry = AuditEntry(canonicalBytes: bytes), entry.target == pseudonym, entry.outcome == .allowed,
                    entry[.mentions]?.hasPrefix("found ") == true
                else { return true }
                found = entry.moment
                return false
            }
        }
        return found
    }

    /// - Throws: ``VaultError/invalid(_:)`` if it has no words.
    func requireReason(_ reason: String) throws {
        guard reason.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("a reason must be given") }
    }

    /// Keeps a customer's data but takes it out of all use (GDPR Art. 18; PIPL Art. 44): no query, aggregate or reveal sees it,
    /// nor what arrives for the customer later. Export, hold and erasure remain possible, and retention continues.
    ///
    /// - Parameter lift: lifts the restriction instead.
    /// - Returns: the number of records concerned and of the audit entry.
    package func restrictSubject(
        _ pseudonym: String, purpose: String, reason: String, lift: Bool = false
    ) throws -> (records: Int, receipt: Int64) {
        let (done, receipt) = try restrictSubject(pseudonym, purpose: purpose, reason: reason, lifting: lift)
        return (done.records, receipt)
    }

    /// The same, and says what it reached.
    ///
    /// - Parameter sharersStay: whether to go on although others have one of the handles; a restriction is lifted all the same.
    func restrictSubject(
        _ pseudonym: String, purpose: String, reason: String, lifting lift: Bool, sharersStay: Bool = true
    ) throws -> ((records: Int, reach: PersonReach), receipt: Int64) {
        let access = try authorize(.subjectRestrict, purpose: purpose)
        return try logged(access, target: pseudonym) {
            guard reason.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("give the reason for the restriction") }
            return try commit(access) { writer in
                let subject = try living(pseudonym, access, writer.reader)
                let reach = try vault.reach(of: subject, writer.reader)
                if !sharersStay, !lift { try reach.requireNoOthers() }
                let concerned = try reach.customers.filter { member in
                    try (writer.reader.subject(member).map { try writer.reader.isRestricted($0) } ?? false) == lift
                }
                guard !concerned.isEmpty else { throw VaultError.conflict("the customer's data is \(lift ? "not restricted" : "restricted already")") }
                let reason = try cleaned(reason, about: subject, writer.reader) ?? ""
                var records = 0
                for member in concerned {
                    let ground = try lift ? nil : CustomerNotes(vault).seal(kept(reason), about: member, at: .restriction)
                    records += try writer.setRestriction(ground, on: member)
                    if let ground {
                        try vault.protectRestriction(of: member, ground: ground, in: writer)
                    } else {
                        try vault.unprotect(.restriction, String(member), in: writer)
                    }
                }
                var detail = reach.detail
                detail[.restricted] = lift ? "no" : "yes"
                return ((records, reach), try access.entry(target: pseudonym, rows: records, reason: reason, about: subject, detail: detail))
            }
        }
    }

    /// A reason without what the vault knows about the customer whom it concerns.
    func cleaned(_ reason: String?, about subject: Int64, _ reader: StoreReader) throws -> String? {
        guard let reason, let stored = try reader.sealedRecords(of: subject).last,
            let record = try RecordOpener(vault: vault).open(
                body: stored.body[...], key: stored.key, subject: subject, record: stored.uid)
        else { return reason }
        return try vault.redacted(reason, knownFrom: record)
    }

    /// A text that somebody wrote, as it is kept: without what the detector finds, and no longer than an entry should be.
    func kept(_ text: String) -> String { String(vault.detector.redact(text).prefix(500)) }

    /// The living customer behind a pseudonym of the access's purpose, as `reader` sees it: for a change, the reader of the
    /// transaction that makes it.
    func living(_ pseudonym: String, _ access: Access, _ reader: StoreReader) throws -> Int64 {
        guard let number = try pseudonyms(access.purpose).number(.subject, of: pseudonym), let subject = try reader.subject(number),
            subject.erasedAt == nil
        else { throw VaultError.notFound("the customer") }
        return number
    }

    /// - Throws: ``VaultError/onHold(ground:)`` with the grounds of the holds in force on any customer who is one person with this one. No hold ends on the word of an untrusted
    ///   clock.
    func requireNoHold(on subject: Int64, _ reader: StoreReader) throws {
        let now = vault.time.reading(policy.clock).certain
        let members = try reader.person(of: subject)
        let holds = try reader.holds().filter { members.contains($0.subject) && $0.isInForce(at: now) }
        guard !holds.isEmpty else { return }
        let notes = try CustomerNotes(vault)
        throw VaultError.onHold(ground: holds.map { notes.open($0.ground, at: .hold(setAt: $0.setAt)).shown }.joined(separator: "; "))
    }
}

extension Vault {
    /// Completes erasures that a crash or a restore left unfinished, and empties the write-ahead log of what that deleted.
    func finishErasures() throws {
        guard try erasuresLeft().isLeft else { return }
        try traces.deleting { try carryOutErasures() }
    }

    /// Customers whose rows are gone but whose keys are not, customers whose keys are gone, and up to where the latter were
    /// examined.
    private func erasuresLeft() throws -> (pending: [Int64], logged: [Int64], applied: Int64, isLeft: Bool) {
        let (applied, pending) = try store.read { (try $0.erasuresApplied(), try $0.pendingKeyErasures()) }
        let (logged, _) = try store.keys.erasures(after: applied)
        return (pending, logged, applied, !pending.isEmpty || !logged.isEmpty)
    }

    /// Destroys the keys of customers whose rows are gone, and deletes the rows of customers whose keys are gone: after a crash,
    /// or if an older database was restored beside the key store.
    func carryOutErasures() throws {
        let (pending, logged, applied, isLeft) = try erasuresLeft()
        guard isLeft else { return }
        let returned = try store.write(.reserve) { writer in
            // Another process may have done it since: only what is deleted here is counted.
            let returned = try logged.filter { try writer.reader.subject($0).map { $0.erasedAt == nil } ?? false }
            guard !returned.isEmpty else { return returned }
            let now = clock()
            let records = try erase(returned, in: writer, at: now)
            let entry = AuditEntry(
                ofVault: .request(.subjectErase), rule: "log of erasures, replayed", rows: Int64(records),
                detail: [.customers: String(returned.count)])
            try trail.append([entry], to: writer, now: now)
            return returned
        }
        try store.keys.eraseSubjectKeys(pending, at: clock())
        keepJournal()
        let (_, last) = try store.keys.erasures(after: applied)
        try store.write(.reserve) { try $0.confirmKeyErasure(pending + returned, upTo: last) }
    }
}
