import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Separation of duties")
struct ApprovalTests {
    private let vault: TestVault
    private let officer: Session
    private let lead: Session
    private let record: String
    private static let number = "11010519491231002X"

    init() throws {
        // A compliance officer who may also decide: nobody decides their own request all the same.
        vault = try TestVault { name, text in
            guard name == "roles.yaml" else { return text }
            return text.replacing("actions: [audit.read, audit.verify, compliance.report,", with: "actions: [audit.read, approval.decide, audit.verify, compliance.report,")
        }
        try vault.ingest([line(id: "1", customer: ["id": "C1", "name": "欧阳娜", "national_id": Self.number])])
        officer = try vault.session("compliance", named: "chen")
        lead = try vault.session("privacy-lead", named: "wu")
        record = try officer.page(Query(select: ["record"], purpose: "subject-request")).rows[0][0].description
    }

    private func reveal(_ session: Session? = nil, breakGlass: Bool = false, reason: String = "欧阳娜 asks", of other: String? = nil) throws -> String {
        var shown = ""
        _ = try (session ?? officer).reveal(
            record: other ?? record, field: "national_id", purpose: "subject-request", reason: reason, breakGlass: breakGlass
        ) { shown = $0 }
        return shown
    }

    private func entries(_ action: String) throws -> [AuditEntry] { try lead.auditEntries(AuditFilter(action: action)) }

    @Test("a reveal waits for a second principal, is used once, and the entries tell the story")
    func granted() throws {
        #expect(throws: VaultError.needsApproval(1)) { try reveal() }
        // Asking again does not make a second request.
        #expect(throws: VaultError.needsApproval(1)) { try reveal() }
        let waiting = try lead.approvals()
        #expect(waiting.count == 1 && waiting[0].principal == "chen" && waiting[0].field == "national_id" && waiting[0].record == record)
        #expect(waiting[0].reason == "[NAME] asks" && waiting[0].state == "pending")
        _ = try lead.decideApproval(1, grant: true, reason: "case 17")
        #expect(try reveal() == Self.number)
        #expect(throws: VaultError.needsApproval(2)) { try reveal() }
        let reveals = try entries("reveal")
        #expect(reveals.map(\.outcome) == [.denied, .allowed, .denied, .denied])
        #expect(reveals[1].detail["approval"] == "1 by wu")
        let decision = try #require(try entries("approval.decide").first { $0.detail["decision"] != nil })
        #expect(decision.principal == "wu" && decision.detail["for"] == "chen" && decision.detail["decision"] == "granted" && decision.target == record)
    }

    @Test("who asked sees the state of their own requests, and of nobody else's")
    func own() throws {
        let agents = try TestVault { name, text in
            guard name == "roles.yaml" else { return text }
            return text.replacing(
                "          phone: reveal\n          email: reveal\n        quotas: {reveal: 50}", with: "          national_id: reveal\n        quotas: {reveal: 50}")
        }
        try agents.ingest([line(id: "1", customer: ["id": "C1", "national_id": Self.number])])
        let (asking, other, lead) = (try agents.session("agent", named: "zhao"), try agents.session("agent", named: "qian"), try agents.session("privacy-lead"))
        let record = try asking.page(Query(select: ["record"], purpose: "follow-up")).rows[0][0].description
        for session in [asking, other] {
            #expect(throws: VaultError.self) { try session.reveal(record: record, field: "national_id", purpose: "follow-up", reason: "call") { _ in } }
        }
        #expect(try asking.approvals().map(\.id) == [1] && other.approvals().map(\.id) == [2])
        #expect(try asking.approvals().map(\.record) == [record])
        _ = try lead.decideApproval(1, grant: true, reason: nil)
        _ = try lead.decideApproval(2, grant: false, reason: nil)
        #expect(try asking.approvals().map(\.state) == ["granted"] && asking.approvals().map(\.decidedBy) == ["privacy-lead"])
        #expect(try other.approvals().map(\.state) == ["denied"] && lead.approvals().count == 2)
        // Looking is logged, and reveals nothing.
        let entries = try lead.auditEntries(AuditFilter(principal: "qian"))
        #expect(entries.first?.action == "approval.own" && entries.first?.rows == 1)
        let error = #expect(throws: VaultError.self) { try agents.session("analyst").approvals() }
        #expect("\(error!)".hasSuffix("roles that may: privacy-lead"), "\(error!)")
    }

    @Test("nobody decides their own request, twice, after it expired, or without the right")
    func refusals() throws {
        #expect(throws: VaultError.needsApproval(1)) { try reveal() }
        let error = #expect(throws: VaultError.self) { try officer.decideApproval(1, grant: true, reason: nil) }
        if case .denied(_, "separation of duties", _) = error {} else { Issue.record("\(String(describing: error))") }
        #expect(throws: VaultError.self) { try vault.session("agent").decideApproval(1, grant: true, reason: nil) }
        #expect(throws: VaultError.notFound("a waiting request 9")) { try lead.decideApproval(9, grant: true, reason: nil) }
        _ = try lead.decideApproval(1, grant: false, reason: "no ground")
        #expect(throws: VaultError.notFound("a waiting request 1")) { try lead.decideApproval(1, grant: true, reason: nil) }
        #expect(throws: VaultError.needsApproval(2)) { try reveal() }
        vault.clock.advance(days: 2)
        #expect(throws: VaultError.notFound("a waiting request 2")) { try lead.decideApproval(2, grant: true, reason: nil) }
        #expect(throws: VaultError.needsApproval(3)) { try reveal() }
        _ = try lead.decideApproval(3, grant: true, reason: nil)
        vault.clock.advance(days: 1)
        #expect(throws: VaultError.needsApproval(4)) { try reveal() }
    }

    @Test("who decides may name the customer, and the log does not, whatever name it is")
    func namelessReason() throws {
        try vault.ingest([line(id: "2", customer: ["id": "C2", "name": "Zarblox", "national_id": Self.number])])
        let other = try #require(try officer.page(Query(select: ["record"], purpose: "subject-request")).rows.map(\.[0].description).first { $0 != record })
        #expect(throws: VaultError.needsApproval(1)) { try reveal(of: other) }
        _ = try lead.decideApproval(1, grant: true, reason: "zarblox has written twice")
        #expect(try entries("approval.decide").first { $0.detail["decision"] != nil }?.reason == "[NAME] has written twice")
    }

    @Test("a grant is for one principal, record and field")
    func scope() throws {
        try vault.ingest([line(id: "2", customer: ["id": "C2", "national_id": "440524188001010014"], at: "2026-03-05T12:00:00+08:00")])
        #expect(throws: VaultError.needsApproval(1)) { try reveal() }
        _ = try lead.decideApproval(1, grant: true, reason: nil)
        let other = try officer.page(Query(select: ["record"], purpose: "subject-request")).rows[0][0].description
        #expect(other != record)
        #expect(throws: VaultError.needsApproval(2)) {
            try officer.reveal(record: other, field: "national_id", purpose: "subject-request", reason: "r") { _ in Issue.record("released") }
        }
        #expect(throws: VaultError.needsApproval(3)) { try reveal(vault.session("compliance", named: "li")) }
        // A field that needs no second principal is not held up.
        _ = try officer.reveal(record: record, field: "name", purpose: "subject-request", reason: "r") { #expect($0 == "欧阳娜") }
        #expect(try reveal() == Self.number)
    }

    @Test("breaking the glass shows at once, for a short while, and raises an alert")
    func breakGlass() throws {
        #expect(try reveal(breakGlass: true) == Self.number)
        #expect(try reveal() == Self.number)
        let alerts = try entries("alert")
        #expect(alerts.count == 1 && alerts[0].principal == "chen" && alerts[0].rule == "break-glass" && alerts[0].detail["field"] == "national_id")
        #expect(try entries("reveal").first?.detail["approval"] == "1 by break-glass")
        vault.clock.advance(days: 1)
        #expect(throws: VaultError.needsApproval(2)) { try reveal() }
        let agent = try vault.session("agent")
        let row = try agent.page(Query(select: ["record"], purpose: "follow-up")).rows[0][0].description
        #expect(throws: VaultError.self) {
            try agent.reveal(record: row, field: "phone", purpose: "follow-up", reason: "r", breakGlass: true) { _ in Issue.record("released") }
        }
    }

    @Test("a quota counts a field by itself")
    func fieldQuota() throws {
        let vault = try TestVault { name, text in
            name == "roles.yaml" ? text.replacing("reveal.national_id: 20", with: "reveal.phone: 2") : text
        }
        try vault.ingest([line(id: "1", customer: ["id": "C1", "name": "欧阳娜", "phone": "13800138000"])])
        let officer = try vault.session("compliance")
        let record = try officer.page(Query(select: ["record"], purpose: "subject-request")).rows[0][0].description
        func reveal(_ field: String) throws {
            _ = try officer.reveal(record: record, field: field, purpose: "subject-request", reason: "r") { _ in }
        }
        for _ in 0..<2 { try reveal("phone") }
        #expect(throws: VaultError.self) { try reveal("phone") }
        try reveal("name")
    }
}
