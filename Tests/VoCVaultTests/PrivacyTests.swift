import AuditLog
import Foundation
import RedactedAPI
import SyntheticFeed
import TestVaults
import Testing
import VoCVault

@Suite("Privacy check")
struct PrivacyTests {
    private let vault: TestVault
    private let officer: Session

    init() throws {
        vault = try TestVault(edit: TestVault.shipped)
        officer = try vault.session("compliance")
        // Six customers of 北京, two of 上海, one of them with two records; ratings vary in 北京 only.
        func customer(_ number: Int, _ city: String, _ birth: String) -> [String: String] { ["id": "C\(number)", "address": "\(city)市某区某路1号", "birth_date": birth] }
        var lines = (1...6).map { line(id: "\($0)", customer: customer($0, "北京", "198\($0 % 2)-01-01"), attributes: ["region": "北", "rating": 1 + $0 % 3]) }
        lines += [7, 8].map { line(id: "\($0)", customer: customer($0, "上海", "1980-01-01"), attributes: ["region": "东", "rating": 5]) }
        lines.append(line(id: "9", customer: customer(8, "上海", "1980-01-01"), attributes: ["region": "东", "rating": 5]))
        try vault.ingest(lines)
    }

    private func check(_ fields: [String]?, size: Int = 2, sensitive: String? = nil) throws -> [PrivacyRisk] {
        try officer.privacyCheck(role: "analyst", purpose: "insight", wanted: 5, fields: fields, size: size, sensitive: sensitive).risks
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
        #expect(!risks.contains { $0.fields.contains("phone") || $0.fields.contains("text") || $0.fields.contains("topic") })
        #expect(risks.contains { $0.fields == ["address", "occurred_at"] }, "times count as rows show them")
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
        let risk = try #require(try officer.privacyCheck(role: "analyst", purpose: "insight", wanted: 5, fields: ["region"]).risks.first)
        #expect(risk.groups == 1 && risk.customers == 4 && risk.k == 4 && risk.exposed == 4)
    }

    @Test("only who may report may check, and only fields that the role sees")
    func refusals() throws {
        #expect(throws: VaultError.self) { try vault.session("analyst").privacyCheck(role: "analyst", purpose: "insight", wanted: 5) }
        #expect(throws: VaultError.self) { try check(["phone"]) }
        let figures = try officer.privacyCheck(role: "reporting", purpose: "insight", wanted: 5)
        #expect(figures.k == nil && figures.risks.isEmpty && figures.proposal == [])
        #expect(throws: VaultError.self) { try officer.privacyCheck(role: "analist", purpose: "insight", wanted: 5) }
        #expect(throws: VaultError.self) { try officer.privacyCheck(role: "analyst", purpose: "follow-up", wanted: 5) }
    }

    @Test("what is to be coarser for large enough groups is the choice that loses least")
    func proposal() throws {
        // Stores of two; four ratings; four weeks, each day of which has ten customers.
        let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("        times: month\n", with: "        times: day\n") : text }
        try vault.ingest(
            (0..<280).map { number in
                line(
                    id: "\(number)", customer: ["id": "C\(number)"], attributes: ["store": "S\(number / 2)", "rating": number / 70 + 1],
                    at: String(format: "2026-03-%02dT12:00:00+08:00", number % 28 + 2))
            })
        let officer = try vault.session("compliance")
        var steps: [Int] = []
        let report = try officer.privacyCheck(
            role: "analyst", purpose: "insight", wanted: 10, fields: ["store", "rating", "occurred_at"], progress: { done, _ in steps.append(done) })
        #expect(report.k == 1 && report.customers == 280 && report.exposed == 280 && steps.contains(280))
        // A day and a rating have two or three customers, a week and a rating seventeen; without ratings, days could stay, but more would be lost.
        let changes = try #require(report.proposal)
        #expect(changes.map { "\($0.field) \($0.form)" } == ["occurred_at week", "store suppress"] && changes[1].loss == 1 && (0.3..<0.9).contains(changes[0].loss))
        let alone = try officer.privacyCheck(role: "analyst", purpose: "insight", wanted: 10, fields: ["occurred_at"], size: 1)
        #expect(alone.k == 10 && alone.proposal == [])
        #expect(try officer.privacyCheck(role: "analyst", purpose: "insight", wanted: 1000, fields: ["occurred_at"]).proposal == nil)
    }

    @Test("the roles that come with the vault hide customers of an ordinary feed, and would not with what they do not show")
    func shipped() throws {
        let vault = try TestVault(edit: TestVault.shipped)
        var feed = Feed(seed: 5, count: 3000, customers: 3000, span: 60 * 86_400_000)
        try vault.ingest((0..<3000).map { _ in feed.next().json })
        for role in ["analyst", "classification"] {
            let report = try vault.session("compliance").privacyCheck(role: role, purpose: "insight", wanted: 5)
            #expect(try #require(report.k) >= 5, "\(role): \(report.risks.prefix(3)) \(String(describing: report.proposal))")
        }
        let roles = vault.folder.appendingPathComponent("policies/roles.yaml")
        let minutes = "          record: pseudonym\n          closing_hours: reveal\n          response_minutes: reveal\n"
        try String(contentsOf: roles, encoding: .utf8).replacing("          record: pseudonym\n", with: minutes).write(to: roles, atomically: true, encoding: .utf8)
        let officer = try vault.vault.reloadingPolicies().session(token: vault.token("compliance", named: "other"))
        let exposed = try officer.privacyCheck(role: "analyst", purpose: "insight", wanted: 5)
        #expect(exposed.k == 1 && Set(exposed.proposal?.map(\.field) ?? []) == ["closing_hours", "response_minutes"])
    }
}
