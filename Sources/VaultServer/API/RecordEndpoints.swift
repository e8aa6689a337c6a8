import Foundation
import HTTPTypes
import Hummingbird
import Policy
import RedactedAPI
import Sealing
import StrictJSON
import VoCVault

/// Bringing records in, and seeing one.
enum RecordEndpoints {
    static let all = [ingest, show, reveal, lookup, annotate]

    static let ingest = Endpoint(
        method: .post, path: "/v1/records", id: "ingestRecords",
        summary: "Takes in records: one JSON object a line, or CSV. Bad lines never stop the good ones; the answer tells what became of each.",
        action: "ingest",
        query: [
            .init(name: "source", schema: .text("names the feed; (source, id) is stored once", 1...64), isRequired: true),
            .init(name: "timezone", schema: .text("where times without an offset were written, such as Asia/Tokyo; schema.yaml's when not given", 1...64)),
        ],
        content: .stream(["application/x-ndjson", "text/csv"], about: "records as DESIGN has them"),
        reply: .text("application/x-ndjson", about: "an object for each run of lines, and a summary at the end"),
        statuses: [.conflict, .contentTooLarge, .unsupportedMediaType, .unprocessableContent, .requestTimeout]
    ) { call in try await Uploads.take(call) }

    private static let record = Endpoint.Parameter(name: "record", schema: .text("pseudonym of a record under the purpose", 3...64), isRequired: true)

    static let show = Endpoint(
        method: .get, path: "/v1/records/{record}", id: "getRecord", summary: "One record, redacted.", action: "query",
        variables: [record],
        query: [
            .init(name: "purpose", schema: Fields.purpose, isRequired: true),
            .init(name: "select", schema: .array(Fields.field, count: 1...20)),
        ], reply: .json(Fields.rows), statuses: [.notFound]
    ) { call in
        let query = Query(
            select: call.texts("select") ?? ["record", "occurred_at", "channel", "text"],
            filter: .compare(field: "record", .equal, .text(call.required("record"))), limit: 1, purpose: call.required("purpose"))
        let page = try await call.work { try $0.page(query) }
        guard !page.rows.isEmpty else { throw VaultError.notFound("the record") }
        return try await call.reply(["columns": JSON(page.columns), "rows": JSON(rows: page.rows)])
    }

    static let reveal = Endpoint(
        method: .post, path: "/v1/records/{record}/reveal", id: "revealField",
        summary: "One field of one record in plain. The audit entry is durable before the value leaves.", action: "reveal", variables: [record],
        content: .json(
            .object([
                .required("field", Fields.field), .required("purpose", Fields.purpose), .required("reason", Fields.reason),
                .optional("break_glass", .boolean(about: "do not wait for the second principal; raises an alert")),
            ])),
        reply: .json(.object([.required("value", .text("", 0...20_000_000)), .required("receipt", Receipt.schema)])), statuses: [.notFound]
    ) { call in
        let (record, field, purpose, reason) = (call.required("record"), call.required("field"), call.required("purpose"), call.required("reason"))
        let breakGlass = call.flag("break_glass")
        let value = try await call.work { session in
            var value = ""
            _ = try session.reveal(record: record, field: field, purpose: purpose, reason: reason, breakGlass: breakGlass) { value = $0 }
            return value
        }
        return try await call.reply(["value": .string(value)])
    }

    static let lookup = Endpoint(
        method: .post, path: "/v1/lookup", id: "lookup", summary: "Customers with an exact value, found without opening anything.", action: "lookup",
        content: .json(
            .object([
                .required("field", Fields.field), .required("value", .text("what to look up; never in the path or query")),
                .optional("purpose", Fields.purpose),
            ])),
        reply: .json(.object([.required("subjects", .array(.text(""), count: 0...1_000_000)), .required("receipt", Receipt.schema)]))
    ) { call in
        let (field, value, purpose) = (call.required("field"), call.required("value"), call.text("purpose"))
        let subjects = try await call.work { try $0.lookup(field: field, value: value, purpose: purpose).subjects }
        return try await call.reply(["subjects": JSON(subjects)])
    }

    static let annotate = Endpoint(
        method: .post, path: "/v1/annotations", id: "annotate", summary: "Labels that a module gives to records: all or none.", action: "annotate",
        content: .json(
            .object([
                .required("purpose", Fields.purpose),
                .required(
                    "annotations",
                    .array(
                        .object([
                            .required("record", .text("pseudonym")), .required("module", .choice(BuiltinField.allCases.filter(\.isAnnotation).map(\.rawValue))),
                            .required("labels", .map(.number(0...1))),
                        ]), count: 1...1000)),
            ])),
        reply: .json(.object([.required("records", Fields.count), .required("receipt", Receipt.schema)])), statuses: [.notFound]
    ) { call in
        let purpose = call.required("purpose")
        let annotations = (call.content["annotations"]?.array ?? []).map { item in
            Annotation(
                record: item["record"]?.string ?? "", module: item["module"]?.string ?? "",
                labels: (item["labels"]?.object ?? [:]).compactMapValues(\.number))
        }
        let records = try await call.work { try $0.annotate(annotations, purpose: purpose) }
        return try await call.reply(["records": JSON(records)])
    }
}
