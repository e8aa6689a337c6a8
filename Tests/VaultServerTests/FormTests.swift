import AuditLog
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@testable import VaultServer

/// Forms of `forms.yaml`, as people who are nobody's principals meet them.
@Suite("Forms of one's own")
struct FormTests {
    /// A form in both languages, with every kind of field that the test of the console looks at.
    static func policy(day: Int = 500, address: Int = 1000, embed: String = "[]") -> String {
        """
        version: 1
        forms:
          feedback:
            title: {zh: 意见反馈, en: Your feedback}
            channel: web
            purposes: {intake: operation, requests: subject-request}
            fields:
              - {field: text, label: {zh: 内容, en: What happened}, required: true, longest: 300}
              - field: rating
                label: {zh: 评分, en: Rating}
                options: [{value: 5, label: {zh: 好, en: Good}}, {value: 1, label: {zh: 差, en: Bad}}]
              - {field: phone, label: {zh: 电话, en: Phone}}
              - {field: email, label: {zh: 邮箱, en: E-mail}}
            consent:
              version: v-2026-11
              text: {zh: 我们这样使用, en: How we use it}
              decisions: [{purpose: insight, label: {zh: 同意, en: I agree}}]
            embed: \(embed)
            limits: {day: \(day), address: \(address)}

        """
    }

    private let test: TestVault

    init() throws { test = try TestVault() }

    private func served<R>(day: Int = 500, address: Int = 1000, embed: String = "[]", _ body: @Sendable (RunningServer) async throws -> R) async throws -> R {
        try Self.policy(day: day, address: address, embed: embed).write(toFile: test.location.policies + "/forms.yaml", atomically: true, encoding: .utf8)
        return try await withRouter(vault: test, serving: test.reopened(), body)
    }

    private static func post(_ server: RunningServer, _ fields: [String: String], to path: String = "/feedback/feedback?lang=en", _ headers: [(String, String)] = []) async throws
        -> RunningServer.Reply
    {
        let allowed = CharacterSet.alphanumerics
        let body = fields.map { "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: allowed)!)" }.joined(separator: "&")
        return try await server.send("POST", path, body: Data(body.utf8), headers: [("Content-Type", "application/x-www-form-urlencoded")] + headers)
    }

    private static func receipt(in page: String) -> String? { page.firstMatch(of: /<code>([0-9A-Z]{7}-[0-9A-Z]{7}-[0-9A-Z]{7}-[0-9A-Z]{5})<\/code>/).map { String($0.1) } }

    private func stored() throws -> [[Value]] { try test.session("analyst").page(Query(select: ["text", "channel", "rating"], purpose: "insight")).rows }

    @Test("the page needs no script, no cookie and nothing from elsewhere; only origins that the policy names may frame it")
    func page() async throws {
        let page = try await served { server in
            let page = try await server.send("GET", "/feedback/feedback", headers: [("Accept-Language", "zh-CN,zh;q=0.9")])
            #expect(page.text.contains("<html lang=\"zh-CN\">") && page.text.contains("意见反馈") && page.text.contains("hreflang=\"en\""))
            #expect(page.headers.first(name: "X-Frame-Options") == "DENY")
            #expect(try await server.send("GET", "/feedback/nothing").status == 404)
            let style = try await server.send("GET", "/feedback/style.css")
            #expect(style.status == 200 && style.headers.first(name: "Content-Type")?.hasPrefix("text/css") == true)
            return try await server.send("GET", "/feedback/feedback?lang=en")
        }
        #expect(page.status == 200 && page.headers.first(name: "Set-Cookie") == nil && page.headers.first(name: "Cache-Control") == "no-store")
        #expect(page.headers.first(name: "Content-Security-Policy") == "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
        #expect(!page.text.contains("<script") && !page.text.contains("style=") && !page.text.contains("http"))
        for id in ["f.text", "f.phone", "f.email"] { #expect(page.text.contains("<label for=\"\(id)\">") && page.text.contains("id=\"\(id)\"")) }
        #expect(page.text.contains("<fieldset") && page.text.contains("v-2026-11"))
        try await served(embed: #"["https://www.example.com"]"#) { server in
            let framed = try await server.send("GET", "/feedback/feedback")
            #expect(framed.headers.first(name: "Content-Security-Policy")?.hasSuffix("frame-ancestors https://www.example.com") == true)
            #expect(framed.headers.first(name: "X-Frame-Options") == nil)
        }
    }

    @Test("what is typed is one record, redacted and indexed as any other, under the form's principal; consent is in the ledger; no file has the receipt, no log the address")
    func taken() async throws {
        try Self.policy().write(toFile: test.location.policies + "/forms.yaml", atomically: true, encoding: .utf8)
        // Only what listens writes a log.
        let (receipt, log) = try await withServer(vault: test, serving: test.reopened()) { server in
            let reply = try await Self.post(
                server, ["f.text": "快递太慢,打 13800138000 找我", "f.rating": "1", "f.phone": "138 0013 8000", "f.email": "", "agree.insight": "yes", "website": ""])
            #expect(reply.status == 200, "\(reply.text)")
            return (try #require(Self.receipt(in: reply.text)), server.log.text)
        }
        let rows = try stored()
        #expect(rows.count == 1 && rows[0][1] == .text("web") && rows[0][2] == .integer(1))
        #expect(rows[0][0].description.contains("快递太慢") && !rows[0][0].description.contains("13800138000"))
        let officer = try test.session("compliance")
        let subject = try #require(try officer.lookup(field: "phone", value: "13800138000", purpose: "subject-request").subjects.first)
        var copy = ""
        _ = try officer.exportSubject(subject, purpose: "subject-request", reason: nil) { copy = String(decoding: $0.json, as: UTF8.self) }
        #expect(copy.contains("v-2026-11") && copy.contains("form feedback, en"))
        let entry = try #require(try officer.auditEntries(AuditFilter(action: "ingest", limit: 10)).first)
        #expect(entry.principal == "feedback@forms" && entry.role == "form:feedback" && entry.client == "form" && entry.rows == 1)
        let requests = log.split(separator: "\n").filter { $0.contains("/feedback/{form}") }
        #expect(requests.count == 1 && requests.allSatisfy { $0.contains(#""client":"-""#) && !$0.contains("127.0.0.1") }, "\(requests)")
        for (name, bytes) in try test.files() {
            for text in [receipt, receipt.filter { $0 != "-" }, "快递太慢"] { #expect(!bytes.holds(Data(text.utf8)), "\(name)") }
        }
        _ = try test.administrator.verifyAudit()
    }

    @Test("whoever has the receipt can ask for deletion: an officer gets one case, and nothing is deleted by that")
    func receipt() async throws {
        try await served { server in
            let receipt = try #require(Self.receipt(in: try await Self.post(server, ["f.text": "快递太慢"]).text))
            func ask(_ number: String) async throws -> RunningServer.Reply { try await Self.post(server, ["receipt": number], to: "/feedback/feedback/receipt?lang=en") }
            #expect(try await server.send("GET", "/feedback/feedback/receipt").status == 200)
            let malformed = try await ask("123 <b>")
            #expect(malformed.status == 422 && malformed.text.contains("123 &lt;b&gt;") && malformed.text.contains("id=\"receipt-fault\""))
            #expect(try await ask("0000000-0000000-0000000-00000").status == 404)
            #expect(try await ask(receipt).text.contains("We have your request for deletion"))
            // However it is typed, and however often.
            #expect(try await ask(receipt.lowercased().replacing("-", with: " ")).status == 200)
        }
        let officer = try test.session("compliance")
        let cases = try officer.cases(purpose: "subject-request", closed: true)
        #expect(cases.count == 1 && cases[0].kind == "erasure" && cases[0].status == "open" && cases[0].note.contains("r_"))
        #expect(try stored().count == 1)
        let opened = try officer.auditEntries(AuditFilter(action: "case.manage", limit: 10)).filter { $0.principal == "feedback@forms" }
        #expect(opened.count == 2 && opened.allSatisfy { $0.target == cases[0].subject })
        // Once it is done, the receipt leads nowhere.
        _ = try officer.eraseSubject(cases[0].subject, purpose: "subject-request", reason: "asked by receipt")
        _ = try test.administrator.verifyAudit()
    }

    @Test("a mistake is said beside its field, what was typed stays, and nothing is stored")
    func mistakes() async throws {
        try await served { server in
            let reply = try await Self.post(server, ["f.text": "", "f.email": "\"><script>x</script>", "f.phone": "abc", "f.rating": "4", "website": "http://spam"])
            #expect(reply.status == 422 && reply.text.contains("<title>Error: ") && reply.text.contains("role=\"alert\""))
            for name in ["f.text", "f.email", "f.phone", "f.rating", "website"] {
                #expect(reply.text.contains("id=\"\(name)-fault\"") && reply.text.contains("href=\"#\(name)\""), "\(name)")
            }
            #expect(reply.text.contains("aria-describedby=\"f.email-fault\" aria-invalid=\"true\""))
            #expect(reply.text.contains("value=\"&quot;&gt;&lt;script&gt;x&lt;/script&gt;\"") && !reply.text.contains("<script"))
            let long = try await Self.post(server, ["f.text": String(repeating: "长", count: 301), "agree.insight": "yes"])
            #expect(long.status == 422 && long.text.contains(String(repeating: "长", count: 301)) && long.text.contains(" checked"))
            #expect(try await Self.post(server, ["f.text": "a\u{0}b"]).status == 422)
        }
        #expect(try stored().isEmpty)
    }

    @Test("the same again within minutes is stored once; too much from one network waits; foreign pages and large bodies are refused")
    func abuse() async throws {
        try await served(address: 2) { server in
            let text = ["f.text": "快递太慢"]
            #expect(try await Self.post(server, text).status == 200)
            let again = try await Self.post(server, text)
            #expect(again.status == 200 && Self.receipt(in: again.text) == nil && again.text.contains("We have it already"))
            #expect(try await Self.post(server, ["f.text": "other"], [("Sec-Fetch-Site", "cross-site")]).status == 403)
            #expect(try await Self.post(server, ["f.text": String(repeating: "x", count: 200_000)]).status == 413)
            #expect(try await Self.post(server, ["f.text": "second"], [("Sec-Fetch-Site", "same-origin")]).status == 200)
            let third = try await Self.post(server, ["f.text": "third"])
            #expect(third.status == 429 && third.text.contains("third") && third.text.contains("minutes"))
            // What was put off can come later.
            #expect(try await Self.post(server, ["f.text": "third"]).status == 429)
        }
        #expect(try stored().count == 2)
        #expect(["192.0.2.17", "::ffff:192.0.2.200"].map(FormGate.range) == ["192.0.2", "192.0.2"])
        #expect(["2001:db8:1:2::3", "2001:0db8:0001:ffff::"].map(FormGate.range) == ["2001:db8:1", "2001:db8:1"])
        #expect(["2001:db8::1", "::1"].map(FormGate.range) == ["2001:db8:0", "0:0:0"])
    }

    @Test("a form that has taken all that it takes in a day is closed until the next, whatever process serves it")
    func ceiling() async throws {
        try await served(day: 2) { server in
            for text in ["one", "two"] {
                let taken = try await Self.post(server, ["f.text": text])
                #expect(taken.status == 200)
            }
        }
        try await served(day: 2) { server in
            let full = try await Self.post(server, ["f.text": "three"])
            #expect(full.status == 503 && full.text.contains("Closed for today") && !full.text.contains("<form"))
            #expect(try await server.send("GET", "/feedback/feedback").status == 503)
            test.clock.advance(days: 1)
            #expect(try await server.send("GET", "/feedback/feedback").status == 200)
            #expect(try await Self.post(server, ["f.text": "three"]).status == 200)
        }
        #expect(try stored().count == 3)
        let denied = try test.session("compliance").auditEntries(AuditFilter(action: "ingest", outcome: .denied, limit: 10))
        #expect(denied.count == 1 && denied[0].principal == "feedback@forms")
    }

    @Test("nobody signs in with a form's role, or under a name like a form's")
    func principals() async throws {
        try await served { _ in }
        let administrator = try test.reopened().session(token: test.adminToken)
        for (name, role) in [("somebody", "form:feedback"), ("other@forms", "ingest"), ("feedback@Forms", "ingest")] {
            #expect(throws: VaultError.self) { try administrator.issueToken(principal: name, role: role) }
        }
        _ = try administrator.issueToken(principal: "somebody", role: "ingest")
    }
}
