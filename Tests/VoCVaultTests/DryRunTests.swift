import AuditLog
import Policy
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("What cannot be undone can be looked at first")
struct DryRunTests {
    private let vault: TestVault
    private let officer: Session
    private let subject: String

    init() throws {
        vault = try TestVault()
        try vault.ingest([
            line(id: "1", customer: ["id": "C1", "phone": "13800138000", "address": "北京市朝阳区建国路88号"]),
            line(id: "2", customer: ["id": "C1", "phone": "13800138000"]), line(id: "3", customer: ["id": "C1", "phone": "13800138009"]),
            line(id: "4", customer: ["id": "C2", "phone": "13900139000"]),
        ])
        officer = try vault.session("compliance")
        subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
    }

    private func erase(dryRun: Bool, reason: String = "asked") throws -> Int {
        try officer.eraseSubject(subject, purpose: "subject-request", reason: reason, dryRun: dryRun).records
    }

    private func correct(_ field: String, _ value: String?, dryRun: Bool) throws -> Correction {
        try officer.correctSubject(subject, field: field, to: value, purpose: "subject-request", reason: "case 1", dryRun: dryRun)
    }

    private func entries(_ action: String) throws -> [AuditEntry] { try vault.session("privacy-lead", named: "p").auditEntries(AuditFilter(action: action)) }

    @Test("a dry run of an erasure says what goes, leaves everything, and is no erasure in the log")
    func erasure() throws {
        #expect(try erase(dryRun: true) == 3)
        #expect(try officer.lookup(field: "phone", value: "13800138000", purpose: "subject-request").subjects == [subject])
        #expect(try entries("subject.erase").isEmpty)
        let look = try #require(try entries("subject.erase.plan").first)
        #expect(look.rows == 3 && look.target == subject && look.reason == "asked" && look.principal == "compliance")
        #expect(throws: VaultError.notFound("an erased customer of this pseudonym")) {
            try officer.erasureCertificate(subject, purpose: "subject-request")
        }
        _ = try vault.administrator.verifyAudit()
        #expect(try erase(dryRun: false) == 3)
        _ = try vault.administrator.verifyAudit()
        #expect(throws: VaultError.notFound("the customer")) { try erase(dryRun: true) }
    }

    @Test("what stands against it stands against a dry run: a hold, no reason, no right")
    func refusals() throws {
        for reason in ["", " \n"] {
            #expect(throws: VaultError.invalid("a reason must be given")) { try erase(dryRun: true, reason: reason) }
            #expect(throws: VaultError.invalid("a reason must be given")) { try erase(dryRun: false, reason: reason) }
        }
        #expect(throws: VaultError.self) {
            try vault.session("analyst").eraseSubject(subject, purpose: "subject-request", reason: "x", dryRun: true)
        }
        _ = try officer.holdSubject(subject, purpose: "subject-request", reason: "court")
        #expect(throws: VaultError.onHold(ground: "court")) { try erase(dryRun: true) }
        #expect(throws: VaultError.onHold(ground: "court")) { try correct("phone", "13900139000", dryRun: true) }
    }

    @Test("a dry run of a correction shows what is replaced and by what, masked, and the numbers of the correction")
    func correction() throws {
        let plan = try correct("phone", "139 0013 9000", dryRun: true)
        #expect(plan.records == 3 && plan.others == 1)
        #expect(plan.change == MaskedChange(before: [("138****8000", 2), ("138****8009", 1)], after: "139******9000"))
        #expect(try officer.lookup(field: "phone", value: "13800138000", purpose: "subject-request").subjects == [subject])
        #expect(try entries("subject.correct").isEmpty && entries("subject.correct.plan").first?.rows == 3)
        let done = try correct("phone", "139 0013 9000", dryRun: false)
        #expect(done.records == plan.records && done.others == plan.others && done.change == nil)
        // A field without a mask shows nothing of itself, nor does one that the grant only masks or hides.
        #expect(try correct("address", "广东省深圳市福田区深南大道1号", dryRun: true).change == MaskedChange(before: [("(not shown)", 1)], after: "(not shown)"))
        #expect(try correct("wechat", "ouyang_na", dryRun: true).change == MaskedChange(before: [("(nothing)", 1)], after: "o********"))
        #expect(try correct("phone", nil, dryRun: true).change?.after == nil)
    }

    @Test("a value that the field cannot have is refused by its normaliser, whatever else is right", arguments: [
        ("phone", "notaphone"), ("phone", "123456"), ("phone", "1380013800012345"), ("phone", "138x0013y8000"), ("phone", "86+13800138000"), ("phone", "13800138000 Li"),
        ("email", "na"), ("email", "na@example"), ("email", "a@b@c.de"), ("email", "@example.org"), ("email", "na ng@example.com"), ("email", "na@exa..com"),
        ("customer_id", "--"), ("name", "12"), ("name", "?"), ("birth_date", "1990-13-41"), ("wechat", "_"), ("phone", " "),
    ])
    func shape(field: String, value: String) throws {
        for dryRun in [true, false] {
            let error = #expect(throws: VaultError.self) { try correct(field, value, dryRun: dryRun) }
            guard case .invalid(let message)? = error else { continue }
            #expect(message.contains(field) && (value.count < 3 || !message.contains(value)))
        }
        #expect(try entries("subject.correct").allSatisfy { $0.outcome == .failed })
    }

    @Test("values as people write them are taken", arguments: [
        ("phone", "+86 138-0013-8000"), ("phone", "(010) 8888 6666"), ("phone", "13800138000"), ("phone", "0044 20 7946 0958"),
        ("phone", "8888666"), ("email", "na.ouyang+voc@mail.example.com"), ("email", "na@例子.测试"), ("customer_id", "C-1009"), ("name", "欧阳·娜"), ("name", "O'Neil"),
        ("birth_date", "1990-05-17"), ("national_id", "11010519491231002X"), ("gender", "女"),
    ])
    func taken(field: String, value: String) throws {
        #expect(try correct(field, value, dryRun: false).records > 0)
    }

    @Test("a dry run of a revocation says whose token it is and revokes nothing; a reason is in the log")
    func revocation() throws {
        let (token, id, _) = try vault.administrator.issueToken(principal: "lin", role: "analyst", days: 2)
        let look = try vault.administrator.revokeToken(id, dryRun: true)
        #expect(look.principal == "lin" && look.role == "analyst")
        _ = try vault.vault.session(token: token)
        #expect(throws: VaultError.invalid("a reason must be given")) { try vault.administrator.revokeToken(id, reason: " ") }
        try vault.administrator.revokeToken(id, reason: "left the company")
        #expect(throws: VaultError.self) { try vault.vault.session(token: token) }
        #expect(try entries("token.revoke").first { $0.outcome == .allowed }?.reason == "left the company")
        #expect(throws: VaultError.conflict("the token was revoked already")) { try vault.administrator.revokeToken(id, dryRun: true) }
    }

    private struct Unshowable: Error {}

    @Test("a token that could not be shown was never issued, and the log says so")
    func unshown() throws {
        var (seen, wasGood) = ("", true)
        #expect(throws: Unshowable.self) {
            _ = try vault.administrator.issueToken(principal: "lin", role: "analyst", days: 2) { token, _ in
                (seen, wasGood) = (token, (try? vault.vault.session(token: token)) != nil)
                throw Unshowable()
            }
        }
        #expect(seen.hasPrefix("vvt_") && !wasGood)
        #expect(throws: VaultError.self) { try vault.vault.session(token: seen) }
        #expect(try !vault.administrator.tokens().contains { $0.principal == "lin" })
        let entry = try #require(try entries("token.issue").first { $0.detail["for"] == "lin" })
        #expect(entry.outcome == .failed && entry.detail["error"]?.contains("could not be shown") == true)
    }
}
