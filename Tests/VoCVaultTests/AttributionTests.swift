import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// Records of which nothing says whose they are may all be one person's: they make no group look larger.
@Suite("Records without a customer")
struct AttributionTests {
    private let vault: TestVault

    /// Four customers of X5; of X6, twelve records that only a placeholder or a field which identifies nobody comes with, and one customer.
    init() throws {
        vault = try TestVault()
        try vault.ingest(
            (1...4).map { line(id: "x5-\($0)", customer: ["id": "C\($0)"], attributes: ["product": "X5", "rating": 2]) }
                + (1...12).map { line(id: "x6-\($0)", customer: $0 % 2 == 0 ? ["address": "杭州市西湖区"] : ["phone": "无"], attributes: ["product": "X6", "rating": 1]) }
                + [line(id: "x6-0", customer: ["id": "C9"], attributes: ["product": "X6", "rating": 5])])
    }

    private func analyst() throws -> Session { try vault.session("analyst") }

    private func products() throws -> [String: String] {
        let table = try analyst().aggregate(AggregateQuery(groupBy: [.field("product")], measures: [.count], purpose: "insight"))
        return Dictionary(uniqueKeysWithValues: table.rows.map { ($0[0].description, $0[1].description) })
    }

    @Test("a group of them is as small as its customers are few; they count as records where there are enough others")
    func groups() throws {
        #expect(try products().isEmpty)
        try vault.ingest((10...13).map { line(id: "more-\($0)", customer: ["id": "C\($0)"], attributes: ["product": "X6", "rating": 3]) })
        #expect(try vault.session("reporting").aggregate(AggregateQuery(groupBy: [.field("product")], measures: [.count], purpose: "insight")).rows.isEmpty)
    }

    @Test("they are no customers where customers are counted")
    func counted() throws {
        try vault.ingest((20...39).map { line(id: "many-\($0)", customer: ["id": "D\($0)"], attributes: ["product": "X7", "rating": 3]) })
        let all = try analyst().aggregate(AggregateQuery(groupBy: [], measures: [.distinct("subject"), .count], purpose: "insight")).rows
        #expect(all == [[.integer(25), .integer(37)]])
    }

    @Test("words that only they used are found by nobody")
    func words() throws {
        try vault.ingest((1...12).map { line(id: "w\($0)", text: "独一无二的旋钮 \($0)") })
        let found = try analyst().page(Query(select: ["record"], filter: .contains(field: "text", "旋钮"), purpose: "insight")).rows
        #expect(found.isEmpty)
    }

    @Test("one counts once a correction says whose it is; erasing by its number works before and after")
    func attributed() throws {
        let officer = try vault.session("compliance")
        let named = try ["C1", "C2", "C3", "C4", "C9"].flatMap { try officer.lookup(field: "customer_id", value: $0, purpose: "subject-request").subjects }
        let all = try officer.page(Query(select: ["subject"], purpose: "subject-request")).rows.map { $0[0].description }
        let subjects = Set(all).subtracting(named).sorted()
        #expect(subjects.count == 12)
        for (index, subject) in subjects.prefix(3).enumerated() {
            _ = try officer.correctSubject(subject, field: "phone", to: "1390013900\(index)", purpose: "subject-request", reason: "they called")
        }
        let count = AggregateQuery(groupBy: [], measures: [.distinct("subject")], purpose: "insight")
        #expect(try analyst().aggregate(count).rows == [[.integer(8)]])
        #expect(try officer.eraseSubject(subjects[11], purpose: "subject-request", reason: "asked").records == 1)
        #expect(try officer.verifyAudit(deep: 100).records == 16)
    }
}
