import Documents
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import RedactedAPI
import StrictJSON
import VoCVault

/// The rights of customers, their cases, and what waits for a second principal.
enum SubjectEndpoints {
    static let all = [export, correct, erase, certificate, restrict, hold, holds, release, cases, openCase, closeCase, approvals, decide]

    private static let subject = Endpoint.Parameter(name: "subject", schema: Fields.pseudonym, isRequired: true)
    private static let number = Endpoint.Parameter(name: "number", schema: .integer(1...Int.max, about: ""), isRequired: true)
    private static let because = Schema.object([.required("purpose", Fields.purpose), .required("reason", Fields.reason)])
    private static let maybeBecause = Schema.object([.required("purpose", Fields.purpose), .optional("reason", Fields.reason)])

    static let export = Endpoint(
        method: .post, path: "/v1/subjects/{subject}/export", id: "exportSubject",
        summary: "Everything held about a customer (GDPR Art. 15, 20; PIPL Art. 45): a ZIP with a page to read and JSON.", action: "subject.export",
        variables: [subject], content: .json(maybeBecause), reply: .bytes("application/zip", about: "data.json and a page to read"), statuses: [.notFound]
    ) { call in
        let (subject, purpose, reason) = (call.required("subject"), call.required("purpose"), call.text("reason"))
        let archive = try await call.work(.rights) { session in
            var archive = Data()
            _ = try session.exportSubject(subject, purpose: purpose, reason: reason) { copy in
                archive = try SubjectDocument.archive(copy, policy: session.policies, date: Date())
            }
            return archive
        }
        return try await call.reply(
            "application/zip", ResponseBody(byteBuffer: ByteBuffer(bytes: archive)), headers: [.contentDisposition: #"attachment; filename="copy.zip""#])
    }

    static let correct = Endpoint(
        method: .post, path: "/v1/subjects/{subject}/correct", id: "correctSubject",
        summary: "Puts right what the vault says of a customer (GDPR Art. 16; PIPL Art. 46).", action: "subject.correct", variables: [subject],
        content: .json(
            .object([
                .required("purpose", Fields.purpose), .required("reason", Fields.reason), .required("field", Fields.field),
                .optional("value", .text("without it the field is taken out", 1...4096)), Fields.dryRun,
            ])),
        reply: .json(
            .object([
                .required("records", Fields.count), .required("others", Fields.count), .optional("change", change), Fields.notice,
                .required("receipt", .reference("Receipt")),
            ])),
        statuses: [.notFound, .conflict]
    ) { call in
        let (subject, purpose, reason) = (call.required("subject"), call.required("purpose"), call.required("reason"))
        let (field, value, dryRun) = (call.required("field"), call.text("value"), call.flag("dry_run"))
        let done = try await call.work(.rights) {
            try $0.correctSubject(subject, field: field, to: value, purpose: purpose, reason: reason, dryRun: dryRun)
        }
        var members: [String: JSON] = ["records": JSON(done.records), "others": JSON(done.others)]
        if let change = done.change {
            members["change"] = [
                "before": .array(change.before.map { ["value": .string($0.value), "records": JSON($0.records)] }),
                "after": change.after.map { .string($0) } ?? .null,
            ]
        }
        return try await call.replyOfDeletion(members)
    }

    /// What a dry run of a correction shows.
    private static let change = Schema.object([
        .required(
            "before",
            .array(.object([.required("value", .text("masked as schema.yaml says", 0...4096)), .required("records", Fields.count)]), count: 0...1_000_000)),
        .required("after", .nullable(.text("masked likewise; null: the field is taken out", 0...4096))),
    ])

    static let erase = Endpoint(
        method: .post, path: "/v1/subjects/{subject}/erase", id: "eraseSubject",
        summary: "Deletes a customer with their key (GDPR Art. 17; PIPL Art. 47).", action: "subject.erase", variables: [subject],
        content: .json(.object([.required("purpose", Fields.purpose), .required("reason", Fields.reason), Fields.dryRun])), reply: .json(Fields.done),
        statuses: [.notFound, .conflict]
    ) { call in
        let (subject, purpose, reason, dryRun) = (call.required("subject"), call.required("purpose"), call.required("reason"), call.flag("dry_run"))
        let records = try await call.work(.rights) { try $0.eraseSubject(subject, purpose: purpose, reason: reason, dryRun: dryRun).records }
        return try await call.replyOfDeletion(["records": JSON(records)])
    }

    static let certificate = Endpoint(
        method: .get, path: "/v1/subjects/{subject}/certificate", id: "erasureCertificate",
        summary: "Certifies that a customer was erased, with the proof that the log says so.", action: "subject.certificate", variables: [subject],
        query: [.init(name: "purpose", schema: Fields.purpose, isRequired: true)],
        reply: .text("text/plain; charset=utf-8", about: "signed note and tlog-proof"), statuses: [.notFound]
    ) { call in
        let (subject, purpose) = (call.required("subject"), call.required("purpose"))
        let text = try await call.work(.rights) { try $0.erasureCertificate(subject, purpose: purpose) }
        return try await call.reply("text/plain; charset=utf-8", ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static let restrict = Endpoint(
        method: .post, path: "/v1/subjects/{subject}/restrict", id: "restrictSubject",
        summary: "Keeps a customer's data but takes it out of use (GDPR Art. 18; PIPL Art. 44), or ends that.", action: "subject.restrict",
        variables: [subject],
        content: .json(
            .object([.required("purpose", Fields.purpose), .required("reason", Fields.reason), .optional("lift", .boolean(about: "ends the restriction"))])),
        reply: .json(Fields.done), statuses: [.notFound, .conflict]
    ) { call in
        let (subject, purpose, reason, lift) = (call.required("subject"), call.required("purpose"), call.required("reason"), call.flag("lift"))
        let records = try await call.work(.rights) { try $0.restrictSubject(subject, purpose: purpose, reason: reason, lift: lift).records }
        return try await call.reply(["records": JSON(records)])
    }

    static let hold = Endpoint(
        method: .post, path: "/v1/subjects/{subject}/hold", id: "holdSubject", summary: "Keeps a customer's data from erasure and retention.",
        action: "subject.hold", variables: [subject],
        content: .json(
            .object([
                .required("purpose", Fields.purpose), .required("reason", Fields.reason), .optional("ends", Fields.time),
            ])),
        reply: .json(holdReply), statuses: [.notFound, .conflict]
    ) { call in
        let (subject, purpose, reason, ends) = (call.required("subject"), call.required("purpose"), call.required("reason"), call.time("ends"))
        let hold = try await call.work { try $0.holdSubject(subject, purpose: purpose, reason: reason, ends: ends).hold }
        return try await call.reply(["hold": .integer(hold)])
    }

    private static let holdReply = Schema.object([.required("hold", Fields.count), .required("receipt", .reference("Receipt"))])

    static let holds = Endpoint(
        method: .get, path: "/v1/subjects/{subject}/holds", id: "listHolds", summary: "The holds that a customer is or was under, oldest first.",
        action: "subject.hold", variables: [subject], query: [.init(name: "purpose", schema: Fields.purpose, isRequired: true)],
        reply: .json(
            .object([
                .required(
                    "holds",
                    .array(
                        .object([
                            .required("number", Fields.count), .required("ground", .text("", 0...2000)), .required("by", .text("", 0...64)),
                            .required("set", Fields.time), .required("ends", .nullable(Fields.time)), .required("released", .nullable(Fields.time)),
                            .required("in_force", .boolean(about: "")),
                        ]), count: 0...100_000)),
                .required("receipt", .reference("Receipt")),
            ])), statuses: [.notFound]
    ) { call in
        let (subject, purpose) = (call.required("subject"), call.required("purpose"))
        let holds = try await call.work { try $0.holds(on: subject, purpose: purpose) }
        return try await call.reply([
            "holds": .array(
                holds.map { hold in
                    [
                        "number": .integer(hold.id), "ground": .string(hold.ground), "by": .string(hold.setBy), "set": JSON(hold.set),
                        "ends": hold.ends.map { JSON($0) } ?? .null, "released": hold.released.map { JSON($0) } ?? .null, "in_force": .boolean(hold.isInForce),
                    ]
                })
        ])
    }

    static let release = Endpoint(
        method: .post, path: "/v1/subjects/{subject}/release", id: "releaseSubject", summary: "Ends a legal hold.", action: "subject.release",
        variables: [subject],
        content: .json(
            .object([
                .required("purpose", Fields.purpose), .optional("reason", Fields.reason), .optional("hold", .integer(1...Int.max, about: "its number, where there are several")),
            ])),
        reply: .json(holdReply), statuses: [.notFound, .conflict]
    ) { call in
        let (subject, purpose, reason, hold) = (call.required("subject"), call.required("purpose"), call.text("reason"), call.number("hold"))
        let released = try await call.work { try $0.releaseSubject(subject, hold: hold.map(Int64.init), purpose: purpose, reason: reason).hold }
        return try await call.reply(["hold": .integer(released)])
    }

    static let caseSchema = Schema.object([
        .required("number", Fields.count), .required("kind", .choice(CaseKind.allCases.map(\.rawValue))), .required("subject", .text("")),
        .required("status", .choice(["open", "answered", "refused"])), .required("opened", Fields.time), .required("due", Fields.time),
        .required("closed", .nullable(Fields.time)), .required("overdue", .boolean(about: "")), .required("note", .text("", 0...2000)),
    ])

    static let cases = Endpoint(
        method: .get, path: "/v1/cases", id: "listCases", summary: "Customers' requests, the most urgent first.", action: "case.manage",
        query: [
            .init(name: "purpose", schema: Fields.purpose, isRequired: true), .init(name: "closed", schema: .boolean(about: "those that have ended as well")),
        ],
        reply: .json(.object([.required("cases", .array(caseSchema, count: 0...1_000_000)), .required("receipt", .reference("Receipt"))]))
    ) { call in
        let (purpose, closed) = (call.required("purpose"), call.flag("closed"))
        let cases = try await call.work { try $0.cases(purpose: purpose, closed: closed) }
        return try await call.reply(["cases": .array(cases.map(\.json))])
    }

    static let openCase = Endpoint(
        method: .post, path: "/v1/cases", id: "openCase", summary: "Opens a case; its deadline is the policy's.", action: "case.manage",
        content: .json(
            .object([
                .required("purpose", Fields.purpose), .required("subject", Fields.pseudonym),
                .required("kind", .choice(CaseKind.allCases.map(\.rawValue))), .optional("note", .text("without personal data", 1...2000)),
            ])),
        reply: .json(.object([.required("number", Fields.count), .required("due", Fields.time), .required("receipt", .reference("Receipt"))])),
        statuses: [.notFound]
    ) { call in
        let (purpose, subject, note) = (call.required("purpose"), call.required("subject"), call.text("note"))
        let kind = CaseKind(rawValue: call.required("kind"))!
        let opened = try await call.work { try $0.openCase(kind, of: subject, purpose: purpose, note: note) }
        return try await call.reply(["number": JSON(opened.id), "due": JSON(opened.due)])
    }

    static let closeCase = Endpoint(
        method: .post, path: "/v1/cases/{number}/close", id: "closeCase", summary: "Ends a case.", action: "case.manage", variables: [number],
        content: .json(
            .object([
                .required("purpose", Fields.purpose), .required("outcome", .choice(CaseOutcome.allCases.map(\.rawValue))),
                .required("note", .text("how it ended, without personal data", 1...2000)),
            ])),
        reply: .json(Fields.receipt), statuses: [.notFound]
    ) { call in
        let (number, purpose, note) = (Int64(call.number("number") ?? 0), call.required("purpose"), call.required("note"))
        let outcome = CaseOutcome(rawValue: call.required("outcome"))!
        _ = try await call.work { try $0.closeCase(number, as: outcome, purpose: purpose, note: note) }
        return try await call.reply([:])
    }

    static let approvalSchema = Schema.object([
        .required("number", Fields.count), .required("principal", .text("")), .required("role", .text("")), .required("purpose", .text("")),
        .required("record", .text("")), .required("field", .text("")), .required("reason", .text("", 0...2000)), .required("asked", Fields.time),
        .required("expires", Fields.time), .required("state", .choice(["pending", "granted", "denied", "used"])),
        .required("decided_by", .nullable(.text(""))),
    ])

    static let approvals = Endpoint(
        method: .get, path: "/v1/approvals", id: "listApprovals", summary: "What waits for a second principal, or was decided lately.",
        action: "approval.decide",
        reply: .json(.object([.required("approvals", .array(approvalSchema, count: 0...1_000_000)), .required("receipt", .reference("Receipt"))]))
    ) { call in
        let approvals = try await call.work { try $0.approvals() }
        return try await call.reply(["approvals": .array(approvals.map(\.json))])
    }

    static let decide = Endpoint(
        method: .post, path: "/v1/approvals/{number}/decision", id: "decideApproval", summary: "Grants or denies what another principal asks for.",
        action: "approval.decide", variables: [number],
        content: .json(.object([.required("decision", .choice(["grant", "deny"])), .optional("reason", Fields.reason)])), reply: .json(Fields.receipt),
        statuses: [.notFound]
    ) { call in
        let (number, grant, reason) = (Int64(call.number("number") ?? 0), call.required("decision") == "grant", call.text("reason"))
        _ = try await call.work { try $0.decideApproval(number, grant: grant, reason: reason) }
        return try await call.reply([:])
    }
}

extension SubjectCase {
    fileprivate var json: JSON {
        [
            "number": JSON(id), "kind": .string(kind), "subject": .string(subject), "status": .string(status), "opened": JSON(opened),
            "due": JSON(due), "closed": JSON(closed), "overdue": .boolean(isOverdue), "note": .string(note),
        ]
    }
}

extension Approval {
    fileprivate var json: JSON {
        [
            "number": JSON(id), "principal": .string(principal), "role": .string(role), "purpose": .string(purpose), "record": .string(record),
            "field": .string(field), "reason": .string(reason), "asked": JSON(asked), "expires": JSON(expires), "state": .string(state),
            "decided_by": JSON(decidedBy),
        ]
    }
}
