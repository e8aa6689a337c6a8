import Foundation
import RedactedAPI
import SyntheticFeed
import TestVaults
import Testing
import VoCVault

/// Nothing that the policy does not grant may appear anywhere.
@Suite("Leaks")
struct LeakTests {
    /// Every 12-character stretch of a text, and every personal value, as bytes.
    private func canaries(_ records: [SyntheticRecord]) -> [Data] {
        var canaries: Set<String> = []
        for record in records {
            let characters = Array(record.text)
            for start in stride(from: 0, to: max(0, characters.count - 12), by: 5) {
                canaries.insert(String(characters[start..<start + 12]))
            }
            canaries.formUnion(record.personalValues.filter { $0.count >= 3 })
        }
        return canaries.map { Data($0.utf8) }
    }

    @Test("after everything was done with it, no file of the vault holds a readable piece of any record")
    func filesOnDisk() throws {
        let vault = try TestVault(edit: TestVault.shipped)
        let records = TestVault.feed(150)
        try vault.ingest(records.map(\.json))
        let compliance = try vault.session("compliance")
        let agent = try vault.session("agent")
        #expect(try !vault.session("analyst").page(Query(select: ["record", "text"], filter: .contains(field: "text", "空调"), purpose: "insight")).rows.isEmpty)
        let rows = try agent.page(Query(select: ["record", "phone"], purpose: "follow-up")).rows
        _ = try agent.reveal(record: rows[0][0].description, field: "text", purpose: "follow-up", reason: "call \(records[0].customer.name)") { _ in }
        _ = try agent.reveal(record: rows[0][0].description, field: "phone", purpose: "follow-up", reason: "call \(records[0].customer.name)") { _ in }
        let who = records[1].customer
        let subject = try compliance.lookup(field: "phone", value: who.phone, purpose: nil).subjects[0]
        _ = try compliance.exportSubject(subject, purpose: "subject-request", reason: "copy for \(who.name), \(who.email)") { _ in }
        _ = try compliance.holdSubject(subject, purpose: "subject-request", reason: "case of \(who.name) \(who.nationalID)")
        _ = try compliance.releaseSubject(subject, purpose: "subject-request", reason: nil)
        _ = try compliance.eraseSubject(subject, purpose: "subject-request", reason: "asked by \(who.phone)")
        _ = try vault.session("retention").retentionRun()
        _ = try? vault.session("analyst").page(Query(select: [who.phone], purpose: who.name))
        let files = try vault.files()
        #expect(files.contains { $0.bytes.count > 50_000 })
        let canaries = canaries(records)
        #expect(canaries.count > 1000)
        for (name, bytes) in files {
            for canary in canaries where bytes.holds(canary) {
                Issue.record("\(name) holds \(canary.count) bytes of a record")
            }
        }
    }

    @Test("random policies: no value that is not granted is in any byte of a response, an error or the log")
    func randomPolicies() throws {
        var random = SystemRandomNumberGenerator()
        let shown = ["product", "region", "rating", "birth_date", "address", "text", "name", "phone", "email", "national_id", "order_no", "subject", "record", "channel"]
        for _ in 0..<12 {
            // A random treatment for each field, of those that the loader admits for action query.
            var treatments: [String: String] = [:]
            for field in shown {
                let possible: [String] =
                    switch field {
                    case "text": ["deny", "suppress", "mask"]
                    case "subject", "record": ["deny", "suppress", "pseudonym"]
                    case "product", "region", "rating", "channel": ["deny", "suppress", "reveal"]
                    case "birth_date", "address": ["deny", "suppress", "generalize"]
                    default: ["deny", "suppress", "pseudonym", "mask"]
                    }
                treatments[field] = possible.randomElement(using: &random)!
            }
            let fields = treatments.map { "          \($0.key): \($0.value)" }.joined(separator: "\n")
            let role = """
                  probe:
                    description: random
                    grants:
                      - name: probe
                        purposes: [insight]
                        actions: [query, lookup]
                        minimum_group: 1
                        fields:
                \(fields)
                """
            let vault = try TestVault { name, text in name == "roles.yaml" ? text + "\n" + role + "\n" : text }
            let records = TestVault.feed(40, seed: UInt64.random(in: 0..<1000, using: &random))
            try vault.ingest(records.map(\.json))
            let probe = try vault.session("probe")
            var seen = Data()
            for _ in 0..<40 {
                let select = (0..<Int.random(in: 1...4, using: &random)).map { _ in shown.randomElement(using: &random)! }
                let victim = records.randomElement(using: &random)!
                let filters: [Condition?] = [
                    nil, .contains(field: "text", String(victim.text.prefix(4))), .compare(field: "phone", .equal, .text(victim.customer.phone)),
                    .compare(field: shown.randomElement(using: &random)!, .greater, .text(victim.customer.name)),
                    .isIn(field: "national_id", [.text(victim.customer.nationalID)]),
                ]
                do {
                    let filter = filters.randomElement(using: &random)!
                    if Bool.random(using: &random) {
                        let page = try probe.page(Query(select: select, filter: filter, limit: 25, purpose: "insight"))
                        seen += Data(page.rows.flatMap { $0 }.map(\.description).joined(separator: "\n").utf8)
                        if let cursor = page.nextCursor { seen += Data(cursor.utf8) }
                        // A suppressed column stays empty, whatever else is asked.
                        for (index, field) in select.enumerated() where treatments[field] == "suppress" {
                            #expect(page.rows.allSatisfy { $0[index] == .null })
                        }
                        #expect(select.allSatisfy { treatments[$0] != "deny" })
                    } else {
                        let table = try probe.aggregate(
                            AggregateQuery(groupBy: [GroupKey(select[0])], measures: [.count, .maximum(select.last!)], filter: filter, purpose: "insight"))
                        seen += Data(table.rows.flatMap { $0 }.map(\.description).joined(separator: "\n").utf8)
                    }
                } catch {
                    seen += Data("\(error)".utf8)
                }
            }
            let compliance = try vault.session("compliance")
            for entry in try compliance.auditEntries(AuditFilter(limit: 1000)) { seen += Data(entry.canonicalBytes) }
            for record in records {
                for value in record.personalValues + [record.customer.birthDate, record.customer.address] where value.count >= 3 {
                    #expect(!seen.holds(Data(value.utf8)), "a value of a customer is readable")
                }
                if treatments["product"] != "reveal" && treatments["text"] != "mask" {
                    #expect(!seen.holds(Data("X7 Pro".utf8)))
                }
            }
        }
    }

    @Test("nothing personal is in the error of any refused request")
    func errors() throws {
        let vault = try TestVault(edit: TestVault.shipped)
        try vault.ingest([line(id: "1", customer: ["id": "C1", "phone": "13800138000"])])
        let analyst = try vault.session("analyst")
        let secret = "13800138000"
        var messages: [String] = []
        func collect(_ body: () throws -> Void) {
            do { try body() } catch { messages.append("\(error)") }
        }
        collect { _ = try analyst.page(Query(select: ["record"], filter: .compare(field: "phone", .equal, .text(secret)), purpose: "insight")) }
        collect { _ = try analyst.page(Query(select: ["record"], cursor: secret, purpose: "insight")) }
        collect { _ = try Condition(parsing: "phone = '\(secret)' and") }
        collect { _ = try analyst.reveal(record: secret, field: "phone", purpose: "insight", reason: secret) { _ in } }
        collect { _ = try vault.session("compliance").lookup(field: "name", value: secret, purpose: nil) }
        collect { _ = try vault.session("compliance").eraseSubject(secret, purpose: "subject-request", reason: secret) }
        collect { _ = try vault.vault.session(token: secret) }
        #expect(messages.count == 7)
        #expect(messages.allSatisfy { !$0.contains(secret) })
    }
}
