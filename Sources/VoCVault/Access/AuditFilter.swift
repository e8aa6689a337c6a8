import AuditLog
import Foundation
import RedactedAPI
import Store

/// Which audit entries to find; nil members do not restrict.
package struct AuditFilter: Sendable {
    package var principal: String?
    package var role: String?
    package var action: String?
    package var purpose: String?
    package var outcome: AuditEntry.Outcome?
    /// Pseudonym of a record or customer, as in the entry, or a token's id.
    package var target: String?
    /// A customer's pseudonym under any purpose; finds the entries of all purposes.
    package var subject: String?
    /// A record's pseudonym under any purpose.
    package var record: String?
    package var field: String?
    /// Part of the reason, in upper or lower case.
    package var reason: String?
    package var since: Timestamp?
    package var until: Timestamp?
    /// How many of the newest.
    package var limit: Int
    /// Whether views of one principal that stand in a row count as one.
    package var folds: Bool
    /// How many are found at most, where some count as one.
    static let most = 10_000

    package init(
        principal: String? = nil, role: String? = nil, action: String? = nil, purpose: String? = nil,
        outcome: AuditEntry.Outcome? = nil, target: String? = nil, subject: String? = nil, record: String? = nil,
        field: String? = nil, reason: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil, limit: Int = 100, folds: Bool = false
    ) {
        (self.principal, self.role, self.action, self.purpose) = (principal, role, action, purpose)
        (self.outcome, self.target, self.subject, self.record) = (outcome, target, subject, record)
        (self.field, self.reason, self.since, self.until, self.limit, self.folds) = (field, reason, since, until, limit, folds)
    }
}

/// A prepared filter, with the pseudonyms of every purpose.
struct AuditSearch {
    private let filter: AuditFilter
    /// The entry must name a pseudonym from each set.
    private let about: [Set<String>]
    /// Opens reasons, where one is looked for.
    private let notes: CustomerNotes?

    init(_ filter: AuditFilter, session: Session) throws {
        self.filter = filter
        notes = try filter.reason.map { _ in try CustomerNotes(session.vault) }
        about = try [(Pseudonyms.Kind.subject, filter.subject), (.record, filter.record)].compactMap { kind, pseudonym in
            try pseudonym.map { try session.pseudonymsEverywhere(kind, of: $0) }
        }
    }

    func matches(_ entry: AuditEntry) -> Bool {
        func differs<T: Equatable>(_ wanted: T?, _ value: T) -> Bool { wanted.map { $0 != value } ?? false }
        if differs(filter.principal, entry.principal) || differs(filter.role, entry.role) || differs(filter.action, entry.action)
            || differs(filter.purpose, entry.purpose) || differs(filter.outcome, entry.outcome)
        {
            return false
        }
        if let target = filter.target, !entry.subjects.contains(target) { return false }
        for pseudonyms in about where entry.subjects.isDisjoint(with: pseudonyms) { return false }
        if let field = filter.field, !entry.fields.contains(field) { return false }
        if filter.since != nil || filter.until != nil {
            guard let time = Timestamp(entry.moment), filter.since.map({ time >= $0 }) ?? true, filter.until.map({ time < $0 }) ?? true else { return false }
        }
        // Last, as it takes longest.
        return filter.reason.map { reason(of: entry).lowercased().contains($0.lowercased()) } ?? true
    }

    /// Of a reason that cannot be read, nothing is found.
    private func reason(of entry: AuditEntry) -> String {
        guard entry[.sealedReason] != nil, let notes else { return entry.reason ?? "" }
        if case .text(let text)? = notes.reason(of: entry) { return text }
        return ""
    }
}
