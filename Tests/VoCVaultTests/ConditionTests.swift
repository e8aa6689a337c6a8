import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// SplitMix64 (Steele, Lea, Flood 2014): the same conditions in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A vault with fields of every type, and rows in which each is there, absent or odd.
struct ConditionVault {
    static let kinds: [String: ConditionEvaluator.Kind] = [
        "record": .pseudonym, "subject": .pseudonym, "source": .text, "channel": .text, "occurred_at": .time, "text": .redactedText, "birth_date": .text,
        "product": .text, "rating": .integer, "note": .text, "amount": .decimal, "big": .integer, "again": .boolean, "bought_on": .date,
        "member_since": .year, "topic": .labels, "urgency": .labels, "sentiment": .text,
    ]
    static let fields = kinds.keys.sorted()

    let vault: TestVault
    let analyst: Session
    /// As the analyst sees them.
    let rows: [[String: Value]]

    static func edit(_ name: String, _ shipped: String) -> String {
        let text = TestVault.openRows(name, shipped)
        return switch name {
        case "schema.yaml":
            text.replacing(
                "  language:    {path: attributes.language, class: plain}\n",
                with: """
                      language:    {path: attributes.language, class: plain}
                      note:        {path: attributes.note, class: plain}
                      amount:      {path: attributes.amount, class: plain, type: decimal}
                      big:         {path: attributes.big, class: plain, type: integer}
                      again:       {path: attributes.again, class: plain, type: boolean}
                      bought_on:   {path: attributes.bought_on, class: plain, type: date}
                      member_since: {path: customer.member_since, class: quasi, type: date, generalize: year}

                    """)
        case "roles.yaml":
            text.replacing(
                "          language: reveal\n",
                with: "          language: reveal\n          note: reveal\n          amount: reveal\n          big: reveal\n          again: reveal\n          bought_on: reveal\n          member_since: generalize\n",
                maxReplacements: 1
            )
            .replacing("        minimum_group: 5\n", with: "        minimum_group: 1\n        disclosure: {extremes: true}\n", maxReplacements: 1)
            .replacing("quotas: {rows: 200000}", with: "quotas: {rows: 100000000}")
        default: text
        }
    }

    init(onFiles: Bool, records: Int = 60) throws {
        vault = try TestVault(onFiles: onFiles, edit: Self.edit)
        var random = SeededGenerator(state: 4)
        func pick<T>(_ values: [T]) -> T? { Int.random(in: 0..<4, using: &random) == 0 ? nil : values.randomElement(using: &random) }
        try vault.ingest(
            (0..<records).map { number in
                var (customer, attributes): ([String: String], [String: Any]) = (["id": "C\(number % 12)"], [:])
                customer["birth_date"] = pick(["1960-05-01", "1984-02-29", "2001-01-01"])
                customer["member_since"] = pick(["1984-05-01", "1990-12-31", "2024-01-01"])
                attributes["product"] = pick(["X5", "Mini", "x5"])
                attributes["note"] = pick(["é", "e\u{301}", "Zebra", "zebra", "10", "9", "O'Brien", "true", "空调", "a b"])
                attributes["rating"] = pick([1, 2, 3, 4, 5])
                attributes["big"] = pick([Int64.max, .min, 0, 1 << 53, 1 << 53 + 1, -7])
                attributes["amount"] = pick([0.1, 2.5, -1.25, 3, 1e300, 9_007_199_254_740_992])
                attributes["again"] = pick([true, false])
                attributes["bought_on"] = pick(["2026-03-04", "2026-03-05", "2026-03-04T10:00:00+08:00", "2026-03-04T10:00:00Z", "2025-12-31"])
                return line(
                    id: "\(number)", customer: customer, attributes: attributes, text: pick(["空调坏了", "the FAN is whistling", "很好"]) ?? "",
                    channel: ["hotline", "app", "10"].randomElement(using: &random)!,
                    at: ["2026-03-04", "2026-03-04T12:37:39+08:00", "2026-03-04T04:37:39.250Z", "2025-12-31T23:59:59Z"].randomElement(using: &random)!)
            })
        analyst = try vault.session("analyst")
        let names = try analyst.page(Query(select: ["record"], purpose: "insight")).rows.map { $0[0].description }
        _ = try vault.session("classification").annotate(
            names.flatMap { name in
                [
                    Annotation(record: name, module: "topic", labels: ["delivery": 1, "price": 1, "noise": 1].filter { _ in Bool.random(using: &random) }),
                    Annotation(record: name, module: "urgency", labels: ["safety": 1, "legal": 1].filter { _ in Bool.random(using: &random) }),
                    Annotation(record: name, module: "sentiment", labels: pick(["negative", "neutral", "positive"]).map { [$0: 1] } ?? [:]),
                ]
            }, purpose: "insight")
        rows = try analyst.page(Query(select: Self.fields, purpose: "insight")).rows.map { row in
            Dictionary(uniqueKeysWithValues: zip(Self.fields, row))
        }
    }

    /// Records of which the store says that they fulfil it.
    func records(_ condition: Condition) throws -> Set<Value> {
        Set(try analyst.page(Query(select: ["record"], filter: condition, purpose: "insight")).rows.map { $0[0] })
    }

    func records(as evaluator: ConditionEvaluator, _ condition: Condition) -> Set<Value> {
        Set(rows.filter { evaluator(condition, $0) == true }.map { $0["record"]! })
    }
}

/// Draws conditions whose literals fit their fields.
struct ConditionGenerator {
    var random: SeededGenerator
    /// Pseudonyms that are there.
    let pseudonyms: [String: [Value]]
    let fields: [String]

    mutating func condition(_ depth: Int) -> Condition {
        switch depth == 0 ? 9 : Int.random(in: 0..<10, using: &random) {
        case 0, 1: .not(condition(depth - 1))
        case 2, 3, 4: .and((0..<Int.random(in: 2...3, using: &random)).map { _ in condition(depth - 1) })
        case 5, 6, 7: .or((0..<Int.random(in: 2...3, using: &random)).map { _ in condition(depth - 1) })
        default: leaf()
        }
    }

    private mutating func leaf() -> Condition {
        let field = fields.randomElement(using: &random)!
        let kind = ConditionVault.kinds[field]!
        if kind == .redactedText { return .contains(field: field, ["空调", "WHISTLING", "fan", "'", "nothing of it"].randomElement(using: &random)!) }
        switch Int.random(in: 0..<8, using: &random) {
        case 0 where kind != .pseudonym: return .isNull(field: field)
        case 1, 2: return .isIn(field: field, (0..<Int.random(in: 1...4, using: &random)).map { _ in literal(field, kind) })
        default:
            let all: [Condition.Comparison] = [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual]
            let hasOrder = ![.pseudonym, .labels, .boolean].contains(kind)
            return .compare(field: field, all.prefix(hasOrder ? 6 : 2).randomElement(using: &random)!, literal(field, kind))
        }
    }

    private mutating func literal(_ field: String, _ kind: ConditionEvaluator.Kind) -> Value {
        let values: [Value] =
            switch kind {
            case .integer:
                [.integer(2), .integer(3), .integer(-7), .integer(.max), .integer(.min), .integer(1 << 53 + 1)]
                    + [2.5, 3, -0.5, 1e300, -1e300, 0x1p63, -0x1p63, 0x1p53].map { .decimal($0) }
            case .decimal: [.integer(3), .integer(0), .integer(1 << 53 + 1), .decimal(0.1), .decimal(2.5), .decimal(-1.25), .decimal(1e300)]
            case .boolean: [.boolean(true), .boolean(false)]
            case .date:
                [.time(Timestamp("2026-03-04")!), .time(Timestamp("2026-03-04T10:00:00Z")!), .text("2026-03-05"), .text("2026-03-04T10:00:00+08:00")]
            case .year: [.text("1984"), .integer(1990), .text("2"), .integer(2024)]
            case .time: [.time(Timestamp("2026-03-04")!), .time(Timestamp("2026-03-04T04:37:39.25Z")!), .text("2026-03-04T12:37:39+08:00"), .text("2026-01-01")]
            case .labels: ["delivery", "price", "noise", "safety", "deliver", "delivery noise", ""].map { .text($0) }
            case .pseudonym: pseudonyms[field]!.shuffled(using: &random).prefix(6) + [.text("s_0"), .text("nobody")]
            case .text, .redactedText:
                ["X5", "x5", "Mini", "é", "e\u{301}", "Zebra", "zebra", "10", "9", "O'Brien", "true", "空调", "a b", "", "60-69", "hotline", "negative"].map { .text($0) }
            }
        return values.randomElement(using: &random)!
    }
}

/// The same rows from SQLite, from PostgreSQL where there is one, and from an evaluator of a page of Swift.
@Suite("Conditions against an evaluator")
struct ConditionTests {
    private static let places = TestServer.isThere ? [true, false] : [true]

    private func generator(_ vault: ConditionVault, seed: UInt64, among fields: [String] = ConditionVault.fields) -> ConditionGenerator {
        let pseudonyms = ["record", "subject"].map { field in (field, Array(Set(vault.rows.map { $0[field]! })).sorted { $0.description < $1.description }) }
        return ConditionGenerator(random: SeededGenerator(state: seed), pseudonyms: Dictionary(uniqueKeysWithValues: pseudonyms), fields: fields)
    }

    @Test("3,000 conditions take the rows that the evaluator takes", arguments: places)
    func conditions(onFiles: Bool) throws {
        let vault = try ConditionVault(onFiles: onFiles)
        let evaluator = ConditionEvaluator(kinds: ConditionVault.kinds)
        #expect(vault.rows.count == 60)
        for (field, kind) in ConditionVault.kinds where ![.pseudonym, .redactedText].contains(kind) && !["source", "channel", "occurred_at"].contains(field) {
            #expect(vault.rows.contains { $0[field] == .null } && vault.rows.contains { $0[field] != .null }, "\(field)")
        }
        var generator = generator(vault, seed: 13)
        var taken = 0
        for number in 0..<3000 {
            let condition = generator.condition(number % 5)
            #expect(try Condition(parsing: condition.description) == condition)
            let (rows, expected) = (try vault.records(condition), vault.records(as: evaluator, condition))
            #expect(rows == expected, "\(condition)")
            taken += expected.count
            // Nothing is in both a condition and its contrary, whatever is unknown.
            if number % 4 == 0 { #expect(try vault.records(.not(condition)) == vault.records(as: evaluator, .not(condition)), "not \(condition)") }
            if number % 10 == 0 {
                let figure = try vault.analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], filter: condition, purpose: "insight")).rows
                #expect(figure.first?[0] ?? .integer(0) == .integer(Int64(expected.count)), "\(condition)")
            }
        }
        // Conditions that take all or nothing would prove little.
        #expect((30_000...150_000).contains(taken))
    }

    @Test("a policy's own conditions likewise", arguments: places)
    func rowFilters(onFiles: Bool) throws {
        let vault = try ConditionVault(onFiles: onFiles)
        let evaluator = ConditionEvaluator(kinds: ConditionVault.kinds)
        let plain = ConditionVault.fields.filter { !["record", "subject", "text", "birth_date", "member_since"].contains($0) }
        var generator = generator(vault, seed: 14, among: plain)
        let roles = vault.vault.folder.appendingPathComponent("policies/roles.yaml")
        let text = try String(contentsOf: roles, encoding: .utf8)
        let token = try vault.vault.token("analyst")
        for number in 0..<25 {
            let condition = generator.condition(number % 4)
            let expression = String(decoding: try JSONEncoder().encode(condition.description), as: UTF8.self)
            try text.replacing("        page: 1000\n", with: "        page: 1000\n        rows: \(expression)\n", maxReplacements: 1).write(to: roles, atomically: true, encoding: .utf8)
            let analyst = try vault.vault.vault.reloadingPolicies().session(token: token)
            let rows = try analyst.page(Query(select: ["record"], purpose: "insight")).rows
            #expect(Set(rows.map { $0[0] }) == vault.records(as: evaluator, condition), "\(condition)")
        }
    }
}
