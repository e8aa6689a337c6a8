import Hummingbird
import Pages
import Policy
import RedactedAPI
import VaultAPI
import VoCVault

extension Console {
    /// The module of labels that says what became of a call; without it in the policy, nothing does.
    private static let module = "follow_up"
    private static let callsEach = 50

    private struct Desk {
        let purpose: String
        let rows: [String: Treatment]
        /// What may be revealed: handles in plaintext, and the text as redacted.
        let fields: [String]
        let keepsOutcomes: Bool
    }

    private func desk(_ visit: Visit) throws -> Desk {
        let capabilities = visit.session.capabilities
        guard capabilities.callsBack, let purpose = capabilities.followUp else { throw Problem(.denied, visit.words.noRight) }
        let rows = capabilities.fields(for: .query, purpose: purpose)
        let reveals = capabilities.fields(for: .reveal, purpose: purpose)
        let order = ["text", "phone", "name", "email", "wechat"]
        let fields = order.filter { reveals[$0] == .reveal || $0 == "text" && reveals[$0] == .mask }
        let keeps = rows[Self.module] == .reveal && capabilities.fields(for: .annotate, purpose: purpose)[Self.module] == .reveal
        return Desk(purpose: purpose, rows: rows, fields: fields, keepsOutcomes: keeps)
    }

    private func calls(_ visit: Visit, _ desk: Desk, cursor: String? = nil, only record: String? = nil) async throws -> ConsolePage.Calls {
        let select = ["record", "occurred_at", "product", "rating", "name", "phone", Self.module].filter { desk.rows[$0].map { $0 > .suppress } ?? false }
        var conditions: [Condition] = []
        if let record {
            conditions.append(.compare(field: "record", .equal, .text(record)))
        } else {
            if desk.rows["rating"] == .reveal { conditions.append(.compare(field: "rating", .lessOrEqual, .integer(2))) }
            if desk.keepsOutcomes { conditions.append(.or([.isNull(field: Self.module), .compare(field: Self.module, .equal, .text("unreached"))])) }
        }
        let asked = QueryPage(
            purpose: desk.purpose, select: select, where: conditions.count < 2 ? conditions.first : .and(conditions), limit: record == nil ? Self.callsEach : 1, cursor: cursor)
        let found = try await visit.perform(asked, asked.query.work).reply
        return .init(columns: found.columns, rows: found.rows, next: found.nextCursor)
    }

    @Sendable func worklist(_ visit: Visit) async throws -> Response {
        let desk = try desk(visit)
        let calls = try await calls(visit, desk, cursor: visit.form["cursor"])
        return try visit.page(visit.words.worklist) { page in
            page.worklist(calls, keepsOutcomes: desk.keepsOutcomes, isFirst: visit.form["cursor"] == nil)
        }
    }

    @Sendable func call(_ visit: Visit) async throws -> Response {
        let desk = try desk(visit)
        guard let record = visit.context.parameters.get("record") else { throw Problem.notFound }
        let found = try await calls(visit, desk, only: record)
        guard let row = found.rows.first else { throw Problem.notFound }
        var (revealed, faults): ([(field: String, value: String)], [(field: String, reason: String)]) = ([], [])
        if visit.request.method == .post {
            let wanted = visit.form.all("field").filter { desk.fields.contains($0) }
            for field in wanted {
                do {
                    let value = try await visit.perform(RevealField(record: record, field: field, purpose: desk.purpose, reason: visit.form["reason"] ?? "")).reply.value
                    revealed.append((field, value))
                } catch let error as VaultError {
                    // One that is not there, or not allowed, does not keep the others back.
                    guard [.notFound, .denied, .needsApproval, .invalid].contains(error.failure) else { throw error }
                    faults.append((field, error.failure == .notFound ? visit.words("此记录没有这项内容", "the record has none") : "\(error)"))
                }
            }
        }
        let next = try await following(record, visit, desk)
        let shown = ["occurred_at", "product", "rating", Self.module].map { (field: $0, value: found.value($0, of: row)) }
        return try visit.page(visit.words("回访客户", "Call a customer back")) { page in
            page.call(
                record, facts: shown, fields: desk.fields, revealed: revealed, faults: faults, reason: visit.form["reason"] ?? "", keepsOutcomes: desk.keepsOutcomes, next: next)
        }
    }

    /// The record behind one in the list; the first where that is none of it.
    private func following(_ record: String, _ visit: Visit, _ desk: Desk) async throws -> String? {
        let records = try await calls(visit, desk).records
        guard let place = records.firstIndex(of: record) else { return records.first }
        return place + 1 < records.count ? records[place + 1] : records.first { $0 != record }
    }

    @Sendable func recordOutcome(_ visit: Visit) async throws -> Response {
        let desk = try desk(visit)
        guard let record = visit.context.parameters.get("record"), let outcome = visit.form["outcome"], ConsolePage.outcomes.contains(outcome) else {
            throw Problem.invalid("'outcome' is needed")
        }
        let next = try await following(record, visit, desk)
        _ = try await visit.perform(Annotate(purpose: desk.purpose, annotations: [Annotation(record: record, module: Self.module, labels: [outcome: 1])]))
        return .redirect(to: next.map { "/console/worklist/\($0)" } ?? "/console/worklist")
    }
}
