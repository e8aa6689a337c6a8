import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Redacted query")
struct QueryTests {
    private func vault(edit: (String, String) -> String = TestVault.openRows) throws -> TestVault {
        let vault = try TestVault(edit: edit)
        var lines: [String] = []
        for number in 0..<60 {
            lines.append(
                line(
                    id: "\(number)",
                    customer: [
                        "id": "C\(number % 20)", "name": "欧阳娜", "phone": "1380013\(8000 + number % 20)",
                        "birth_date": "\(1960 + number % 20)-05-01", "address": "广东省深圳市南山区科技园路\(number)号",
                    ],
                    attributes: ["product": number < 54 ? "X5" : "Mini", "region": "广东", "rating": number % 5 + 1],
                    text: number % 3 == 0 ? "空调坏了,我是欧阳娜" : "很好",
                    channel: number % 2 == 0 ? "hotline" : "app",
                    at: "2026-0\(1 + number % 3)-15T10:00:00+08:00"))
        }
        try vault.ingest(lines)
        return vault
    }

    private func rows(
        _ vault: TestVault, _ select: [String], where filter: String? = nil, role: String = "analyst", purpose: String = "insight"
    ) throws -> [[Value]] {
        let query = Query(select: select, filter: try filter.map { try Condition(parsing: $0) }, purpose: purpose)
        return try vault.session(role).page(query).rows
    }

    @Test("filters select what they say", arguments: [
        ("rating <= 2", 24), ("rating != 1", 48), ("channel in ('app')", 30), ("channel = 'app' or rating = 5", 36),
        ("not (product = 'X5')", 6), ("text contains '空调'", 20), ("text contains 'KONGTIAO'", 0), ("occurred_at >= 2026-02-01", 40),
        ("occurred_at between 2026-01-01 and 2026-01-31", 20), ("region is null", 0), ("store is null", 60),
        ("birth_date = '60-69'", 18), ("address = '广东省深圳市' and rating = 3", 12), ("text contains '欧阳娜'", 0),
    ])
    func filters(filter: String, count: Int) throws {
        #expect(try rows(vault(), ["record"], where: filter).count == count)
    }

    @Test("since is inclusive, until is not")
    func timeRange() throws {
        let vault = try vault()
        let (start, end) = (Timestamp("2026-02-15T02:00:00Z")!, Timestamp("2026-03-15T02:00:00Z")!)
        let page = try vault.session("analyst").page(Query(select: ["occurred_at"], since: start, until: end, purpose: "insight"))
        #expect(page.rows.count == 20 && page.rows.allSatisfy { $0 == [.time(start)] })
    }

    @Test("pages go through all rows once, newest first, and a cursor goes with its query and principal only")
    func paging() throws {
        let vault = try vault()
        let analyst = try vault.session("analyst", named: "lin")
        var query = Query(select: ["record", "occurred_at"], limit: 7, purpose: "insight")
        var seen: [[Value]] = []
        repeat {
            let page = try analyst.page(query)
            seen += page.rows
            query.cursor = page.nextCursor
        } while query.cursor != nil
        #expect(Set(seen.map { $0[0] }).count == 60 && seen.count == 60)
        query.cursor = try analyst.page(query).nextCursor
        let cursor = try #require(query.cursor)
        #expect(throws: VaultError.invalid("the cursor does not belong to this query")) {
            try vault.session("analyst", named: "wu").page(query)
        }
        var other = query
        other.filter = try Condition(parsing: "rating = 1")
        #expect(throws: VaultError.invalid("the cursor does not belong to this query")) { try analyst.page(other) }
        for index in cursor.indices {
            var forged = query
            forged.cursor = cursor.replacingCharacters(in: index...index, with: cursor[index] == "A" ? "B" : "A")
            if forged.cursor != cursor, Data(base64Encoded: forged.cursor!.replacing("-", with: "+").replacing("_", with: "/")) != Data(base64Encoded: cursor.replacing("-", with: "+").replacing("_", with: "/")) {
                #expect(throws: VaultError.self) { try analyst.page(forged) }
            }
        }
    }

    @Test("pseudonyms are stable within a purpose and unlinkable across")
    func pseudonyms() throws {
        let vault = try vault()
        let insight = try rows(vault, ["subject", "record"])
        #expect(try rows(vault, ["subject", "record"]) == insight)
        #expect(Set(insight.map { $0[0] }).count == 20)
        let followUp = try rows(vault, ["subject", "record"], role: "agent", purpose: "follow-up")
        #expect(followUp.count == 60)
        #expect(Set(insight.flatMap { $0 }).isDisjoint(with: followUp.flatMap { $0 }))
        let name = insight[0][0].description
        #expect(try rows(vault, ["record"], where: "subject = '\(name)'").count == 3)
        #expect(try rows(vault, ["record"], where: "subject = '\(followUp[0][0])'").count == 0)
        let record = insight[0][1].description
        #expect(try rows(vault, ["record"], where: "record = '\(record)'") == [[insight[0][1]]])
        #expect(try rows(vault, ["record"], where: "subject = 's_\(record.dropFirst(2))'").isEmpty)
    }

    @Test("treatments: mask, coarse values, redacted text, suppressed columns")
    func treatments() throws {
        let vault = try vault()
        let agent = try rows(vault, ["name", "phone", "rating"], where: "rating = 1", role: "agent", purpose: "follow-up")
        #expect(agent.allSatisfy { $0[0] == .text("欧**") })
        #expect(agent.allSatisfy { $0[1].description.hasPrefix("138****80") })
        let analyst = try rows(vault, ["birth_date", "address", "received_at", "text"])
        #expect(Set(analyst.map { $0[0] }) == [.text("60-69"), .text("50-59"), .text("40-49")])
        #expect(Set(analyst.map { $0[1] }) == [.text("广东省深圳市")])
        #expect(Set(analyst.map { $0[2] }) == [.null])
        #expect(Set(analyst.map { $0[3] }) == [.text("空调坏了,我是[NAME]"), .text("很好")])
    }

    private func table(_ vault: TestVault, _ groups: [String], _ measures: [String], where filter: String? = nil) throws -> AggregateTable {
        try vault.session("analyst").aggregate(
            AggregateQuery(
                groupBy: groups.map { GroupKey($0) }, measures: measures.map { Measure($0)! },
                filter: try filter.map { try Condition(parsing: $0) }, purpose: "insight"))
    }

    @Test("figures are right, also over a search in sealed text")
    func figures() throws {
        let vault = try vault { name, text in
            name == "roles.yaml" ? text.replacing("        minimum_group: 5\n", with: "        minimum_group: 5\n        disclosure: {extremes: true}\n") : text
        }
        let byChannel = try table(vault, ["channel"], ["count", "avg(rating)", "min(rating)", "max(rating)", "distinct(subject)"])
        #expect(byChannel.columns == ["channel", "count", "avg(rating)", "min(rating)", "max(rating)", "distinct(subject)"])
        #expect(byChannel.rows == [
            [.text("app"), .integer(30), .decimal(3), .integer(1), .integer(5), .integer(10)],
            [.text("hotline"), .integer(30), .decimal(3), .integer(1), .integer(5), .integer(10)],
        ])
        #expect(try table(vault, ["month(occurred_at)"], ["count"]).rows.map { $0[0] } == [.text("2026-01"), .text("2026-02"), .text("2026-03")])
        #expect(try table(vault, [], ["count"], where: "text contains '空调'").rows == [[.integer(20)]])
    }

    @Test("groups of fewer customers than the policy demands are left out, and nothing tells that there are any")
    func smallGroups() throws {
        let vault = try vault()
        // Mini: 6 records by 6 customers; rating splits them.
        #expect(try table(vault, ["product"], ["count"]).rows.count == 2)
        let split = try table(vault, ["product", "rating"], ["count"], where: "product = 'Mini'")
        #expect(split.rows.isEmpty)
        #expect(try table(vault, [], ["count"], where: "birth_date = '60-69' and rating = 1 and channel = 'app' and product = 'Mini'").rows.isEmpty)
    }

    @Test("a field can be used only as it is shown", arguments: [
        "phone = '13800138000'", "phone contains '138'", "received_at >= 2026-01-01", "text = '很好'", "subject < 's_x'", "national_id is null",
    ])
    func forbiddenFilters(filter: String) throws {
        let vault = try vault()
        #expect(throws: VaultError.self) { try rows(vault, ["record"], where: filter) }
    }

    @Test("sealed fields and pseudonyms cannot be grouped by or averaged")
    func forbiddenFigures() throws {
        let vault = try vault()
        for (groups, measures) in [(["subject"], ["count"]), (["text"], ["count"]), (["phone"], ["count"]), ([], ["avg(product)"]), ([], ["max(text)"]), (["occurred_at"], ["count"])] {
            #expect(throws: VaultError.self) { try table(vault, groups, measures) }
        }
    }

    @Test("a row filter of the policy holds for rows, figures and searches")
    func rowFilter() throws {
        let vault = try TestVault { name, text in
            name == "roles.yaml" ? text.replacing("        minimum_group: 5", with: "        rows: channel != 'hotline'\n        minimum_group: 1", maxReplacements: 1) : text
        }
        try vault.ingest((0..<20).map { line(id: "\($0)", customer: ["id": "\($0)"], channel: $0 < 5 ? "hotline" : "app") })
        #expect(try rows(vault, ["record"]).count == 15)
        #expect(try rows(vault, ["record"], where: "channel = 'hotline' or channel = 'app'").count == 15)
        #expect(try table(vault, [], ["count"]).rows == [[.integer(15)]])
        #expect(try table(vault, [], ["count"], where: "text contains '空调'").rows == [[.integer(15)]])
    }

    @Test("a daily quota of rows ends a day's reading, and is there again the next day")
    func quota() throws {
        let vault = try TestVault { name, text in
            name == "roles.yaml" ? text.replacing("quotas: {rows: 200000}", with: "quotas: {rows: 25}") : text
        }
        try vault.ingest((0..<20).map { line(id: "\($0)") })
        let analyst = try vault.session("analyst", named: "lin")
        let query = Query(select: ["record"], purpose: "insight")
        #expect(try analyst.page(query).rows.count == 20)
        #expect(throws: VaultError.self) { try analyst.page(query) }
        vault.clock.advance(days: 1)
        #expect(try analyst.page(query).rows.count == 20)
    }
}
