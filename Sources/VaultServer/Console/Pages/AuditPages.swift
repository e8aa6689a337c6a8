import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Pages
import RedactedAPI
import VaultAPI
import VoCVault
import Wire

extension Console {
    @Sendable func audit(_ visit: Visit) async throws -> Response { try await auditPage(visit) }

    private static let entriesEach = 200

    private func auditPage(_ visit: Visit, message: ConsolePage.Message? = nil) async throws -> Response {
        let form = visit.form
        let until = [try form.time("until"), try form.time("before")].compactMap(\.self).min()
        let wanted = ListAuditEntries(
            principal: form["principal"], action: form["action"], purpose: form["purpose"],
            outcome: form["outcome"].flatMap(LoggedEntry.Outcome.init(rawValue:)), target: form["target"], subject: form["subject"], field: form["field"],
            reason: form["reason"], since: try form.time("since"), until: until, limit: Self.entriesEach, fold: true)
        let entries = try await visit.perform(wanted).reply.entries
        let policies = visit.session.policies
        let names = ConsolePage.LogNames(actions: Session.loggedActions, purposes: policies.purposes.keys.sorted(), fields: policies.fieldNames.sorted())
        return try visit.page(visit.words.audit, message: message) { page in
            page.audit(
                entries, asked: visit.request.method == .get ? form.asked : [:], names: names, canVerify: visit.may(.auditVerify), older: older(than: entries, form))
        }
    }

    /// Asks for what stands before a page of entries, those of the last one's moment once more.
    private func older(than entries: [LoggedEntry], _ form: Form) -> String? {
        guard entries.folded.count >= Self.entriesEach, let last = entries.last, let time = Timestamp(last.time) else { return nil }
        var asked = form.asked
        asked["before"] = Timestamp(milliseconds: time.milliseconds + 1).description
        return "/console/audit?"
            + asked.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }.joined(separator: "&")
    }

    static func number(of visit: Visit) throws -> Int64 {
        guard let number = visit.context.parameters.get("number").flatMap({ Int64($0) }), number >= 0 else { throw Problem.notFound }
        return number
    }

    @Sendable func entry(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        let text = try await visit.perform(GetAuditEntry(number: number)).reply
        let members = try JSON(parsing: Array(text.utf8)).object ?? [:]
        var rows = members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.string ?? String(decoding: $0.value.bytes, as: UTF8.self)) }
        if members["detail"]?.object?["sealed_reason"] != nil {
            let reason = try await visit.perform(ReadReason(number: number)).reply.reason
            rows.append((visit.words.reason, visit.words.note(reason)))
        }
        return try visit.page("\(visit.words.entry) \(number)") { page in page.entry(number, rows) }
    }

    @Sendable func proof(_ visit: Visit) async throws -> Response {
        let number = try Self.number(of: visit)
        let proof = try await visit.perform(ProveAuditEntry(number: number)).reply
        return Self.download(proof.utf8, "text/plain; charset=utf-8", "entry-\(number).tlog-proof")
    }

    @Sendable func verify(_ visit: Visit) async throws -> Response {
        let found = try await visit.perform(VerifyAudit()).reply
        let words = visit.words
        if let problem = found.problem { return try await auditPage(visit, message: .init(words.damaged, detail: problem, isBad: true)) }
        return try await auditPage(visit, message: .init("\(words.verified)\(words.colon)\(found.entries ?? 0) \(words.auditEntries)"))
    }

    static func download(_ bytes: some Sequence<UInt8>, _ type: String, _ name: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\""],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
