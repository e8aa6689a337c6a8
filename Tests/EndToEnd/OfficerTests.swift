import Foundation
import TestVaults
import Testing

@Suite("A compliance officer's day")
struct OfficerTests {
    private let purpose = ["--purpose", "subject-request"]

    @Test("one customer with four handles and a name in another's text is found, copied, restricted, objects, is erased and certified; each in one command")
    func whole() throws {
        let vault = try CommandLineVault()
        func officer(_ arguments: [String], input: String = "") throws -> (status: Int32, output: String, error: String) {
            let done = try vault.run(arguments + purpose, as: "compliance", input: input)
            return (done.status, done.output, done.error)
        }
        try vault.write(
            "in.jsonl",
            [
                line(id: "1", customer: ["phone": "13611110009", "name": "王小明"], text: "空调坏了"),
                line(id: "2", customer: ["email": "wxm@example.com", "wechat": "wxid_wxm0009", "name": "王小明"], text: "还没有修好"),
                line(id: "3", customer: ["id": "M-1", "phone": "+86 136 1111 0009", "email": "WXM@example.com", "name": "王小明"], text: "谢谢"),
                line(id: "4", customer: ["id": "F-1", "name": "李丽"], text: "我叫李丽,我的朋友叫王小明,他的电话是13611110009"),
                line(id: "5", customer: ["id": "S-1", "name": "周戊"], text: "我叫周戊,客服说王小明也投诉过,电话13611110019"),
            ] + (1...12).map { line(id: "o\($0)", customer: ["id": "O-\($0)"]) })
        #expect(try vault.run(["ingest", "in.jsonl"], as: "ingest").status == 0)

        // Found by each handle, as one.
        var found: Set<String> = []
        for (field, value) in [("customer_id", "m-1"), ("phone", "136 1111 0009"), ("email", "wxm@EXAMPLE.com"), ("wechat", "wxid_wxm0009")] {
            let answer = try officer(["subject", "find", "--field", field, "--format", "csv"], input: value + "\n")
            #expect(answer.status == 0, "\(field): \(answer)")
            found.insert(answer.output)
        }
        #expect(found.count == 1, "\(found)")
        let subject = try String(#require(found.first?.split(separator: "\r\n").last))

        // What others say of the customer.
        let mentions = try vault.rows(["subject", "mentions", "list", subject] + purpose, as: "compliance")
        #expect(mentions.contains { $0["fields"] as? String == "name,phone" }, "\(mentions)")
        #expect(try officer(["subject", "erase", subject, "--reason", "asked"]).error.contains("records of others may mention the customer"))
        for mention in mentions {
            let isTheirs = mention["fields"] as? String == "name,phone"
            let decided = try officer(["subject", "mentions", "decide", subject, mention["record"] as! String, isTheirs ? "theirs" : "another", "--reason", "read it"])
            #expect(decided.status == 0 && decided.output.hasPrefix("decided: \(isTheirs ? "theirs" : "another"); audit entry "), "\(decided)")
        }
        #expect(try vault.rows(["subject", "mentions", "list", subject] + purpose, as: "compliance").isEmpty)

        // Copied: all records, what others say, and what was searched.
        let copy = try officer(["subject", "export", subject])
        let json = try #require(try JSONSerialization.jsonObject(with: Data(copy.output.utf8)) as? [String: Any])
        #expect((json["records"] as? [Any])?.count == 3 && (json["mentions"] as? [[String: Any]])?.count == 1)
        let searched = json["searched"] as? [String: Any]
        #expect((searched?["customers"] as? Int ?? 0) > 1 && (searched?["handles"] as? [String: Int]) == ["customer_id": 1, "email": 1, "phone": 1, "wechat": 1])
        #expect(!copy.output.contains("李丽"))
        let page = try officer(["subject", "export", subject, "--language", "zh", "--format", "text"])
        #expect(page.output.contains("== 他人反馈中提到您的内容 ==") && page.output.contains("== 查找范围 =="))

        // Restricted and freed again, with an objection.
        func shown() throws -> Int { try vault.rows(["query", "--purpose", "insight", "--select", "text", "--limit", "100"], as: "analyst").count }
        #expect(try shown() == 17)
        let restricted = try officer(["subject", "restrict", subject, "--reason", "accuracy contested"])
        #expect(restricted.output.hasPrefix("restricted 3 records") && restricted.error.contains("searched: 1 customer_id, 1 email, 1 phone, 1 wechat"), "\(restricted)")
        #expect(try shown() == 14)
        #expect(try officer(["subject", "restrict", subject, "--lift", "--reason", "settled"]).status == 0)
        #expect(try officer(["subject", "object", subject, "--for", "insight", "--proof", "letter", "--reason", "asked"]).status == 0)
        #expect(try shown() == 14)

        // Erased and certified.
        let erased = try officer(["subject", "erase", subject, "--reason", "request of today"])
        #expect(
            erased.status == 0 && erased.output.hasPrefix("erased the customer with 3 records") && erased.error.contains("1 records of others mention the customer"), "\(erased)")
        #expect(try officer(["subject", "find", "--field", "wechat", "--format", "csv"], input: "wxid_wxm0009\n").output == "subject\r\n")
        let certificate = try officer(["subject", "certificate", subject])
        for words in ["records: 3", "handles searched: customer_id 1, email 1, phone 1, wechat 1", "mentions in texts of others: 1 removed, 0 kept under hold, 0 undecided"] {
            #expect(certificate.output.contains("\n\(words)"), "\(words): \(certificate)")
        }
        #expect(try vault.run(["audit", "verify", "--deep"], as: "compliance").status == 0)
    }
}
