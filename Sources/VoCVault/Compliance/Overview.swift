import AuditLog
import Foundation
import Policy
import RedactedAPI
import Store
import VaultAPI

extension Session {
    /// How many entries to search for denials, alerts and verifications.
    private static var searched: Int { 20_000 }
    /// The canonical form of an entry that is wanted contains one of these.
    private static let marks =
        [AuditEvent.vault(.alert), .request(.auditVerify)].map { Data($0.beginning) } + [Data("\"outcome\":\"denied\"".utf8)]

    package func overview(days: Int = 30) throws -> VaultOverview {
        let access = try authorize(.doctor, purpose: nil)
        return try logged(access) {
            let now = vault.clock()
            let today = Int64(vault.localTime(at: now).number)
            let counts = try store.read { try $0.requestsByDay(from: today - Int64(days) + 1) }
            let (kept, cases, approvals) = try store.read { (try $0.counts(at: now), try $0.cases(closed: false), try $0.approvals(at: now)) }
            var overview = VaultOverview(
                records: kept.records, customers: kept.customers,
                days: (today - Int64(days) + 1...today).map { day in
                    let text = String(Timestamp(milliseconds: day * 86_400_000).description.prefix(10))
                    return .init(day: text, allowed: counts[day]?.allowed ?? 0, denied: counts[day]?.denied ?? 0)
                },
                denials: [], alerts: [], openCases: cases.count, overdueCases: cases.count { $0.dueAt < now },
                waitingApprovals: approvals.count { $0.state == .pending }, due: try vault.retentionForecast().records,
                keys: try vault.keyState(), lastVerification: nil, auditEntries: try store.read { try $0.auditHead()?.size ?? 0 })
            try addEvents(to: &overview)
            _ = try commit(access) { _ in ((), access.entry(detail: [.report: "overview"])) }
            return overview
        }
    }

    private func addEvents(to overview: inout VaultOverview) throws {
        var left = Self.searched
        var found = overview
        try store.read { reader in
            try reader.forEachAuditEntryBackwards { number, bytes in
                left -= 1
                guard left > 0 else { return false }
                // Most entries are of no interest here and need no parsing.
                guard Self.marks.contains(where: { Data(bytes).range(of: $0) != nil }), let entry = AuditEntry(canonicalBytes: bytes) else { return true }
                let event = VaultOverview.Event(
                    entry: number, time: entry.moment, principal: entry.principal, action: entry[.action] ?? entry.action, rule: entry.rule)
                if entry.event == .vault(.alert), found.alerts.count < 10 { found.alerts.append(event) }
                if entry.outcome == .denied, found.denials.count < 10 { found.denials.append(event) }
                if entry.event == .request(.auditVerify), entry.outcome == .allowed, entry.rows > 0, found.verifiedAt == nil {
                    (found.verifiedAt, found.verifiedEntries) = (entry.moment, entry.rows)
                }
                return true
            }
        }
        overview = found
    }
}
