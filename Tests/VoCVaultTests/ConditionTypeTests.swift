import Foundation
import Policy
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// Literals that do not fit, and where they could come from.
@Suite("Types of conditions")
struct ConditionTypeTests {
    private static let wrong: [(String, String)] = [
        ("rating <= 'two'", "'rating' is a whole number and cannot be compared with text"), ("rating = '2'", "'rating' is a whole number"),
        ("rating > true", "'rating' is a whole number and cannot be compared with true or false"), ("rating < 2026-03-04", "with a date or time"),
        ("rating in (1, 'two')", "'rating' is a whole number"), ("rating not in ('two')", "'rating' is a whole number"), ("rating between 1 and 'z'", "'rating' is a whole number"),
        ("amount >= 'x'", "'amount' is a number"), ("big != 'x'", "'big' is a whole number"),
        ("product = 5", "'product' is text and cannot be compared with a whole number; write text in quotes"), ("product < 5.5", "a decimal number"),
        ("product != true", "'product' is text"), ("note >= 2026-03-04", "'note' is text"), ("channel = 1", "'channel' is text"),
        ("again = 1", "'again' is true or false and cannot be compared with a whole number"), ("again = 'true'", "'again' is true or false"),
        ("again < true", "'again' is true or false and has no order"), ("bought_on > 5", "'bought_on' is a date and cannot be compared with a whole number"),
        ("bought_on = 'soon'", "text that is not a date"), ("bought_on = '2026-02-30'", "text that is not a date"), ("birth_date >= 1960", "'birth_date' is text"),
        ("member_since > 19.5", "'member_since' is a year"), ("member_since = 2024-01-01", "'member_since' is a year"),
        ("occurred_at >= 2026", "'occurred_at' is a time and cannot be compared with a whole number"), ("occurred_at < true", "'occurred_at' is a time"),
        ("occurred_at != 'yesterday'", "text that is not a date"), ("topic = 1", "'topic' is a set of labels"), ("topic < 'price'", "'topic' is a set of labels and has no order"),
        ("urgency in ('legal', 2)", "'urgency' is a set of labels"), ("sentiment = 0", "'sentiment' is text"), ("subject = 5", "'subject' is a pseudonym"),
        ("record in ('r_0', 5)", "'record' is a pseudonym"), ("subject > 's_0'", "have no order"), ("note = 'a\u{0}b'", "text with a NUL"),
    ]

    private func vault() throws -> TestVault {
        let vault = try TestVault(edit: ConditionVault.edit)
        try vault.ingest((0..<6).map { line(id: "\($0)", customer: ["id": "C\($0)"], attributes: ["product": "X5", "rating": $0 % 5 + 1, "again": true]) })
        return vault
    }

    private func message(_ body: () throws -> some Any) -> String {
        do { _ = try body() } catch VaultError.invalid(let message) { return message } catch { return "another error: \(error)" }
        return "nothing was wrong"
    }

    @Test("a query with a literal of another type is refused: its field, the field's type, what was given, and never the literal", arguments: ["page", "figures"])
    func queries(kind: String) throws {
        let analyst = try vault().session("analyst")
        for (text, expected) in Self.wrong {
            for text in [text, "not (\(text))", "rating >= 1 or \(text)", "product = 'X5' and (\(text))"] {
                let filter = try Condition(parsing: text)
                let found = message {
                    if kind == "page" { return try analyst.page(Query(select: ["record"], filter: filter, purpose: "insight")).rows.count }
                    return try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], filter: filter, purpose: "insight")).rows.count
                }
                #expect(found.contains(expected) && !found.contains("two") && !found.contains("yesterday"), "\(text): \(found)")
            }
        }
    }

    @Test("what the language has no words for is refused as well")
    func values() throws {
        let analyst = try vault().session("analyst")
        let deep = (0...Condition.maximumDepth).reduce(Condition.isNull(field: "rating")) { condition, _ in .not(condition) }
        let filters: [Condition] = [
            .compare(field: "rating", .notEqual, .null), .isIn(field: "rating", []), .not(.isIn(field: "product", [])), .isIn(field: "subject", []),
            .compare(field: "amount", .less, .decimal(.infinity)), .compare(field: "amount", .less, .decimal(.nan)), .contains(field: "text", ""),
            .isIn(field: "rating", [.integer(1), .null]), deep,
        ]
        for filter in filters {
            #expect(throws: VaultError.self) { try analyst.page(Query(select: ["record"], filter: filter, purpose: "insight")) }
            #expect(throws: VaultError.self) { try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], filter: filter, purpose: "insight")) }
        }
    }

    @Test("a row filter of the wrong type is named at its line, and no vault opens with it", arguments: [
        ("rating <= 'two'", "'rating' is a whole number and cannot be compared with text"), ("not (rating <= 'two')", "'rating' is a whole number"),
        ("product = 5 or again = 1", "'product' is text"), ("channel contains 'x'", "it looks for words in 'channel'"), ("ratng <= 2", "'ratng', which is not a plain field (did you mean 'rating'?)"),
        ("phone = '1'", "'phone', which is not a plain field"), ("rating <=", "expression, character 10"), ("topic > 'a'", "has no order"), ("rating <= 99999999999999999999", "64 bits"),
    ])
    func rowFilters(rows: String, expected: String) throws {
        let vault = try vault()
        let file = vault.folder.appendingPathComponent("policies/roles.yaml")
        let text = try String(contentsOf: file, encoding: .utf8).replacing("        page: 1000\n", with: "        rows: \"\(rows)\"\n        page: 1000\n", maxReplacements: 1)
        try text.write(to: file, atomically: true, encoding: .utf8)
        let number = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix("        rows:") }! + 1
        let error = #expect(throws: PolicyError.self) { try PolicyCheck.requireValidExpressions(PolicySet.load(from: vault.location.policies)) }
        let problem = try #require(error?.problems.first)
        #expect(problem.line == number && problem.file.hasSuffix("roles.yaml") && problem.message.hasPrefix("row filter of analyst/insight: ") && problem.message.contains(expected), "\(problem)")
        #expect(throws: PolicyError.self) { try vault.vault.reloadingPolicies() }
        #expect(throws: PolicyError.self) { try Vault.open(at: vault.location) }
    }

    @Test("a grant's rows hold for what it reveals and labels")
    func otherActions() throws {
        let vault = try TestVault { name, text in
            name != "roles.yaml" ? text : text
                .replacing("      - name: call-back\n", with: "      - name: call-back\n        rows: channel = 'hotline' and not (rating > 2)\n")
                .replacing("      - name: coding\n", with: "      - name: coding\n        rows: channel = 'hotline'\n")
        }
        try vault.ingest([
            line(id: "1", customer: ["id": "C1", "phone": "13800138001"], attributes: ["rating": 1]),
            line(id: "2", customer: ["id": "C2", "phone": "13800138002"], attributes: ["rating": 1], channel: "app"),
            line(id: "3", customer: ["id": "C3", "phone": "13800138003"], attributes: ["rating": 3]),
            line(id: "4", customer: ["id": "C4", "phone": "13800138004"], attributes: [:]),
        ])
        let agent = try vault.session("agent")
        var revealed: [String] = []
        for row in try agent.page(Query(select: ["record"], purpose: "follow-up")).rows {
            do { _ = try agent.reveal(record: row[0].description, field: "phone", purpose: "follow-up", reason: "call back") { revealed.append($0) } } catch {
                #expect(error as? VaultError == .notFound("the record"))
            }
        }
        #expect(revealed == ["13800138001"])
        let (coder, analyst) = (try vault.session("classification"), try vault.session("analyst"))
        let all = try analyst.page(Query(select: ["record", "channel"], purpose: "insight")).rows
        #expect(try coder.annotate(all.map { Annotation(record: $0[0].description, module: "topic", labels: ["noise": 1]) }, purpose: "insight") == 3)
        #expect(try analyst.page(Query(select: ["channel"], filter: .isNull(field: "topic"), purpose: "insight")).rows == [[.text("app")]])
    }

    @Test("a task's filter is typed when it is proposed, and can be read again")
    func tasks() throws {
        let vault = try vault()
        let analyst = try vault.session("analyst")
        _ = try vault.session("improver", named: "chen")
        let due = Timestamp("2027-01-31T00:00:00Z")!
        func propose(_ filter: Condition) throws -> Int64 { try analyst.proposeTask(title: "x", about: filter, owner: "chen", due: due, expected: "").id }
        #expect(message { try propose(.compare(field: "rating", .lessOrEqual, .text("two"))) }.contains("'rating' is a whole number"))
        // Its description would be of the year 10000, which nothing reads.
        #expect(message { try propose(Condition(parsing: "occurred_at < 9999-12-31T23:59:59-10:00")) }.contains("cannot express"))
        _ = try propose(Condition(parsing: String(repeating: "not ", count: Condition.maximumDepth) + "(rating = 1)"))
        #expect(try analyst.improvementTasks().count == 1)
    }

    @Test("the largest and smallest are of their field's type")
    func extremes() throws {
        let vault = try ConditionVault(onFiles: false)
        let fields = ["again", "bought_on", "amount", "big", "occurred_at"]
        let table = try vault.analyst.aggregate(AggregateQuery(groupBy: [], measures: fields.flatMap { [.minimum($0), .maximum($0)] }, purpose: "insight"))
        for (index, field) in fields.enumerated() {
            let present = vault.rows.map { $0[field]! }.filter { $0 != .null }
            for extreme in table.rows[0][index * 2...index * 2 + 1] { #expect(present.contains(extreme), "\(field)") }
        }
    }

    private static func withFlag(_ type: String) -> (String, String) -> String {
        { name, text in
            switch name {
            case "schema.yaml": text.replacing("  language:    {path", with: "  again: {path: attributes.again, class: plain, type: \(type)}\n  language:    {path")
            case "roles.yaml": text.replacing("          language: reveal\n", with: "          language: reveal\n          again: reveal\n", maxReplacements: 1)
            default: text
            }
        }
    }

    @Test("texts that Unicode calls equal and that differ in bytes are two questions")
    func canonicalEquivalence() throws {
        let vault = try vault()
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        try vault.ingest((10..<20).map { line(id: "\($0)", customer: ["id": "D\($0)"], attributes: ["note": $0 < 13 ? composed : decomposed]) })
        let analyst = try vault.session("analyst")
        func count(_ text: String) throws -> Int { try analyst.page(Query(select: ["record"], filter: .compare(field: "note", .equal, .text(text)), purpose: "insight")).rows.count }
        // The second is not the page that was kept for the first.
        #expect(try count(composed) == 3)
        #expect(try count(decomposed) == 7)
    }

    @Test("a schema that makes text of a column of numbers, or the other way round, is refused with its line", arguments: [
        ("rating:      {path: attributes.rating, class: plain, type: integer, bounds: {min: 1, max: 5}}", "rating:      {path: attributes.rating, class: plain}", "'rating' is text now"),
        ("product:     {path: attributes.product, class: plain}", "product:     {path: attributes.product, class: plain, type: decimal}", "'product' is a number now"),
    ])
    func otherColumns(old: String, new: String, expected: String) throws {
        let vault = try vault()
        let file = vault.folder.appendingPathComponent("policies/schema.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains(old))
        try text.replacing(old, with: new).write(to: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: PolicyError.self) { try vault.vault.reloadingPolicies() }
        #expect(error?.problems.count == 1 && error?.problems[0].message.contains(expected) == true && (error?.problems[0].line ?? 0) > 0)
        #expect(throws: PolicyError.self) { try Vault.open(at: vault.location) }
    }
}
