import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store

extension Session {
    /// A record's field in plaintext, or its text redacted, for somebody who may see it and gives a reason.
    ///
    /// The audit entry is durable before the value is passed to `release`. A field that needs two principals is revealed only
    /// after another one has approved the request.
    ///
    /// - Parameters:
    ///   - record: the record's pseudonym under `purpose`.
    ///   - breakGlass: reveals without waiting for approval, if the policy allows it; raises an alert.
    /// - Returns: the number of the audit entry.
    /// - Throws: ``VaultError/needsApproval(_:)`` if the request is now waiting for another principal.
    package func reveal(
        record: String, field: String, purpose: String, reason: String, breakGlass: Bool = false,
        release: (String) throws -> Void
    ) throws -> Int64 {
        if breakGlass { _ = try authorize(.breakGlass, purpose: purpose) }
        let access = try authorize(.reveal, purpose: purpose, fields: [field])
        let (outcome, value, receipt) = try logged(access, target: record) {
            guard reason.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("a reason must be given") }
            let names = try pseudonyms(access.purpose)
            guard let number = try names.number(.record, of: record) else { throw VaultError.notFound("the record") }
            var outcome = ApprovalOutcome.notNeeded
            let (found, receipt) = try releasing(access) { reader in
                try revealed(field, of: number, reason: reason, access, reader)
            } record: { found, writer in
                outcome = try approve(ApprovalWish(record: number, subject: found.subject, field: field, reason: found.reason, breakGlass: breakGlass), access, in: writer)
                var detail: [AuditDetail: String] = [.subject: try names.name(.subject, found.subject)]
                detail[.approval] = outcome.text
                if outcome.waitsFor != nil {
                    return (try access.entry(.denied, rule: "a second principal must agree", target: record, reason: found.reason, about: found.subject, detail: detail), [])
                }
                try access.useQuota("reveal", 1, in: writer)
                try access.useQuota("reveal.\(field)", 1, in: writer)
                let entry = try access.entry(target: record, rows: found.value == nil ? 0 : 1, reason: found.reason, about: found.subject, detail: detail)
                return (entry, alerts(about: outcome, access, field: field))
            }
            return (outcome, found.value, receipt)
        }
        if let waiting = outcome.waitsFor { throw VaultError.needsApproval(waiting) }
        guard let value else { throw VaultError.notFound("a value of this field") }
        try release(value)
        return receipt
    }

    /// A record's value of a field, the reason with the record's own values redacted, and the record's customer.
    private func revealed(_ field: String, of number: Int64, reason: String, _ access: Access, _ reader: StoreReader) throws -> (value: String?, reason: String, subject: Int64) {
        guard try access.isFor(number, in: reader), let stored = try reader.sealedRecord(number), let customer = try reader.subject(stored.subject), customer.erasedAt == nil,
            let opened = try RecordOpener(vault: vault).open(body: stored.body[...], key: stored.key, subject: stored.subject, record: stored.uid)
        else { throw VaultError.notFound("the record") }
        if try reader.isRestricted(customer) {
            throw VaultError.denied(action: Action.reveal.rawValue, rule: "restriction of processing", hint: "the customer's data may be kept, not used")
        }
        try access.requireConsent(of: customer.id, reader)
        if field == BuiltinField.text.rawValue, access.treatment(field) == .mask {
            return (try opened.redactedAnew(purged: stored.purged, in: vault)?.text, try vault.redacted(reason, knownFrom: opened), stored.subject)
        }
        return (try plaintext(of: field, in: opened), try vault.redacted(reason, knownFrom: opened), stored.subject)
    }

    /// The value of a field of any class; nil if the record lacks it.
    private func plaintext(of field: String, in record: OpenedRecord) throws -> String? {
        switch BuiltinField(rawValue: field) {
        case .text?: return try record.text(.text, Compartment.text.rawValue)
        case .source_id?: return try record.text(.direct, field)
        case .some: throw VaultError.invalid("'\(field)' is not a sealed field; use a query")
        case nil:
            guard let schema = policy.field(field), schema.isSealed else {
                throw VaultError.invalid("'\(field)' is not a sealed field; use a query")
            }
            return try record.text(Compartment(schema.fieldClass), field)
        }
    }
}
