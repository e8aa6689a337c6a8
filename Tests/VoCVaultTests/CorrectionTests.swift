import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Correction of a customer's data")
struct CorrectionTests {
    private let vault: TestVault
    private let officer: Session
    private let subject: String

    init() throws {
        vault = try TestVault()
        try vault.ingest([
            line(
                id: "1", customer: ["id": "C1", "name": "Zarblox", "phone": "13800138000", "birth_date": "1949-12-31", "address": "北京市朝阳区建国路88号"],
                text: "我是zorblax,不是zarblox"),
            line(id: "2", customer: ["id": "C1", "phone": "13800138000"], text: "zorblax又来了"),
            line(id: "3", customer: ["id": "C2", "phone": "13900139000"], text: "很好"),
        ])
        officer = try vault.session("compliance")
        subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
    }

    private func correct(_ field: String, _ value: String?, reason: String = "case 12") throws -> Correction {
        try officer.correctSubject(subject, field: field, to: value, purpose: "subject-request", reason: reason)
    }

    private func find(_ field: String, _ value: String) throws -> [String] {
        try officer.lookup(field: field, value: value, purpose: "subject-request").subjects
    }

    private func copy() throws -> String {
        var copy = ""
        _ = try officer.exportSubject(subject, purpose: "subject-request", reason: nil) { copy = String(decoding: $0.json, as: UTF8.self) }
        return copy
    }

    @Test("every record with the field says the new value, and it is found by the new one only")
    func phone() throws {
        let done = try correct("phone", "139 0013 9000", reason: "13900139000 is right")
        #expect(done.records == 2 && done.others == 1)
        #expect(try find("phone", "13800138000").isEmpty)
        #expect(try find("phone", "13900139000").count == 2)
        #expect(try find("customer_id", "C1") == [subject])
        #expect(try copy().components(separatedBy: "139 0013 9000").count == 3)
        #expect(try !copy().contains("13800138000"))
        let entry = try #require(try officer.auditEntries(AuditFilter(action: "subject.correct")).first)
        #expect(entry.target == subject && entry.fields == ["phone"] && entry.rows == 2 && entry.reason == "[PHONE] is right")
        // What comes in under the new value belongs to the same customer, the one who is there longest.
        try vault.ingest([line(id: "4", customer: ["phone": "13900139000"], text: "第四条")])
        #expect(try copy().contains("第四条"))
        // Erasure finds the new index entries.
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        #expect(try find("phone", "13900139000").count == 1)
    }

    @Test("a name that the text says is redacted from then on, and what was redacted stays so")
    func name() throws {
        func texts() throws -> [String] {
            try vault.session("analyst", named: "a").page(Query(select: ["text"], purpose: "insight")).rows.map { $0[0].description }
        }
        #expect(try texts().contains("zorblax又来了") && texts().contains("我是zorblax,不是[NAME]"))
        #expect(try correct("name", "Zorblax", reason: "zorblax says so").records == 1)
        #expect(try texts().contains("我是[NAME],不是[NAME]"))
        #expect(try officer.auditEntries(AuditFilter(action: "subject.correct")).first?.reason == "[NAME] says so")
    }

    @Test("coarse columns follow the exact value")
    func generalized() throws {
        func ages() throws -> [String] {
            try vault.session("analyst", named: "a").page(Query(select: ["birth_date", "address"], purpose: "insight")).rows
                .filter { $0[0] != .null || $0[1] != .null }.map { "\($0[0]) \($0[1])" }
        }
        #expect(try ages() == ["70-79 北京市"])
        _ = try correct("birth_date", "1994-12-31")
        _ = try correct("address", "广东省深圳市福田区深南大道1号")
        #expect(try ages() == ["30-39 广东省深圳市"])
        #expect(throws: VaultError.invalid("birth_date must be a date such as 1990-05-17")) { try correct("birth_date", "yesterday") }
    }

    @Test("a field is taken out, and one that no record has goes into the newest")
    func absent() throws {
        #expect(try correct("phone", nil).records == 2)
        #expect(try find("phone", "13800138000").isEmpty && !copy().contains("13800138000"))
        #expect(throws: VaultError.notFound("a record with this field")) { try correct("phone", nil) }
        #expect(try correct("wechat", "ouyang_na").records == 1)
        #expect(try copy().contains("\"wechat\":\"ouyang_na\""))
    }

    @Test("a legal hold, a plain field, a missing reason and a role without the right stand against it")
    func refusals() throws {
        #expect(throws: VaultError.invalid("a reason must be given")) { try correct("phone", "1", reason: " ") }
        #expect(throws: VaultError.self) { try correct("rating", "5") }
        #expect(throws: VaultError.self) {
            try vault.session("agent").correctSubject(subject, field: "phone", to: "1", purpose: "follow-up", reason: "r")
        }
        _ = try officer.holdSubject(subject, purpose: "subject-request", reason: "court")
        #expect(throws: VaultError.onHold(ground: "court")) { try correct("phone", "13900139000") }
        #expect(try copy().contains("13800138000"))
    }

    @Test("neither the old nor the new value lies readable in any file")
    func sealed() throws {
        _ = try correct("phone", "13912345678")
        for file in try vault.files() {
            #expect(!file.bytes.holds(Data("13912345678".utf8)) && !file.bytes.holds(Data("13800138000".utf8)), "\(file.name)")
        }
    }
}
