import AuditLog
import Foundation
import Testing

@Suite("Audit export")
struct ExportTests {
    private var entry: AuditEntry {
        var entry = AuditEntry(
            principal: "zhao", role: "agent", purpose: "follow-up", action: "reveal", outcome: .denied, rule: "a|b=c",
            target: "r_1", fields: ["phone", "name"], rows: 0, reason: "line\nbreak \\ = |", request: "q_1",
            software: "vocvault/0.1.0", detail: [.subject: "s_1"])
        entry.seq = 7
        entry.time = "2026-03-04T04:37:39.250Z"
        return entry
    }

    @Test("OCSF: the class's required attributes, the type that class and activity make, and the log's own members")
    func ocsf() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(AuditExport.ocsf.line(entry).utf8)) as? [String: Any])
        #expect(object["class_uid"] as? Int == 6003 && object["category_uid"] as? Int == 6)
        #expect(object["activity_id"] as? Int == 2 && object["type_uid"] as? Int == 600_302)
        #expect(object["severity_id"] as? Int == 4 && object["status_id"] as? Int == 2)
        #expect(object["time"] as? Int == 1_772_599_059_250)
        #expect(((object["actor"] as? [String: Any])?["user"] as? [String: Any])?["name"] as? String == "zhao")
        #expect((object["api"] as? [String: Any])?["operation"] as? String == "reveal")
        #expect((object["metadata"] as? [String: Any])?["version"] as? String == "1.3.0")
        let unmapped = try #require(object["unmapped"] as? [String: Any])
        #expect(unmapped["fields"] as? [String] == ["phone", "name"] && unmapped["reason"] as? String == entry.reason)
    }

    @Test("CEF: one line, with the format's escapes in header and extension")
    func cef() {
        #expect(
            AuditExport.cef.line(entry)
                == #"CEF:0|VoC Vault|vocvault|0.1.0|reveal|reveal denied|8|rt=1772599059250 externalId=7 suser=zhao spriv=agent act=reveal outcome=denied cnt=0 cs1Label=purpose cs1=follow-up cs2Label=rule cs2=a|b\=c cs3Label=fields cs3=phone name cs4Label=request cs4=q_1 duid=r_1 reason=line\nbreak \\ \= |"#)
    }

    @Test("JSONL is what is hashed")
    func jsonl() {
        #expect(Array(AuditExport.jsonl.line(entry).utf8) == entry.canonicalBytes)
    }
}
