import AuditLog
import Policy
import Store
import Wire

/// What endpoints are told of an entry: what it is about by numbers, kinds and states, and nothing that anybody wrote.
private struct ToldEvent {
    var event: OutboxEndpoint.Event
    /// What it is about, where that is no customer.
    var stream: String
    var data: [String: JSON]

    init?(_ entry: AuditEntry) {
        guard entry.outcome == .allowed, let known = entry.event else { return nil }
        func text(_ detail: AuditDetail) -> JSON { entry[detail].map { .string($0) } ?? .null }
        func number(_ detail: AuditDetail) -> JSON { entry[detail].flatMap { Int64($0) }.map { .integer($0) } ?? .null }
        switch known {
        case .request(.caseManage) where entry[.task] != nil:
            self.init(.caseTask, "case", ["case": number(.case), "task": number(.task), "system": text(.system), "state": text(.state)])
        case .request(.caseManage) where entry[.closed] != nil:
            self.init(.caseClosed, "case", ["case": number(.case), "kind": text(.kind), "outcome": text(.closed)])
        case .request(.caseManage) where entry[.case] != nil:
            self.init(.caseOpened, "case", ["case": number(.case), "kind": text(.kind), "due": text(.due)])
        case .request(.subjectErase): self.init(.subjectErased, "erasure", ["by": "request"])
        case .request(.retentionRun) where entry[.customersErased].flatMap({ Int64($0) }) ?? 0 > 0:
            self.init(.subjectErased, "retention", ["by": "retention", "customers": number(.customersErased)])
        case .request(.taskPropose) where entry[.task] != nil, .request(.taskWork) where entry[.task] != nil, .request(.taskDecide) where entry[.task] != nil:
            self.init(.taskChanged, "task \(entry[.task]!)", ["task": number(.task), "state": text(.state)])
        case .vault(.alert) where entry[.findings] != nil:
            // What was found is read from the entry when it is sent: until then it is nowhere else.
            self.init(.alertFeedback, "feedback", ["rule": .string(Self.rule(of: entry)), "period": text(.period)])
        case .vault(.alert):
            let rule = Self.rule(of: entry)
            self.init(.alertRaised, "alert", ["rule": .string(rule), "action": text(.action), "case": number(.case)])
        case .request(.annotate):
            let modules = (entry[.modules] ?? "").split(separator: ",").map { JSON.string(String($0)) }
            self.init(.codingAdded, "coding", ["modules": .array(modules), "records": .integer(entry.rows)])
        default: return nil
        }
        data = data.filter { $0.value != .null }
        data["entry"] = .integer(entry.seq)
    }

    /// Behind the name stands where the rule is.
    private static func rule(of entry: AuditEntry) -> String { entry.rule.range(of: " (", options: .backwards).map { String(entry.rule[..<$0.lowerBound]) } ?? entry.rule }

    private init(_ event: OutboxEndpoint.Event, _ stream: String, _ data: [String: JSON]) { (self.event, self.stream, self.data) = (event, stream, data) }
}

extension Vault {
    /// As many events wait for an endpoint at most.
    static let outboxRoom = 100_000

    /// Has endpoints told of entries, in the transaction that appends them.
    func tell(of entries: [AuditEntry], in writer: StoreWriter) throws {
        guard !policy.outbox.isEmpty else { return }
        for entry in entries {
            guard let told = ToldEvent(entry), policy.outbox.contains(where: { $0.events.contains(told.event) }) else { continue }
            let subject = try subject(of: entry)
            for endpoint in policy.outbox where endpoint.events.contains(told.event) {
                try writer.addEvent(
                    OutboxRow(
                        endpoint: endpoint.name, stream: subject.map { "subject \($0)" } ?? told.stream, kind: told.event.rawValue, subject: subject,
                        body: String(decoding: JSON.object(told.data).bytes, as: UTF8.self), at: clock()), atMost: Self.outboxRoom)
            }
        }
    }

    /// The customer whom an entry is about.
    private func subject(of entry: AuditEntry) throws -> Int64? {
        guard let target = entry.target, policy.purposes[entry.purpose] != nil else { return nil }
        return try Pseudonyms(keys: keyring.keys(.pseudonym(purpose: entry.purpose), now: clock())).number(.subject, of: target)
    }
}
