import AuditLog
import Policy
import RedactedAPI
import Store
import VaultAPI

extension Session {
    /// Protects a customer's data from erasure, correction and retention, until the hold is released or ends. A customer can be
    /// under several holds; each has a number, and each must end.
    ///
    /// - Parameters:
    ///   - reason: the hold's ground.
    ///   - ends: when it ends by itself; nil: it must be released.
    /// - Returns: the hold's number and that of the audit entry.
    package func holdSubject(_ pseudonym: String, purpose: String, reason: String, ends: Timestamp? = nil) throws -> (hold: Int64, receipt: Int64) {
        let access = try authorize(.subjectHold, purpose: purpose)
        return try logged(access, target: pseudonym) {
            guard reason.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("give the reason for the hold") }
            let (number, receipt) = try commit(access) { writer in
                let now = vault.clock()
                guard ends.map({ $0.milliseconds > now }) ?? true else { throw VaultError.conflict("a hold cannot end in the past") }
                let subject = try living(pseudonym, access, writer.reader)
                let ground = try cleaned(reason, about: subject, writer.reader) ?? ""
                let note = try CustomerNotes(vault).seal(kept(ground), about: subject, at: .hold(setAt: now))
                var row = HoldRow(subject: subject, ground: note, setBy: principal, setAt: now, endsAt: ends?.milliseconds)
                row.id = try writer.addHold(row)
                try vault.protect(row, in: writer)
                var detail: [AuditDetail: String] = [.hold: String(row.id)]
                detail[.ends] = ends?.description
                return (row.id, try access.entry(target: pseudonym, reason: ground, about: subject, detail: detail))
            }
            return (number, receipt)
        }
    }

    /// Releases a hold.
    ///
    /// - Parameter hold: its number; nil: the only one in force.
    /// - Returns: the hold's number and that of the audit entry.
    package func releaseSubject(
        _ pseudonym: String, hold number: Int64? = nil, purpose: String, reason: String?
    ) throws -> (hold: Int64, receipt: Int64) {
        let access = try authorize(.subjectRelease, purpose: purpose)
        return try logged(access, target: pseudonym) {
            let (released, receipt) = try commit(access) { writer in
                let now = vault.clock()
                let subject = try living(pseudonym, access, writer.reader)
                let members = try writer.reader.person(of: subject)
                let inForce = try writer.reader.holds().filter { members.contains($0.subject) && $0.isInForce(at: now) }
                guard !inForce.isEmpty else { throw VaultError.conflict("the customer is not on hold") }
                guard number != nil || inForce.count == 1 else {
                    let numbers = inForce.map { String($0.id) }.joined(separator: ", ")
                    throw VaultError.invalid("the customer is under holds \(numbers); say which one ends")
                }
                guard var row = inForce.first(where: { $0.id == number ?? inForce[0].id }) else {
                    throw VaultError.notFound("a hold \(number!) in force on this customer")
                }
                let reason = try cleaned(reason, about: subject, writer.reader)
                try writer.releaseHold(row.id, at: now)
                row.releasedAt = now
                try vault.protect(row, in: writer)
                let detail: [AuditDetail: String] = [.hold: String(row.id), .holdsLeft: String(inForce.count - 1)]
                return (row.id, try access.entry(target: pseudonym, reason: reason, about: subject, detail: detail))
            }
            return (released, receipt)
        }
    }

    /// The holds that a customer is or was under, oldest first.
    package func holds(on pseudonym: String, purpose: String) throws -> [SubjectHold] {
        let access = try authorize(.subjectHold, purpose: purpose)
        return try logged(access, target: pseudonym) {
            let now = vault.clock()
            return try commit(access) { writer in
                let subject = try living(pseudonym, access, writer.reader)
                let notes = try CustomerNotes(vault)
                let members = try writer.reader.person(of: subject)
                let holds = try writer.reader.holds().filter { members.contains($0.subject) }.map { row in
                    SubjectHold(
                        id: row.id, ground: notes.open(row.ground, at: .hold(setAt: row.setAt)).shown, setBy: row.setBy, set: Timestamp(milliseconds: row.setAt),
                        ends: row.endsAt.map { Timestamp(milliseconds: $0) },
                        released: row.releasedAt.map { Timestamp(milliseconds: $0) }, isInForce: row.isInForce(at: now))
                }
                return (holds, access.entry(target: pseudonym, rows: holds.count, detail: [.listed: "holds"]))
            }.0
        }
    }
}
