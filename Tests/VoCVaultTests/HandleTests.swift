import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("What identifies nobody makes no two people one customer")
struct HandleTests {
    private func customers(_ vault: TestVault) throws -> Int {
        Set(try vault.session("analyst").page(Query(select: ["subject"], limit: 1000, purpose: "insight")).rows.map { $0[0].description }).count
    }

    /// Two people whose records have the same value in a field.
    private func ingestTwo(_ vault: TestVault, _ field: String, _ value: String) throws -> IngestReport {
        try vault.ingest((1...2).map { line(id: "\($0)", customer: [field: value, "name": "人\($0)"]) }).report
    }

    @Test("placeholders, masked and rounded values", arguments: [
        ("id", "无"), ("id", "無"), ("id", "N/A"), ("id", " n/a "), ("id", "#N/A"), ("id", "unknown"), ("id", "(null)"), ("id", "-"), ("id", "-1"), ("id", "0"),
        ("id", "000000"), ("id", "匿名用户"), ("id", "未填写"), ("id", "Ｎ／Ａ"), ("id", "1.38E+18"), ("id", "1E+10"), ("id", "t_14***"), ("id", "11111111"),
        ("id", "123456789012345678"), ("id", "???"), ("id", "-999"), ("id", "9999999"), ("id", "87654321"), ("id", "null null"), ("id", "\\N"), ("id", "未登录"), ("id", "unbekannt"),
        ("national_id", "XXX-XX-1234"), ("national_id", "110101XXXXXXXX4028"), ("national_id", "尾号1234"), ("national_id", "护照"), ("national_id", "110101199003070000"),
        ("phone", "0"), ("phone", "00000000000"), ("phone", "11111111111"), ("phone", "+86 111 1111 1111"), ("phone", "12345678901"), ("phone", "01234567890"),
        ("phone", "1.38E+10"), ("phone", "1.38001e+10"), ("phone", "138****8000"), ("phone", "138xxxx8000"), ("phone", "无"), ("phone", "none"), ("phone", "10086"),
        ("phone", "138●●●●8000"),
        // Without its area code, a number is another's in every town.
        ("phone", "5550143"), ("email", "none"), ("email", "无"), ("email", "n/a"), ("email", "none@none.com"), ("email", "test@test.com"), ("email", "a@a.com"), ("email", "noreply@shop.example"),
        ("email", "z***@example.com"), ("email", "@"), ("email", "zhang@"), ("email", "zhang"), ("email", "zhang@example"),
        ("email", "your.email@example.com"), ("email", "qq@qq.com"), ("email", "zh...@example.com"), ("email", "987654321@qq.com"),
    ])
    func nobody(field: String, value: String) throws {
        let vault = try TestVault()
        let report = try ingestTwo(vault, field, value)
        #expect(report.stored == 2 && report.newCustomers == 2)
        #expect(report.setAside == [field == "id" ? "customer_id" : field: 2])
        #expect(try customers(vault) == 2)
    }

    @Test("what looks odd and is somebody's all the same", arguments: [
        ("id", "C-1"), ("id", "1"), ("id", "7777"), ("id", "NA-17"), ("id", "1E5"), ("id", "无名客栈"), ("id", "100000000"), ("id", "1-1"),
        ("phone", "13888888888"), ("phone", "13800138000"), ("phone", "(021) 6555 0001"), ("phone", "+1 202 555 0143"), ("phone", "+49 30 901820"),
        ("email", "none.such@example.com"), ("email", "info@none.com"), ("email", "王@例子.中国"), ("email", "a@b.cc"), ("email", "tester@test.com"), ("email", "zhang @ example.com"), ("email", "zhang%40example.com"), ("email", "z..1@example.com"),
        ("phone", "1.3621004713E10"), ("phone", "一三六二一〇〇四七一六"), ("id", "NULL-7"), ("id", "system-one"), ("national_id", "11010119900307401X"), ("national_id", "ABCDE1234F"),
        ("national_id", "110101199003029000"),
    ])
    func somebody(field: String, value: String) throws {
        let vault = try TestVault()
        let report = try ingestTwo(vault, field, value)
        #expect(report.stored == 2 && report.newCustomers == 1 && report.setAside.isEmpty)
        #expect(try customers(vault) == 1)
    }

    @Test("a number that a program has made a decimal one is the number it was")
    func decimals() throws {
        let vault = try TestVault()
        let record = #"{"id":"3","occurred_at":"2026-03-04","channel":"a","customer":{"phone":13800138000.0}}"#
        try vault.ingest([line(id: "1", customer: ["phone": "13800138000"]), line(id: "2", customer: ["phone": "13800138000.0"]), record])
        #expect(try customers(vault) == 1)
    }

    @Test("a placeholder is kept with its record, and leads to another handle of the customer")
    func kept() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "N/A", "phone": "13800138000"]), line(id: "2", customer: ["phone": "13800138000"])])
        #expect(try customers(vault) == 1)
        let record = try #require(try vault.session("analyst").page(Query(select: ["record"], purpose: "insight")).rows.last?[0])
        let found = try vault.session("compliance").lookup(field: "phone", value: "13800138000", purpose: "subject-request")
        #expect(found.subjects.count == 1 && record != .null)
    }

    @Test("erasing one who left a placeholder does not keep out all who leave the same")
    func tombstones() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1", "phone": "0"], at: "2026-03-04")], source: "a")
        let officer = try vault.session("compliance")
        let subject = try #require(try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects.first)
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "Art. 17")
        let report = try vault.ingest([line(id: "2", customer: ["phone": "0"], at: "2026-03-04")], source: "b").report
        #expect(report.stored == 1 && report.erasedBefore == 0)
    }

    @Test("a placeholder in a field of the customer hides no word of the text")
    func texts() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1", "name": "无", "national_id": "none", "wechat": "匿名"], text: "无人接听, none of it works, 匿名投诉")])
        let rows = try vault.session("analyst").page(Query(select: ["text"], purpose: "insight")).rows
        #expect(rows == [[.text("无人接听, none of it works, 匿名投诉")]])
    }

    @Test("a correction must not be a placeholder")
    func corrections() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1", "phone": "13800138000"])])
        let officer = try vault.session("compliance")
        let subject = try #require(try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects.first)
        for (field, value) in [("phone", "00000000000"), ("email", "none@none.com"), ("customer_id", "无"), ("product", "X\u{0}5")] {
            #expect(throws: VaultError.self, "\(field)") {
                try officer.correctSubject(subject, field: field, to: value, purpose: "subject-request", reason: "asked for")
            }
        }
    }

    @Test("the entry says how many values were set aside, and the log verifies")
    func entry() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["phone": "0", "id": "无"]), line(id: "2", customer: ["phone": "无"])])
        let entries = try vault.session("compliance").auditEntries(AuditFilter(action: "ingest"))
        #expect(entries.last?.detail["set_aside"] == "customer_id 1, phone 2")
    }
}
