import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Restriction of processing")
struct RestrictionTests {
    @Test("restricted data is kept and exported, but no query, figure or reveal sees it, nor what comes later")
    func restriction() throws {
        // Groups of one are shown, so that figures tell.
        let vault = try TestVault { name, text in
            name == "roles.yaml" ? text.replacing("minimum_group: 5", with: "minimum_group: 1") : text
        }
        let line1 = line(id: "1", customer: ["id": "C1", "name": "欧阳娜", "phone": "13800138000"], text: "空调坏了")
        try vault.ingest([line1, line(id: "2", customer: ["id": "C2", "phone": "13900139000"], text: "很好")])
        let (analyst, officer) = (try vault.session("analyst"), try vault.session("compliance"))
        let agent = try vault.session("agent")
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        let rows = try agent.page(Query(select: ["record", "phone"], purpose: "follow-up")).rows
        let record = try #require(rows.first { $0[1].description.hasPrefix("138") })[0].description
        func texts() throws -> [String] { try analyst.page(Query(select: ["text"], purpose: "insight")).rows.map { $0[0].description }.sorted() }
        func count() throws -> [Value] {
            try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], purpose: "insight")).rows.flatMap { $0 }
        }
        #expect(try texts() == ["很好", "空调坏了"])
        #expect(throws: VaultError.invalid("give the reason for the restriction")) {
            try officer.restrictSubject(subject, purpose: "subject-request", reason: " ")
        }
        let done = try officer.restrictSubject(subject, purpose: "subject-request", reason: "欧阳娜 contests it")
        #expect(done.records == 1)
        #expect(throws: VaultError.self) { try officer.restrictSubject(subject, purpose: "subject-request", reason: "again") }
        #expect(try texts() == ["很好"])
        #expect(try count() == [.integer(1)])
        #expect(try analyst.page(Query(select: ["text"], filter: .contains(field: "text", "空调"), purpose: "insight")).rows.isEmpty)
        let error = #expect(throws: VaultError.self) {
            try agent.reveal(record: record, field: "phone", purpose: "follow-up", reason: "r") { _ in Issue.record("released") }
        }
        if case .denied(_, "restriction of processing", _) = error {} else { Issue.record("\(String(describing: error))") }
        // What comes in for the customer later is restricted as well.
        try vault.ingest([line(id: "3", customer: ["id": "C1"], text: "还是坏的")])
        #expect(try texts() == ["很好"])
        var copy = ""
        _ = try officer.exportSubject(subject, purpose: "subject-request", reason: nil) { copy = String(decoding: $0.json, as: UTF8.self) }
        #expect(copy.contains("空调坏了") && copy.contains("还是坏的") && !copy.contains("restricted"))
        #expect(try officer.restrictSubject(subject, purpose: "subject-request", reason: "settled", lift: true).records == 2)
        #expect(try texts() == ["很好", "空调坏了", "还是坏的"].sorted())
        _ = try agent.reveal(record: record, field: "phone", purpose: "follow-up", reason: "r") { #expect($0 == "13800138000") }
        let entries = try officer.auditEntries(AuditFilter(action: "subject.restrict", target: subject))
        #expect(entries.filter { $0.outcome == .allowed }.map { $0.detail["restricted"] } == ["no", "yes"])
        #expect(entries.last { $0.outcome == .allowed }?.reason == "[NAME] contests it")
    }
}
