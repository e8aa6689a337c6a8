import AuditLog
import Documents
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import RedactedAPI
import StrictJSON
import VoCVault

/// The audit log: search, entries, proofs, and its files.
enum AuditEndpoints {
    static let all = [list, show, prove, checkpoint, consistency, verify, file, processing]

    static let entrySchema = Schema.object([
        .required("v", Fields.count), .required("seq", Fields.count), .required("time", Fields.time), .required("principal", .text("")),
        .required("role", .text("")), .required("purpose", .text("")), .required("action", .text("")),
        .required("outcome", .choice(["allowed", "denied", "failed"])), .required("rule", .text("", 0...2000)), .optional("target", .text("", 0...2000)),
        .required("fields", .array(.text(""), count: 0...1000)), .required("rows", .integer(Int.min...Int.max, about: "")),
        .optional("reason", .text("", 0...2000)), .required("request", .text("")), .optional("client", .text("")), .required("software", .text("")),
        .required("detail", .map(.text("", 0...100_000))), .optional("clock", Fields.time), .optional("doubted", Fields.time),
    ])

    static let filters: [Endpoint.Parameter] = [
        .init(name: "principal", schema: .text("who", 1...64)), .init(name: "role", schema: .text("in which role", 1...64)),
        .init(name: "action", schema: .text("what, such as query, reveal, subject.erase", 1...64)), .init(name: "purpose", schema: .text("for which purpose", 1...64)),
        .init(name: "outcome", schema: .choice(["allowed", "denied", "failed"])), .init(name: "target", schema: .text("a pseudonym as the entry has it", 1...64)),
        .init(name: "subject", schema: .text("a customer's pseudonym under any purpose", 1...64)),
        .init(name: "record", schema: .text("a record's pseudonym under any purpose", 1...64)), .init(name: "field", schema: .text("which field", 1...64)),
        .init(name: "reason", schema: .text("part of the reason", 1...64)), .init(name: "since", schema: Fields.time), .init(name: "until", schema: Fields.time),
        .init(name: "limit", schema: .integer(1...10_000, about: "the newest so many; 100 when not given")),
    ]

    static let list = Endpoint(
        method: .get, path: "/v1/audit/entries", id: "listAuditEntries", summary: "Entries, newest first.", action: "audit.read", query: filters,
        reply: .json(.object([.required("entries", .array(entrySchema, count: 0...10_000)), .required("receipt", .reference("Receipt"))])),
        statuses: [.notFound]
    ) { call in
        let filter = AuditFilter(call)
        let entries = try await call.work(.long) { try $0.auditEntries(filter) }
        let bytes = try entries.map { try JSON(parsing: $0.canonicalBytes) }
        return try await call.reply(["entries": .array(bytes)])
    }

    private static let number = Endpoint.Parameter(name: "number", schema: .integer(0...Int.max, about: "an entry's number"), isRequired: true)

    static let show = Endpoint(
        method: .get, path: "/v1/audit/entries/{number}", id: "getAuditEntry", summary: "One entry, byte for byte as it is hashed.",
        action: "audit.read", variables: [number], reply: .json(entrySchema), statuses: [.notFound]
    ) { call in
        let number = Int64(call.number("number") ?? 0)
        let entry = try await call.work { try $0.auditEntry(number) }
        return try await call.reply("application/json", ResponseBody(byteBuffer: ByteBuffer(string: entry)))
    }

    static let prove = Endpoint(
        method: .get, path: "/v1/audit/entries/{number}/proof", id: "proveAuditEntry",
        summary: "Shows that an entry is in the signed log (C2SP tlog-proof).", action: "audit.read", variables: [number],
        reply: .text("text/plain; charset=utf-8", about: "tlog-proof with the entry as its extra data"), statuses: [.notFound]
    ) { call in
        let number = Int64(call.number("number") ?? 0)
        let proof = try await call.work(.long) { try $0.proveAudit(number) }
        return try await call.reply("text/plain; charset=utf-8", ResponseBody(byteBuffer: ByteBuffer(string: proof)))
    }

    static let checkpoint = Endpoint(
        method: .get, path: "/v1/audit/checkpoint", id: "anchorAudit", summary: "Publishes the log and gives its newest checkpoint, to be kept outside.",
        action: "audit.verify", reply: .text("text/plain; charset=utf-8", about: "signed note (C2SP tlog-checkpoint)")
    ) { call in
        let note = try await call.work(.long) { try $0.anchorAudit() }
        return try await call.reply("text/plain; charset=utf-8", ResponseBody(byteBuffer: ByteBuffer(string: note)))
    }

    static let consistency = Endpoint(
        method: .get, path: "/v1/audit/consistency", id: "proveConsistency", summary: "Shows that the log goes on from an older checkpoint.",
        action: "audit.verify", query: [.init(name: "from", schema: .integer(0...Int.max, about: "size of the older checkpoint"), isRequired: true)],
        reply: .text("text/plain; charset=utf-8", about: "body of a C2SP tlog-witness request"), statuses: [.conflict]
    ) { call in
        let size = Int64(call.number("from") ?? 0)
        let proof = try await call.work(.long) { session in
            do {
                return try session.proveConsistency(from: size)
            } catch AuditError.truncated {
                throw Problem(.conflict, "truncated", "The log is shorter", "the log has fewer entries than that")
            }
        }
        return try await call.reply("text/plain; charset=utf-8", ResponseBody(byteBuffer: ByteBuffer(string: proof)))
    }

    static let verify = Endpoint(
        method: .post, path: "/v1/audit/verify", id: "verifyAudit",
        summary: "Recomputes the whole log against its signed checkpoint, and against an older one that was kept elsewhere.", action: "audit.verify",
        content: .json(.object([.optional("checkpoint", .text("an older checkpoint", 1...4000))])),
        reply: .json(
            .object([
                .required("valid", .boolean(about: "")), .optional("entries", Fields.count), .optional("verifier_key", .text("")), .optional("checkpoint", .text("of the log that was verified", 1...4000)),
                .optional("problem", .text("", 0...2000)), .required("receipt", .reference("Receipt")),
            ]))
    ) { call in
        let older = call.text("checkpoint")
        do {
            let result = try await call.work(.long) { try $0.verifyAudit(against: older) }
            return try await call.reply(["valid": true, "entries": JSON(result.entries), "verifier_key": .string(result.verifierKey),
                "checkpoint": .string(result.checkpoint)])
        } catch let error as AuditError {
            return try await call.reply(["valid": false, "problem": .string("\(error)")])
        }
    }

    static let file = Endpoint(
        method: .get, path: "/v1/audit/log/{file}", id: "getAuditFile", summary: "A file of the published log: checkpoint, or a tile (C2SP tlog-tiles).",
        action: "audit.read", variables: [.init(name: "file", schema: .text("such as checkpoint, tile/0/000, tile/entries/000.p/12", 1...100), isRequired: true)],
        takesRest: true,
        reply: .bytes("application/octet-stream", about: "the file"), statuses: [.notFound]
    ) { call in
        let path = call.required("file")
        let bytes = try await call.work(.long) { try $0.auditFile(path) }
        return try await call.reply("application/octet-stream", ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static let processing = Endpoint(
        method: .get, path: "/v1/compliance/report", id: "processingReport",
        summary: "The record of processing activities (GDPR Art. 30; PIPL Art. 55), as a page to read.", action: "compliance.report",
        query: [.init(name: "since", schema: Fields.time), .init(name: "until", schema: Fields.time)],
        reply: .text("text/html; charset=utf-8", about: "self-contained")
    ) { call in
        let (since, until) = (call.time("since"), call.time("until"))
        let page = try await call.work(.long) { try ProcessingDocument.page($0.processingReport(since: since, until: until)) }
        return try await call.reply("text/html; charset=utf-8", ResponseBody(byteBuffer: ByteBuffer(string: page)))
    }
}

extension AuditFilter {
    init(_ call: Call) {
        self.init(
            principal: call.text("principal"), role: call.text("role"), action: call.text("action"), purpose: call.text("purpose"),
            outcome: call.text("outcome").flatMap(AuditEntry.Outcome.init(rawValue:)), target: call.text("target"), subject: call.text("subject"),
            record: call.text("record"), field: call.text("field"), reason: call.text("reason"), since: call.time("since"),
            until: call.time("until"), limit: call.number("limit") ?? 100)
    }
}
