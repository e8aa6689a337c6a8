import Foundation
import TestVaults
import Testing

@Suite("Customers' rights on the command line")
struct RightsCommandTests {
    private let purpose = ["--purpose", "subject-request"]

    @Test("an objection, a withdrawal and their list; the copy in either language")
    func decisions() throws {
        let vault = try CommandLineVault()
        try vault.write("in.jsonl", (1...3).map { line(id: "\($0)", customer: ["id": "C\($0)", "name": "欧阳娜"], text: "空调 \($0)") })
        #expect(try vault.run(["ingest", "in.jsonl"], as: "ingest").status == 0)
        let found = try vault.run(["subject", "batch", "find", "-", "--field", "customer_id", "--format", "csv"] + purpose, as: "compliance", input: "C1\n\nC9\nC2\n")
        let lines = found.output.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        #expect(found.status == 0 && lines.map(\.[0]) == ["line", "1", "3", "4"] && lines[2][1].isEmpty, "\(found)")
        let subject = lines[1][1]
        let objected = try vault.run(["subject", "object", subject, "--for", "insight", "--proof", "letter of 4 March", "--reason", "asked"] + purpose, as: "compliance")
        #expect(objected.status == 0 && objected.output.hasPrefix("objected: purpose 'insight' does not use the customer's data; audit entry "), "\(objected)")
        #expect(try vault.rows(["query", "--select", "text"] + ["--purpose", "insight"], as: "analyst").count == 2)
        let given = try vault.run(["subject", "consent", subject, "--for", "insight", "--given", "--version", "3"] + purpose, as: "compliance")
        #expect(given.status == 0 && given.output.contains("uses the customer's data"))
        let contract = try vault.run(["subject", "consent", subject, "--for", "follow-up", "--withdrawn"] + purpose, as: "compliance")
        #expect(contract.status == 0 && contract.output.contains("does not depend on it"))
        let ledger = try vault.rows(["subject", "consents", subject] + purpose, as: "compliance")
        #expect(ledger.map { $0["decision"] as? String } == ["objected", "given", "withdrawn"] && ledger[0]["proof"] as? String == "letter of 4 March")
        #expect(try vault.run(["subject", "object", subject, "--for", "insigth"] + purpose, as: "compliance").status == 2)
        #expect(try vault.run(["subject", "object", subject, "--for", "insight"] + purpose, as: "analyst").status == 3)
        let chinese = try vault.run(["subject", "export", subject, "--language", "zh", "--format", "text"] + purpose, as: "compliance")
        #expect(chinese.status == 0 && chinese.output.contains("您的同意与反对") && !chinese.output.contains("Your consents"))
        let english = try vault.run(["subject", "export", subject, "--language", "en", "--format", "html"] + purpose, as: "compliance")
        #expect(english.output.contains("Who saw or handled your data") && english.output.contains("letter of 4 March"))
        #expect(try vault.run(["reclassify"], as: "retention").output.hasPrefix("filled fields of 0 records"))
    }

    @Test("a request from its letter to its evidence; a batch says first what it would do")
    func request() throws {
        let vault = try CommandLineVault()
        try vault.write("in.jsonl", (1...3).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
        #expect(try vault.run(["ingest", "in.jsonl"], as: "ingest").status == 0)
        let found = try vault.run(["subject", "batch", "find", "-", "--field", "customer_id", "--format", "csv"] + purpose, as: "compliance", input: "C1\nC2\nC3\n")
        let subjects = found.output.split(separator: "\r\n").dropFirst().map { String($0.split(separator: ",")[1]) }
        #expect(subjects.count == 3)
        #expect(try vault.run(["case", "open", subjects[0], "--kind", "erasure"] + purpose, as: "compliance").status == 0)
        #expect(try vault.run(["case", "ask", "1", "--system", "crm", "--note", "erase"] + purpose, as: "compliance").output.hasPrefix("task 1; audit entry "))
        #expect(try vault.rows(["case", "list"] + purpose, as: "compliance")[0]["waits_for"] as? String == "1 crm")
        #expect(try vault.run(["case", "close", "1", "--as", "answered", "--note", "x"] + purpose, as: "compliance").error.contains("task 1 (crm)"))
        #expect(try vault.run(["case", "answer", "1", "--task", "1", "--as", "done", "--note", "erased"] + purpose, as: "compliance").status == 0)
        try vault.write("subjects.txt", subjects + [subjects[1], "s_000"])
        let copies = try vault.run(["subject", "batch", "export", "subjects.txt", "--out", "copies", "--language", "en"] + purpose, as: "compliance")
        #expect(copies.status == 5 && copies.output == "exported 3 customers\n" && copies.error.contains("line 5: "), "\(copies)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: vault.folder.appendingPathComponent("copies").path).sorted() == subjects.map { "\($0).zip" }.sorted())
        #expect(try vault.run(["subject", "hold", subjects[1], "--reason", "court"] + purpose, as: "compliance").status == 0)
        let plan = try vault.run(["subject", "batch", "erase", "subjects.txt", "--reason", "asked", "--dry-run"] + purpose, as: "compliance")
        #expect(plan.status == 0 && plan.output.hasPrefix("would erase 2 customers with 2 records\n") && plan.output.contains("line 2: "), "\(plan)")
        let erased = try vault.run(["subject", "batch", "erase", "subjects.txt", "--reason", "asked"] + purpose, as: "compliance")
        #expect(erased.status == 5 && erased.output == "erased 2 customers with 2 records\n" && erased.error.contains("would erase 2 customers"), "\(erased)")
        #expect(try vault.run(["case", "close", "1", "--as", "answered", "--note", "erased"] + purpose, as: "compliance").status == 0)
        let evidence = try vault.run(["case", "evidence", "1", "--out", "case-1.zip"] + purpose, as: "compliance")
        #expect(evidence.status == 0 && evidence.output.hasPrefix("case 1 with 1 tasks and "), "\(evidence)")
        #expect(try vault.run(["case", "evidence", "1", "--out", "case-1.zip"] + purpose, as: "compliance").status == 2)
    }
}
