import AuditLog
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON
import VaultAPI
import VoCVault

extension Console {
    @Sendable func audit(_ visit: Visit) async throws -> Response { try await auditPage(visit) }

    private func auditPage(_ visit: Visit, message: String? = nil, isBad: Bool = false) async throws -> Response {
        let form = visit.form
        let wanted = ListAuditEntries(
            principal: form["principal"], action: form["action"], purpose: form["purpose"],
            outcome: form["outcome"].flatMap(LoggedEntry.Outcome.init(rawValue:)), target: form["target"], subject: form["subject"], field: form["field"],
            reason: form["reason"], since: try form.time("since"), until: try form.time("until"), limit: 200)
        let entries = try await visit.perform(wanted).reply.entries.map(AuditEntry.init)
        let names = [
            ("principal", "principal", ""), ("action", "action", ""), ("purpose", "purpose", ""), ("subject", "subjectPseudonym", ""),
            ("target", "target", ""), ("field", "field", ""), ("reason", "reason", ""), ("since", "since", "date"), ("until", "until", "date"),
        ]
        let members: [String: Any] = [
            "inputs": names.map { ["id": $0.0, "name": visit.word($0.1), "value": form[$0.0] ?? "", "type": Self.present($0.2)] as [String: Any] },
            "outcomes": ["allowed", "denied", "failed"].map { ["id": $0, "name": visit.word($0), "chosen": form["outcome"] == $0] as [String: Any] },
            "canVerify": visit.may(.auditVerify), "count": entries.count,
            "entries": entries.map { entry -> [String: Any] in
                [
                    "seq": entry.seq, "time": Self.short(entry.moment), "principal": entry.principal, "role": entry.role, "action": entry.action,
                    "outcome": visit.word(entry.outcome.rawValue), "tone": entry.outcome == .allowed ? "" : "bad", "purpose": entry.purpose,
                    "target": entry.target ?? "", "fields": entry.fields.joined(separator: ", "), "rows": entry.rows, "reason": entry.reason ?? "",
                ]
            },
        ]
        return try visit.page("audit", title: visit.word("audit"), members, message: message, isBad: isBad)
    }

    static func number(of visit: Visit) throws -> Int64 {
        guard let number = visit.context.parameters.get("number").flatMap({ Int64($0) }), number >= 0 else { throw Problem.notFound }
        return number
    }

    @Sendable func entry(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        let text = try await visit.perform(GetAuditEntry(number: number)).reply
        let members = try JSON(parsing: Array(text.utf8)).object ?? [:]
        let rows = members.sorted { $0.key < $1.key }.map { name, value in
            ["name": name, "value": value.string ?? String(decoding: value.bytes, as: UTF8.self)]
        }
        return try visit.page("entry", title: "\(visit.word("entry")) \(number)", ["number": number, "members": rows])
    }

    @Sendable func proof(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        let proof = try await visit.perform(ProveAuditEntry(number: number)).reply
        return Self.download(proof.utf8, "text/plain; charset=utf-8", "entry-\(number).tlog-proof")
    }

    @Sendable func verify(_ visit: Visit) async throws -> Response {
        let found = try await visit.perform(VerifyAudit()).reply
        if let problem = found.problem { return try await auditPage(visit, message: "\(visit.word("damaged")): \(problem)", isBad: true) }
        return try await auditPage(visit, message: "\(visit.word("verified")): \(found.entries ?? 0) \(visit.word("auditEntries"))")
    }

    static func download(_ bytes: some Sequence<UInt8>, _ type: String, _ name: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\""],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
