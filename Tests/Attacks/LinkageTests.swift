import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// Who combines what is shown: lists of two purposes, cursors, errors, lookups, indexes, what was there before.
@Suite("Attacks by combining")
struct LinkageTests {
    /// Twelve customers who all spoke in the same second, as sources that know days only have it.
    private func sameSecond() throws -> TestVault {
        let vault = try TestVault(edit: TestVault.shipped)
        try vault.ingest((0..<12).map { line(id: "\($0)", customer: ["id": "C\($0)", "phone": "1380013800\($0 % 10)"], attributes: ["product": "X5", "rating": $0 % 5 + 1]) })
        return vault
    }

    private func all(_ session: Session, _ select: [String], purpose: String, limit: Int) throws -> [[Value]] {
        var query = Query(select: select, limit: limit, purpose: purpose)
        var rows: [[Value]] = []
        repeat {
            let page = try session.page(query)
            #expect(page.rows.count <= limit)
            rows += page.rows
            query.cursor = page.nextCursor
        } while query.cursor != nil
        return rows
    }

    @Test("lists of two purposes cannot be laid side by side, nor do they show the sequence of intake", arguments: [1, 5, 11, 12, 100])
    func order(limit: Int) throws {
        let vault = try sameSecond()
        let (analyst, agent) = (try vault.session("analyst"), try vault.session("agent"))
        let insight = try all(analyst, ["record", "rating"], purpose: "insight", limit: limit)
        let followUp = try all(agent, ["record", "rating"], purpose: "follow-up", limit: limit)
        #expect(Set(insight.map { $0[0] }).count == 12 && Set(followUp.map { $0[0] }).count == 12)
        #expect(Set(insight.map { $0[0] }).isDisjoint(with: followUp.map { $0[0] }))
        let intake = (0..<12).map { Value.integer(Int64($0 % 5 + 1)) }
        // By chance alone the sequences agree once in 12!/2!²3!³ lists at most.
        #expect(insight.map { $0[1] } != followUp.map { $0[1] })
        for list in [insight, followUp] { #expect(list.map { $0[1] } != intake && list.map { $0[1] } != intake.reversed()) }
        // The attack on one purpose: the same list twice is the same customers.
        #expect(try all(analyst, ["record", "rating"], purpose: "insight", limit: 3) == insight)
    }

    @Test("a mixture of times is newest first, each row once, whatever the page")
    func mixture() throws {
        let vault = try TestVault(edit: TestVault.shipped)
        try vault.ingest((0..<300).map { line(id: "\($0)", customer: ["id": "C\($0)"], at: "2026-03-\(10 + $0 * $0 % 7)T12:00:00+08:00") })
        let analyst = try vault.session("analyst")
        let whole = try all(analyst, ["record", "occurred_at"], purpose: "insight", limit: 1000)
        #expect(whole.map { $0[1].description } == whole.map { $0[1].description }.sorted(by: >))
        for limit in [1, 7, 43, 150, 299, 300] { #expect(try all(analyst, ["record", "occurred_at"], purpose: "insight", limit: limit) == whole) }
    }

    @Test("a cursor shows neither time nor number, and two of the same place are not alike")
    func cursors() throws {
        let vault = try sameSecond()
        let analyst = try vault.session("analyst")
        let query = Query(select: ["record"], limit: 4, purpose: "insight")
        let cursors = try (0..<50).map { _ in try #require(try analyst.page(query).nextCursor) }
        #expect(Set(cursors).count == 50)
        let bytes = cursors.map { Array(Data(base64Encoded: $0.replacing("-", with: "+").replacing("_", with: "/") + String(repeating: "=", count: (4 - $0.count % 4) % 4))!) }
        // What is the same in all of them is no more than the suite.
        #expect((1..<bytes[0].count).allSatisfy { position in Set(bytes.map { $0[position] }).count > 1 })
    }

    @Test("refusals are the same whether what they are about is there or not")
    func errors() throws {
        let vault = try sameSecond()
        let (analyst, agent, officer) = (try vault.session("analyst"), try vault.session("agent"), try vault.session("compliance"))
        func said(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return ""
        }
        func askedBy(_ phone: String) -> [String] {
            [
                said { _ = try analyst.page(Query(select: ["record"], filter: .compare(field: "phone", .equal, .text(phone)), purpose: "insight")) },
                said { _ = try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], filter: .isIn(field: "phone", [.text(phone)]), purpose: "insight")) },
                said { _ = try analyst.lookup(field: "phone", value: phone, purpose: "insight") },
            ]
        }
        #expect(askedBy("13800138003") == askedBy("13912345678") && !askedBy("1").contains(""))
        // A record of another purpose and one that never was.
        let real = try all(analyst, ["record"], purpose: "insight", limit: 1)[0][0].description
        let other = "r_" + String(real.dropFirst(2).reversed())
        func reveal(_ record: String) -> String { said { _ = try agent.reveal(record: record, field: "phone", purpose: "follow-up", reason: "x") { _ in } } }
        #expect(reveal(real) == reveal(other) && !reveal(real).isEmpty)
        // A customer who was erased and one who never was.
        let subject = try officer.lookup(field: "phone", value: "13800138003", purpose: nil).subjects[0]
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        #expect(try officer.lookup(field: "phone", value: "13800138003", purpose: nil).subjects == officer.lookup(field: "phone", value: "13912345678", purpose: nil).subjects)
    }

    @Test("a rare word and one that nobody said answer alike, also in the log", arguments: [true, false])
    func words(isProtected: Bool) throws {
        let vault = try TestVault { name, text in
            name == "roles.yaml" && !isProtected ? text.replacing("        minimum_group: 5\n", with: "        minimum_group: 5\n        disclosure: {minimum_search: 1}\n") : text
        }
        try vault.ingest((0..<20).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: $0 == 3 ? "孕妇用了不舒服" : "很好") })
        let analyst = try vault.session("analyst", named: "mei")
        func ask(_ word: String) throws -> Page { try analyst.page(Query(select: ["record"], filter: .contains(field: "text", word), purpose: "insight")) }
        let (rare, absent) = (try ask("孕妇"), try ask("恐龙"))
        #expect((rare.rows == absent.rows) == isProtected)
        let entries = try vault.session("compliance").auditEntries(.init(principal: "mei", action: "query", limit: 10))
        // What was asked is sealed, whoever said it.
        let details = entries.map { $0.detail.filter { !$0.key.hasPrefix("question") } }
        #expect((entries[0].rows == entries[1].rows) == isProtected && details[0] == details[1])
    }

    @Test("a dictionary of phones ends at the day's quota, and raises an alert; without a quota it finds everybody", arguments: [true, false])
    func dictionary(isProtected: Bool) throws {
        let rules = try String(contentsOf: TestVault.repository.appendingPathComponent("policies/alerts.yaml"), encoding: .utf8)
        let vault = try TestVault(alerts: isProtected ? rules : nil) { name, text in
            name == "roles.yaml" ? text.replacing("quotas: {lookup: 500}", with: isProtected ? "quotas: {lookup: 100}" : "") : text
        }
        try vault.ingest([line(id: "1", customer: ["phone": "13800138321"])])
        let officer = try vault.session("compliance")
        var hits = 0
        var tried = 0
        for number in 0..<400 {
            guard let found = try? officer.lookup(field: "phone", value: "13800138\(String(format: "%03d", number))", purpose: nil) else { break }
            hits += found.subjects.count
            tried += 1
        }
        #expect(hits == (isProtected ? 0 : 1) && tried == (isProtected ? 100 : 400))
        let alerts = try vault.session("privacy-lead").auditEntries(.init(action: "alert", limit: 10))
        #expect(alerts.isEmpty == !isProtected)
    }

    @Test("frequencies in the index name nobody, as long as only what is nearly a person's own is indexed", arguments: [true, false])
    func frequencies(isProtected: Bool) throws {
        let vault = try TestVault { name, text in
            guard name == "schema.yaml", !isProtected else { return text }
            return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.hasPrefix("  gender:") ? line.dropLast() + ", index: true}" : line
            }.joined(separator: "\n")
        }
        let genders = (0..<200).map { $0 % 10 < 7 ? "女" : "男" }
        try vault.ingest(genders.enumerated().map { number, gender in
            line(id: "\(number)", customer: ["id": "C\(number)", "phone": "1380013\(1000 + number)", "gender": gender])
        })
        // One row a customer and tag: how often a tag is there is what its frequency tells.
        let rows = try vault.column("SELECT tag FROM blind_index")
        let counts = Dictionary(grouping: rows) { $0 }.values.map(\.count).sorted(by: >)
        if isProtected {
            #expect(counts.count == 400 && counts.allSatisfy { $0 == 1 })
        } else {
            // Who knows that 7 in 10 customers are women knows whose tag is which.
            #expect(counts.prefix(3) == [140, 60, 1])
        }
        // The tag of a value says nothing about the same value in another vault.
        let other = try TestVault(edit: TestVault.shipped)
        try other.ingest([line(id: "0", customer: ["id": "C0", "phone": "13800131000"])])
        func tags(_ vault: TestVault) throws -> Set<Data> { Set(try vault.column("SELECT tag FROM blind_index")) }
        #expect(try tags(vault).isDisjoint(with: tags(other)))
    }

    @Test("after an erasure nothing kept from before gives the customer back: neither cursor, search, figure nor pseudonym")
    func staleness() throws {
        let vault = try TestVault { TestVault.exactTimes($0, $0 == "roles.yaml" ? $1.replacing("        minimum_group: 5\n", with: "        minimum_group: 1\n") : $1) }
        try vault.ingest((0..<9).map { line(id: "\($0)", customer: ["id": "C\($0)"], attributes: ["product": $0 == 8 ? "Unique" : "X5"], text: $0 == 8 ? "独一无二" : "很好", at: "2026-03-0\(9 - $0)T00:00:00Z") })
        let (analyst, officer) = (try vault.session("analyst"), try vault.session("compliance"))
        let search = Query(select: ["record", "subject", "text"], filter: .contains(field: "text", "独一无二"), purpose: "insight")
        let figures = AggregateQuery(groupBy: [.field("product")], measures: [.count], purpose: "insight")
        let before = try analyst.page(search)
        let groups = try analyst.aggregate(figures).rows
        #expect(before.rows.count == 1 && groups.count == 2)
        var rest = Query(select: ["text"], limit: 8, purpose: "insight")
        rest.cursor = try analyst.page(rest).nextCursor
        #expect(rest.cursor != nil)
        #expect(try analyst.page(rest).rows == [[.text("独一无二")]])
        let subject = try officer.lookup(field: "customer_id", value: "C8", purpose: nil).subjects[0]
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        for query in [search, rest] { #expect(try analyst.page(query).rows.isEmpty) }
        #expect(try analyst.aggregate(figures).rows == [[.text("X5"), .integer(8)]])
        let byName = try Condition(parsing: "subject = '\(before.rows[0][1])' or record = '\(before.rows[0][0])'")
        #expect(try analyst.page(Query(select: ["text"], filter: byName, purpose: "insight")).rows.isEmpty)
    }
}
