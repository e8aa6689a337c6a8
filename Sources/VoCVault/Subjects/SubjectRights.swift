import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Storage

extension Session {
    /// Deletes a customer: records, index entries and key (GDPR Art. 17; PIPL Art. 47). What lies in
    /// backups can no longer be opened by anyone.
    ///
    /// - Returns: the number of records deleted and of the audit entry.
    /// - Throws: ``VaultError/onHold(ground:)`` under a legal hold.
    public func eraseSubject(_ pseudonym: String, purpose: String, reason: String?) throws -> (records: Int, receipt: Int64) {
        let access = try authorize(.subjectErase, purpose: purpose)
        return try vault.traces.deleting {
            let (records, receipt) = try logged(access, target: pseudonym) {
                let subject = try number(of: pseudonym, access)
                let reason = try cleaned(reason, about: subject)
                return try commit(access, .reserve) { writer in
                    if let hold = try writer.reader.subject(subject)?.hold { throw VaultError.onHold(ground: hold) }
                    let records = try writer.eraseSubjects([subject], at: vault.clock())
                    return (records, access.entry(target: pseudonym, rows: records, reason: reason))
                }
            }
            try vault.carryOutErasures()
            return (records, receipt)
        }
    }

    /// Keeps a customer's data from erasure and retention until the hold is released.
    public func holdSubject(_ pseudonym: String, purpose: String, reason: String) throws -> Int64 {
        let access = try authorize(.subjectHold, purpose: purpose)
        return try logged(access, target: pseudonym) {
            guard reason.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("a hold needs its ground as reason") }
            let subject = try number(of: pseudonym, access)
            let reason = try cleaned(reason, about: subject)
            return try commit(access) { writer in
                try writer.setHold(reason, on: subject)
                return ((), access.entry(target: pseudonym, reason: reason))
            }.receipt
        }
    }

    public func releaseSubject(_ pseudonym: String, purpose: String, reason: String?) throws -> Int64 {
        let access = try authorize(.subjectRelease, purpose: purpose)
        return try logged(access, target: pseudonym) {
            let subject = try number(of: pseudonym, access)
            let reason = try cleaned(reason, about: subject)
            return try commit(access) { writer in
                guard try writer.reader.subject(subject)?.hold != nil else { throw VaultError.invalid("the customer is not on hold") }
                try writer.setHold(nil, on: subject)
                return ((), access.entry(target: pseudonym, reason: reason))
            }.receipt
        }
    }

    /// Keeps a customer's data but takes it out of all use (GDPR Art. 18; PIPL Art. 44): no query, aggregate
    /// or reveal sees it, nor what comes in for the customer later. Export, hold and erasure stay possible;
    /// retention goes on.
    ///
    /// - Parameter lift: ends the restriction instead.
    /// - Returns: the number of records concerned and of the audit entry.
    public func restrictSubject(
        _ pseudonym: String, purpose: String, reason: String, lift: Bool = false
    ) throws -> (records: Int, receipt: Int64) {
        let access = try authorize(.subjectRestrict, purpose: purpose)
        return try logged(access, target: pseudonym) {
            guard reason.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("say on what ground") }
            let subject = try number(of: pseudonym, access)
            let reason = try cleaned(reason, about: subject) ?? ""
            let (records, receipt) = try commit(access) { writer in
                let isRestricted = try writer.reader.subject(subject)?.restriction != nil
                guard isRestricted == lift else {
                    throw VaultError.invalid("the customer's data is \(lift ? "not restricted" : "restricted already")")
                }
                let records = try writer.setRestriction(lift ? nil : reason, on: subject)
                return (records, access.entry(target: pseudonym, rows: records, reason: reason, detail: ["restricted": lift ? "no" : "yes"]))
            }
            return (records, receipt)
        }
    }

    /// A reason without what the vault knows of the customer whom it is about.
    func cleaned(_ reason: String?, about subject: Int64) throws -> String? {
        guard let reason, let stored = try store.read({ try $0.sealedRecords(of: subject) }).last,
            let record = try RecordOpener(vault: vault).open(
                body: stored.body[...], key: stored.key, subject: subject, record: stored.uid)
        else { return reason }
        return try vault.redacted(reason, knownFrom: record)
    }

    /// The living customer behind a pseudonym of the access's purpose.
    func number(of pseudonym: String, _ access: Access) throws -> Int64 {
        guard let number = try pseudonyms(access.purpose).number(.subject, of: pseudonym),
            let subject = try store.read({ try $0.subject(number) }), subject.erasedAt == nil
        else { throw VaultError.notFound("the customer") }
        return number
    }
}

extension Vault {
    /// Does what a crash or a restore has left of erasures, and empties the write-ahead log of what it deleted.
    func finishErasures() throws {
        guard try erasuresLeft().isLeft else { return }
        try traces.deleting { try carryOutErasures() }
    }

    /// Customers whose rows are gone and whose keys are not, those whose keys are gone, and up to where these were looked at.
    private func erasuresLeft() throws -> (pending: [Int64], logged: [Int64], applied: Int64, isLeft: Bool) {
        let (applied, pending) = try store.read { (try $0.erasuresApplied(), try $0.pendingKeyErasures()) }
        let (logged, _) = try store.keys.erasures(after: applied)
        return (pending, logged, applied, !pending.isEmpty || !logged.isEmpty)
    }

    /// Destroys the keys of customers whose rows are gone, and deletes again the rows of customers
    /// whose keys are gone: after a crash, or when an older database was restored beside the key
    /// store.
    func carryOutErasures() throws {
        let (pending, logged, applied, isLeft) = try erasuresLeft()
        guard isLeft else { return }
        let returned = try store.read { reader in
            try logged.filter { try reader.subject($0).map { $0.erasedAt == nil } ?? false }
        }
        if !returned.isEmpty {
            try store.write(.reserve) { writer in
                let records = try writer.eraseSubjects(returned, at: clock())
                let entry = AuditEntry(
                    principal: "vault", role: "none", purpose: "none", action: Action.subjectErase.rawValue,
                    outcome: .allowed, rule: "log of erasures, replayed", rows: Int64(records), request: Token.requestID(),
                    software: Self.software, detail: ["customers": String(returned.count)])
                try trail.append([entry], to: writer, now: clock())
            }
        }
        try store.keys.eraseSubjectKeys(pending, at: clock())
        let (_, last) = try store.keys.erasures(after: applied)
        try store.write(.reserve) { try $0.confirmKeyErasure(pending + returned, upTo: last) }
    }
}
