import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Privacy check")
struct PrivacyTests {
    private let vault: TestVault
    private let officer: Session

    init() throws {
        vault = try TestVault()
        officer = try vault.session("compliance")
        // Six customers of 北京, two of 上海, one of them with two records; ratings vary in 北京 only.
        func customer(_ number: Int, _ city: String, _ birth: String) -> [String: String] { ["id": "C\(number)", "address": "\(city)市某区某路1号", "birth_date": birth] }
        var lines = (1...6).map { line(id: "\($0)", customer: customer($0, "北京", "198\($0 % 2)-01-01"), attributes: ["region": "北", "rating": 1 + $0 % 3]) }
        lines += [7, 8].map { line(id: "\($0)", customer: customer($0, "上海", "1980-01-01"), attributes: ["region": "东", "rating": 5]) }
        lines.append(line(id: "9", customer: customer(8, "上海", "1980-01-01"), attributes: ["region": "东", "rating": 5]))
        try vault.ingest(lines)
    }

    private func check(_ fields: [String]?, size: Int = 2, sensitive: String? = nil) throws -> [PrivacyRisk] {
        try officer.privacyCheck(role: "analyst", purpose: "insight", wanted: 5, fields: fields, size: size, sensitive: sensitive)
    }

    @Test("k, l and the risks of one field, counted in customers")
    func oneField() throws {
        let risk = try #require(try check(["address"], size: 1, sensitive: "rating").first)
        #expect(risk.groups == 2 && risk.customers == 8 && risk.k == 2 && risk.exposed == 2 && risk.l == 1)
        #expect(risk.prosecutorRisk == 0.5 && risk.marketerRisk == 0.25)
    }

    @Test("combinations are at least as risky as their parts, the riskiest come first, and what the role does not see is no part")
    func combinations() throws {
        let risks = try check(nil)
        #expect(risks.contains { $0.fields == ["address"] } && risks.contains { $0.fields == ["address", "region"] })
        #expect(!risks.contains { $0.fields.contains("phone") || $0.fields.contains("text") || $0.fields.contains("occurred_at") })
        for risk in risks where risk.fields.count == 2 {
            for field in risk.fields {
                let part = try #require(risks.first { $0.fields == [field] })
                #expect(risk.k <= part.k && risk.exposed >= part.exposed, "\(risk.fields)")
            }
        }
        #expect(zip(risks, risks.dropFirst()).allSatisfy { $0.exposed >= $1.exposed })
        let entry = try #require(try vault.session("privacy-lead").auditEntries(AuditFilter(action: "compliance.report")).first)
        #expect(entry.detail["report"] == "privacy" && entry.detail["role"] == "analyst")
    }

    @Test("only records count that the grant is for")
    func rowFilter() throws {
        let roles = vault.folder.appendingPathComponent("policies/roles.yaml")
        let text = try String(contentsOf: roles, encoding: .utf8)
        try text.replacing("        page: 1000\n", with: "        rows: rating <= 2\n        page: 1000\n", maxReplacements: 1).write(to: roles, atomically: true, encoding: .utf8)
        let officer = try vault.vault.reloadingPolicies().session(token: vault.token("compliance", named: "other"))
        let risk = try #require(try officer.privacyCheck(role: "analyst", purpose: "insight", wanted: 5, fields: ["region"]).first)
        #expect(risk.groups == 1 && risk.customers == 4 && risk.k == 4 && risk.exposed == 4)
    }

    @Test("only who may report may check, and only fields that the role sees")
    func refusals() throws {
        #expect(throws: VaultError.self) { try vault.session("analyst").privacyCheck(role: "analyst", purpose: "insight", wanted: 5) }
        #expect(throws: VaultError.self) { try check(["phone"]) }
        #expect(throws: VaultError.self) { try officer.privacyCheck(role: "analist", purpose: "insight", wanted: 5) }
        #expect(throws: VaultError.self) { try officer.privacyCheck(role: "analyst", purpose: "follow-up", wanted: 5) }
    }
}
