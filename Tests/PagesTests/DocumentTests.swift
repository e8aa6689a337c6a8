import Foundation
import Pages
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Documents")
struct DocumentTests {
    private static let hostile = "<script>alert('客户')</script> & \"quotes\""

    private func archive(_ customer: [String: String], text: String) throws -> (data: Data, subject: String) {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: customer, text: text, extra: ["survey": ["wave": 7]])])
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        var data = Data()
        _ = try officer.exportSubject(subject, purpose: "subject-request", reason: nil) { copy in
            data = SubjectDocument.archive(copy, language: nil, date: Date(timeIntervalSince1970: 1_772_599_058))
        }
        return (data, subject)
    }

    /// Runs Python's own `zipfile`, which shares no code with ours.
    private func python(_ program: String, _ file: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, file]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("the customer's copy is a ZIP that another program reads, with the same data for people and machines")
    func archive() throws {
        let (data, subject) = try archive(["id": "C1", "name": "欧阳娜", "phone": "13800138000"], text: Self.hostile)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("copy-\(UUID().uuidString).zip")
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let listing = try python(
            """
            import sys, zipfile, json
            z = zipfile.ZipFile(sys.argv[1])
            assert z.testzip() is None
            assert all(i.external_attr >> 16 == 0o100600 and i.date_time == (2026, 3, 4, 4, 37, 38) for i in z.infolist())
            record = json.loads(z.read('data.json'))['records'][0]
            print(z.namelist(), record['name'], record['phone'], record['unclassified'], record['text'], sep='|')
            """, file.path)
        #expect(listing == "['index.html', 'copy.txt', 'data.json']|欧阳娜|13800138000|{'survey': {'wave': 7}}|\(Self.hostile)\n")
        let page = try python("import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read('index.html').decode(), end='')", file.path)
        #expect(page.contains("欧阳娜") && page.contains("13800138000") && page.contains(subject))
        #expect(page.contains("GDPR Art. 12-20") && page.contains("Learning from feedback"))
        #expect(!page.contains("<script>") && page.contains("&lt;script&gt;alert("))
    }

    @Test("the copy says why, who, how long, from where, what was decided and who saw what, in the reader's language", arguments: [Language.chinese, .english, nil])
    func told(language: Language?) throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1", "name": "欧阳娜", "phone": "13800138000"], text: "空调坏了")], source: "hotline-feed")
        let (officer, agent, coder) = (try vault.session("compliance"), try vault.session("agent", named: "wang.wei"), try vault.session("classification"))
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        let record = try agent.page(Query(select: ["record"], purpose: "follow-up")).rows[0][0].description
        _ = try agent.reveal(record: record, field: "phone", purpose: "follow-up", reason: "r") { _ in }
        let coded = try coder.page(Query(select: ["record"], purpose: "insight")).rows[0][0].description
        _ = try coder.annotate([Annotation(record: coded, module: "sentiment", labels: ["negative": 1])], purpose: "insight")
        _ = try officer.recordConsent(subject, purpose: "subject-request", about: "follow-up", decision: .objected, version: "7", proof: "letter of 4 March")
        var (page, text, json) = ("", "", "")
        _ = try officer.exportSubject(subject, purpose: "subject-request", reason: nil) { copy in
            (page, text, json) = (SubjectDocument.page(copy, language: language), SubjectDocument.text(copy, language: language), String(decoding: copy.json, as: UTF8.self))
        }
        let words: [(String, String)] = [
            ("处理目的与法律依据", "Purposes and legal basis"), ("接收者类别", "Categories of recipients"), ("保存期限", "Retention"), ("数据来源", "Sources"),
            ("您的同意与反对", "Your consents and objections"), ("谁在何时查看或处理了您的数据", "Who saw or handled your data, and when"), ("推断：情感", "inferred: sentiment"),
            ("查看明文", "a value was revealed"), ("反对", "objected"), ("正当利益", "legitimate interest"),
        ]
        for whole in [page, text] {
            for (chinese, english) in words {
                #expect(whole.contains(chinese) == (language != .english), "\(chinese)")
                #expect(whole.contains(english) == (language != .chinese), "\(english)")
            }
            for value in ["欧阳娜", "13800138000", "hotline-feed", "letter of 4 March", "GDPR Art. 6(1)(f)", "negative", "follow-up", subject] {
                #expect(whole.contains(value), "\(value)")
            }
            // Whoever worked on it is named by role alone, and no number is dressed as a time.
            #expect(!whole.contains("wang.wei") && !whole.contains("1970-"))
        }
        let seen = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect((seen["seen"] as? [[String: Any]])?.contains { $0["action"] as? String == "reveal" && $0["role"] as? String == "agent" } == true)
        #expect((seen["consents"] as? [[String: Any]])?.first?["decision"] as? String == "objected")
        #expect((seen["purposes"] as? [[String: Any]])?.count == 6 && (seen["sources"] as? [[String: Any]])?.first?["name"] as? String == "hotline-feed")
    }

    @Test("the archive without files is one, too, and a checksum is that of the standard")
    func checksum() throws {
        var archive = ZipArchive(date: Date(timeIntervalSince1970: 0))
        #expect(archive.data.count == 22)
        archive.add("a", Data("123456789".utf8))
        // The check value of CRC-32/ISO-HDLC.
        #expect(archive.data[14..<18].elementsEqual([0x26, 0x39, 0xF4, 0xCB]))
    }

    @Test("the record of processing says what policies, keys and log say, for people and machines")
    func processing() throws {
        let vault = try TestVault(alerts: "version: 1\nrules: [{name: any, frequency: {count: 1, minutes: 1}, actions: [lookup]}]")
        try vault.ingest((1...4).map { line(id: "\($0)", customer: ["id": "C\($0)", "name": "欧阳娜"], at: "2025-01-0\($0)T12:00:00+08:00") })
        let officer = try vault.session("compliance", named: "chen")
        let subjects = try (1...3).map { try officer.lookup(field: "customer_id", value: "C\($0)", purpose: "subject-request").subjects[0] }
        _ = try officer.eraseSubject(subjects[0], purpose: "subject-request", reason: "asked")
        _ = try officer.holdSubject(subjects[1], purpose: "subject-request", reason: "court")
        _ = try officer.restrictSubject(subjects[2], purpose: "subject-request", reason: "contested")
        _ = try officer.openCase(.access, of: subjects[1], purpose: "subject-request", note: nil)
        let second = try officer.openCase(.erasure, of: subjects[1], purpose: "subject-request", note: nil)
        _ = try officer.closeCase(second.id, as: .refused, purpose: "subject-request", note: "on hold")
        let record = try officer.page(Query(select: ["record"], purpose: "subject-request")).rows[0][0].description
        _ = try officer.reveal(record: record, field: "name", purpose: "subject-request", reason: "case 1") { _ in }
        #expect(throws: VaultError.self) { try officer.issueToken(principal: "x", role: "analyst", days: nil) }
        _ = try vault.session("retention").retentionRun()
        vault.clock.advance(days: 40)

        let report = try officer.processingReport(since: nil, until: nil)
        #expect(report.verification.isIntact && report.verification.checkpoint.hasPrefix(report.vault))
        #expect(report.holdings.records == 3 && report.holdings.customers == 3 && report.holdings.customersErased == 1)
        #expect(report.holdings.customersOnHold == 1 && report.holdings.customersRestricted == 1)
        #expect(report.erasures.customersOnRequest == 1 && report.erasures.records == 1 && report.erasures.recordsStripped == 2)
        #expect(report.cases.open == 1 && report.cases.overdue == 1 && report.cases.refused == 1 && report.cases.answered == 0)
        #expect(report.alerts.map(\.principal) == ["chen"] && report.alerts[0].times == 1)
        #expect(report.reveals.map(\.field) == ["name"])
        #expect(report.accesses.first { $0.principal == "chen" && $0.action == "token.issue" }?.denied == 1)
        #expect(report.purposes.first { $0.name == "insight" }?.roles == ["analyst", "classification", "improver", "manager", "partner", "reporting"])
        #expect(report.categories.first { $0.field == "national_id" }?.approvals == 2)
        #expect(report.recipients.first { $0.role == "compliance" }?.principals == ["chen"])
        #expect(report.retention.first { $0.rule == "hotline-identity" }?.held == 1)
        #expect(report.keys.count == 1 && report.keys[0].isActive && report.keys[0].subjectKeys == 3)

        let none = try officer.processingReport(since: Timestamp("2030-01-01"), until: nil)
        #expect(none.accesses.isEmpty && none.erasures.records == 0 && none.cases.refused == 0 && none.cases.open == 1)

        let page = ProcessingDocument.page(report)
        for part in ["✓ 完整 intact", "chen", "hotline-identity", "aes-256-gcm", "GDPR Art. 6(1)(f)", "any (alerts.yaml:2)"] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(!page.contains("欧阳娜"))
        let object = try #require(try JSONSerialization.jsonObject(with: ProcessingDocument.json(report)) as? [String: Any])
        #expect((object["holdings"] as? [String: Any])?["records"] as? Int == 3)
        #expect((object["verification"] as? [String: Any])?["isIntact"] as? Bool == true)
    }
}
