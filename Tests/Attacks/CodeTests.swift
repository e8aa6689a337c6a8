import AuditLog
import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing

@testable import VoCVault

/// What figures count of a person is sealed under that person's key: coarser forms of fields, and what modules say about a text.
@Suite("Codes")
struct CodeTests {
    private static let label = "canary-label"
    private let vault: TestVault
    private let coder: Session

    init() throws {
        vault = try TestVault(edit: TestVault.shipped)
        try vault.ingest(
            (1...12).map { number in
                line(id: "\(number)", customer: ["id": "C\(number)", "address": number % 3 == 0 ? "山东省潍坊市奎文区1号" : "湖北省武汉市江岸区1号", "birth_date": "1980-05-01"])
            })
        coder = try vault.session("classification")
        let records = try coder.page(Query(select: ["record"], purpose: "insight")).rows.map { $0[0].description }
        _ = try coder.annotate(
            records.enumerated().map { Annotation(record: $1, module: "topic", labels: $0 % 2 == 0 ? [Self.label: 1, "noise": 0.25] : ["noise": 1]) }, purpose: "insight")
        _ = try coder.annotate(records.prefix(4).map { Annotation(record: $0, module: "sentiment", labels: ["negative": 0.5]) }, purpose: "insight")
    }

    private func count(_ keys: [String], _ filter: String? = nil) throws -> [String: Int] {
        let query = AggregateQuery(
            groupBy: keys.map { .field($0) }, measures: [.count], filter: try filter.map { try Condition(parsing: $0) }, purpose: "insight")
        let rows = try vault.session("analyst").aggregate(query).rows
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                (row.dropLast().map(\.description).joined(separator: " "), row.last.flatMap { if case .integer(let count) = $0 { Int(count) } else { nil } } ?? -1)
            })
    }

    @Test("no byte of any file shows one, and the columns and the table that had them are empty")
    func onDisk() throws {
        let canaries = ["潍坊", "武汉", Self.label].map { Data($0.utf8) }
        for (name, bytes) in try vault.files() {
            for canary in canaries { #expect(!bytes.holds(canary), "\(name)") }
        }
        #expect(
            try vault.column("SELECT codes FROM coded").count == 12 && vault.column("SELECT CAST(module AS \(vault.database == nil ? "BLOB" : "BYTEA")) FROM annotation").isEmpty)
    }

    @Test("figures group by them and conditions compare them as if they lay in columns")
    func figures() throws {
        #expect(try count(["topic"]) == ["noise": 12, Self.label: 6])
        #expect(try count(["topic"], "topic = '\(Self.label)'") == ["noise": 6, Self.label: 6])
        #expect(try count(["topic"], "topic in ('price', 'noise') and not sentiment is null").isEmpty)
        let page = { (filter: String) in try coder.page(Query(select: ["record", "topic", "sentiment"], filter: try Condition(parsing: filter), purpose: "insight")).rows }
        #expect(try page("sentiment = 'negative'").count == 4 && page("not sentiment = 'negative'").isEmpty && page("sentiment is null").count == 8)
        #expect(
            try page("topic != '\(Self.label)'").count == 6 && page("not topic = '\(Self.label)'").count == 6
                && page("topic = '\(Self.label)' and sentiment = 'negative'").count == 2)
        #expect(try Set(page("topic = '\(Self.label)'").map { $0[1].description }) == ["\(Self.label) noise"])
        let analyst = try vault.session("analyst")
        let places = try analyst.page(Query(select: ["address"], filter: try Condition(parsing: "address = '山东省潍坊市'"), purpose: "insight")).rows
        #expect(places.count == 4 && places.allSatisfy { $0[0].description == "山东省潍坊市" })
    }

    @Test("labels of a module replace those that it gave before, and leave the others'")
    func replaced() throws {
        let record = try coder.page(Query(select: ["record"], limit: 1, purpose: "insight")).rows[0][0].description
        #expect(
            try coder.annotate([Annotation(record: record, module: "topic", labels: [:]), Annotation(record: record, module: "need", labels: ["basic": 1])], purpose: "insight")
                == 1)
        let row = try coder.page(Query(select: ["topic", "need", "sentiment"], limit: 1, purpose: "insight")).rows[0]
        #expect(row == [.null, .text("basic"), .text("negative")])
    }

    @Test("what was counted once is counted anew: after a change here or by another process, after records that came, and without who was erased")
    func countedAnew() throws {
        let analyst = try vault.session("analyst")
        func rows(_ filter: String) throws -> Int { try analyst.page(Query(select: ["record"], filter: try Condition(parsing: filter), purpose: "insight")).rows.count }
        let (labelled, inWuhan) = ("topic = '\(Self.label)'", "address = '湖北省武汉市'")
        #expect(try count(["topic"]) == ["noise": 12, Self.label: 6] && rows(labelled) == 6 && rows(inWuhan) == 8)
        let other = try Vault.open(at: vault.location).session(token: vault.token("classification"))
        let record = try other.page(Query(select: ["record"], filter: try Condition(parsing: labelled), limit: 1, purpose: "insight")).rows[0][0].description
        _ = try other.annotate([Annotation(record: record, module: "topic", labels: ["price": 1])], purpose: "insight")
        #expect(try count(["topic"])["noise"] == 11 && rows(labelled) == 5 && rows("topic = 'price'") == 1)
        _ = try coder.annotate([Annotation(record: record, module: "topic", labels: ["noise": 1])], purpose: "insight")
        #expect(try count(["topic"]) == ["noise": 12, Self.label: 5] && rows("topic = 'price'") == 0)
        try vault.ingest([line(id: "13", customer: ["id": "C13", "address": "湖北省武汉市江岸区1号", "birth_date": "1980-05-01"])])
        #expect(try rows(inWuhan) == 9 && count(["topic"]) == ["noise": 12, Self.label: 5])
        let officer = try vault.session("compliance")
        for customer in ["C1", "C2"] {
            let subject = try officer.lookup(field: "customer_id", value: customer, purpose: "subject-request").subjects[0]
            _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        }
        #expect(try rows(inWuhan) == 7 && rows("topic = 'noise'") == 10)
    }

    @Test("once a customer is erased, no key opens theirs in an older copy of the data")
    func erased() throws {
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C3", purpose: "subject-request").subjects[0]
        let before = try #require(try vault.vault.store.read { try $0.codes(of: 3) })
        let opener = try StoredCodeOpener(keyring: vault.vault.keyring, vaultID: vault.vault.store.vaultID)
        #expect(try opener.texts(of: "g_address", in: before) == ["山东省潍坊市"])
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        #expect(try vault.vault.store.keys.subjectKeys([before.subject]).isEmpty)
        var after = before
        after.key = nil
        #expect(try opener.texts(of: "g_address", in: after).isEmpty && opener.texts(of: "topic", in: after).isEmpty)
        #expect(try count(["topic"])["noise"] == 11 && vault.column("SELECT codes FROM coded").count == 11)
    }

    @Test("what retention takes from a record goes from its codes, too; new keys open the rest")
    func ends() throws {
        vault.clock.advance(days: 800)
        _ = try vault.session("retention").retentionRun(consent: RetentionConsent(clock: true, records: 100))
        let analyst = try vault.session("analyst")
        #expect(try analyst.page(Query(select: ["address", "birth_date"], purpose: "insight")).rows.allSatisfy { $0 == [.null, .null] })
        let counted = try count(["topic"])
        #expect(counted["noise"] == 12, "\(counted)")
        let former = Set(try vault.column("SELECT codes FROM coded"))
        _ = try vault.administrator.resealRecords(retireNow: true)
        #expect(try count(["topic"]) == ["noise": 12, Self.label: 6])
        #expect(try former.isDisjoint(with: vault.column("SELECT codes FROM coded")))
        #expect(try vault.session("compliance").verifyAudit(deep: 100).records == 12)
    }

    @Test("codes of another record open nowhere: pages name the record, figures are refused")
    func moved() throws {
        try vault.alter("UPDATE coded SET codes = (SELECT codes FROM coded WHERE record = 1) WHERE record = 2")
        let page = try coder.page(Query(select: ["record", "topic"], purpose: "insight"))
        #expect(page.rows.count == 11 && page.leftOut.count == 1)
        #expect(throws: VaultError.integrity("a sealed value does not open: it was changed or moved")) { try count(["topic"]) }
        #expect(throws: AuditError.alteredTables(["coded"])) { try vault.vault.verifiedAudit(against: nil) }
    }
}
