import Foundation
import RedactedAPI
import Sealing

@testable import VoCVault

/// What is persisted of queries: conditions, what a cursor is bound to, digests of questions.
extension Vectors {
    static func conditions() throws -> [Vector] {
        let texts = [
            "rating <= 2 and channel in ('hotline', 'app')", "text contains \"it's\" or not product is null", "not (a = 1 or b <> -2) and c between 2.5 and 1e-05",
            "occurred_at >= 2026-03-04T12:37:39.120+08:00 AND x not in (TRUE, false)", "day = 1969-12-31", "产品 = 'é''空调'", "a = 1 and (b = 2 and c = 3) or not not d = 4",
            "q = 'a'\u{301}b'", "n = 9223372036854775807 or n = -9223372036854775808", "n = 9007199254740993 and d = 9007199254740993.0",
            "d in (9007199254740992.0, 9007199254740994.0, -9007199254740994.0, 1e15, 1E16, 12345678901234567890.0, 1.7976931348623157e308)",
            "d in (0.00012, 0.0001, 0.00001, -0.0, 5e-324, 1., 123456789.125)",
        ]
        return try texts.map { text in
            let condition = try Condition(parsing: text)
            return ["text": text, "condition": tree(condition), "canonical": condition.description]
        }
    }

    private static func tree(_ condition: Condition) -> [Any] {
        switch condition {
        case .compare(let field, let comparison, let value): [comparison.rawValue, field, literal(value)]
        case .isIn(let field, let values): ["in", field, values.map(literal)]
        case .contains(let field, let words): ["contains", field, words]
        case .isNull(let field): ["null", field]
        case .and(let parts): ["and"] + parts.map(tree)
        case .or(let parts): ["or"] + parts.map(tree)
        case .not(let part): ["not", tree(part)]
        }
    }

    private static func literal(_ value: Value) -> Any {
        switch value {
        case .null: NSNull()
        case .text(let text): text
        case .integer(let integer): integer
        // As text, since JSON does not tell 1.0 from 1.
        case .decimal(let decimal): ["decimal": "\(decimal)"]
        case .boolean(let boolean): boolean
        case .time(let time): ["time": time.milliseconds]
        }
    }

    static func cursorPlaces() throws -> [Vector] {
        let queries = [
            Query(select: ["record", "text"], purpose: "insight"),
            Query(
                select: ["text", "record"], filter: try Condition(parsing: "产品='X5' or d=9007199254740994.0"), since: Timestamp(milliseconds: 1_772_592_000_000),
                until: Timestamp(milliseconds: 1_772_592_000_120), purpose: "follow-up"),
            Query(select: ["record"], until: Timestamp(milliseconds: -1), purpose: "insight"),
        ]
        return queries.map { query in
            var vector: Vector = [
                "principal": "zhao", "role": "analyst", "purpose": query.purpose, "select": query.select,
                "aad": hex(Cursor.place(query, principal: "zhao", role: "analyst")),
            ]
            vector["filter"] = query.filter?.description
            vector["since"] = query.since?.milliseconds
            vector["until"] = query.until?.milliseconds
            return vector
        }
    }

    /// Of questions that vaults up to format 4 remembered.
    static func askedDigests() throws -> [Vector] {
        let questions = [
            AggregateQuery(groupBy: [], measures: [.count], purpose: "insight"),
            AggregateQuery(
                groupBy: [.field("product"), .time("occurred_at", .day), .field("channel")], measures: [.average("rating")],
                filter: try Condition(parsing: "rating <= 2 and 产品 = 'X5'"),
                since: Timestamp(milliseconds: 1_772_592_000_000), until: Timestamp(milliseconds: 1_775_001_600_000), purpose: "insight"),
            AggregateQuery(groupBy: [.field("channel")], measures: [.count], since: Timestamp(milliseconds: -1), purpose: "insight"),
        ]
        return try questions.map { question in
            let (filter, since, until) = (question.filter?.description, question.since?.milliseconds, question.until?.milliseconds)
            let groupBy = question.groupBy.map(\.name).sorted()
            let identity = Array("\(filter ?? "")\u{0}\(since ?? .min)\u{0}\(until ?? .max)\u{0}\(groupBy.joined(separator: ","))".utf8)
            var vector: Vector = ["key": hex(bytes(0x20)), "groupBy": groupBy, "digest": hex(try MACSession(key: secret(0x20)).tag(identity.span))]
            vector["filter"] = filter
            vector["since"] = since
            vector["until"] = until
            return vector
        }
    }
}
