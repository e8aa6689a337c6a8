import AuditLog
import Foundation
import TestVaults
import Testing
import VaultAPI
import VaultServer
import VoCVault

@Suite("The console")
struct ConsoleTests {
    /// Runs one of the scripts in `Tests/Console` against a scene of its own.
    private func walk(_ script: String) async throws {
        let python = TestVault.repository.appendingPathComponent(".build/tools/bin/python")
        try #require(FileManager.default.fileExists(atPath: python.path), "run .ci/install-test-tools first, as 'make test' does")
        let scene = try ConsoleScene()
        // The pictures in docs/ come from here when they are wanted.
        let shots = ProcessInfo.processInfo.environment["CONSOLE_SCREENSHOTS"] ?? scene.vault.folder.path
        let output = try await withServer(vault: scene.vault, serving: scene.vault.reopened()) { server in
            let path = TestVault.repository.appendingPathComponent("Tests/Console/\(script)")
            return try await run(python, [path.path, server.base, shots], input: JSONSerialization.data(withJSONObject: scene.given))
        }
        #expect(output.status == 0, "\(output.text.suffix(5000))")
    }

    @Test("every role does its work in a browser, and others send a form; axe finds no serious fault")
    func browser() async throws { try await walk("console_test.py") }

    @Test("everyday jobs take at most five clicks")
    func jobs() async throws { try await walk("jobs_test.py") }

    @Test("every page, in both languages, light and dark, on a desk and on a phone: no fault that axe finds, nothing cut off, at most 150 KB")
    func pages() async throws { try await walk("pages_test.py") }

    @Test("a page of the console leaves one entry, marked as a view; lists show those that stand in a row as one")
    func views() async throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1", "phone": "13800138000"])])
        let officer = try vault.session("compliance")
        try await withServer(vault: vault) { server in
            let signedIn = try await server.send(
                "POST", "/console/sign-in", body: Data("token=\(vault.token("compliance"))".utf8), headers: [("Content-Type", "application/x-www-form-urlencoded")])
            let cookie = try #require(signedIn.headers.first(name: "Set-Cookie")?.split(separator: ";").first.map(String.init))
            func entries() throws -> [AuditEntry] { try officer.auditEntries(AuditFilter(limit: 1000)).filter { $0.action != "audit.read" || $0.detail["view"] != nil } }
            let before = try entries().count
            let pages = ["/console", "/console/cases", "/console/cases?closed=true", "/console/retention", "/console/keys", "/console/audit", "/console/audit/0"]
            for page in pages {
                let count = try entries().count
                #expect(try await server.send("GET", page, headers: [("Cookie", cookie)]).status == 200, "\(page)")
                let new = try entries().prefix(try entries().count - count)
                #expect(new.count == 1 && new.allSatisfy { $0.detail["view"] != nil }, "\(page): \(new.map(\.action))")
            }
            #expect(try entries().count == before + pages.count)
            // Whom somebody looks for is no view of a page.
            let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
            #expect(try await server.send("GET", "/console/audit?subject=\(subject)", headers: [("Cookie", cookie)]).status == 200)
            let list = try ListAuditEntries(limit: 3, fold: true).perform(in: officer).entries
            #expect(list.folded.count == 3)
            for page in pages { _ = try await server.send("GET", page, headers: [("Cookie", cookie)]) }
            let all = try ListAuditEntries(limit: 50, fold: true).perform(in: officer).entries.folded
            guard case .views(let views)? = all.first(where: { if case .views = $0 { true } else { false } }) else { return #expect(Bool(false), "nothing is folded") }
            // The last page is about an entry.
            #expect(views.count == pages.count - 1 && views.allSatisfy { $0.principal == "compliance" })
            // What is done through a page is done.
            let shown = try await server.send("GET", "/console/audit", headers: [("Cookie", cookie)])
            #expect(shown.text.contains("looked at") || shown.text.contains("浏览了"))
        }
    }

    @Test("what stands in pages is escaped, and the session's cookie cannot be made up")
    func markup() async throws {
        let vault = try TestVault()
        try vault.ingest((0..<8).map { line(id: "\($0)", customer: ["id": "C\($0)"], attributes: ["product": "<b>X5</b>", "rating": 1], text: "<script>alert(1)</script> \"好\"") })
        let token = try vault.token("analyst")
        try await withServer(vault: vault) { server in
            let form = "token=\(token)"
            let signedIn = try await server.send(
                "POST", "/console/sign-in", body: Data(form.utf8), headers: [("Content-Type", "application/x-www-form-urlencoded")])
            let cookie = try #require(signedIn.headers.first(name: "Set-Cookie")?.split(separator: ";").first.map(String.init))
            let page = try await server.send("GET", "/console/query", headers: [("Cookie", cookie)])
            #expect(page.status == 200 && !page.text.contains(token))
            let csrf = try #require(page.text.firstMatch(of: #/name="csrf" value="([^"]+)"/#)?.1)
            let result = try await server.send(
                "POST", "/console/query", body: Data("csrf=\(csrf)&purpose=insight&select=text&select=product&limit=5&where=%22%3E%3Cimg%3E".utf8), headers: [("Cookie", cookie)])
            #expect(result.status == 400 && !result.text.contains("<img>"))
            // What cannot be read is no condition less.
            for wrong in ["since=yesterday", "until=2026-02-30", "where=%zz", "where=rating+%3C%3D+%27two%27"] {
                let result = try await server.send(
                    "POST", "/console/query", body: Data("csrf=\(csrf)&purpose=insight&select=text&limit=5&\(wrong)".utf8), headers: [("Cookie", cookie)])
                #expect(result.status == 400 && !result.text.contains("&lt;script&gt;"), "\(wrong)")
            }
            let rows = try await server.send(
                "POST", "/console/query", body: Data("csrf=\(csrf)&purpose=insight&select=text&select=product&limit=5".utf8), headers: [("Cookie", cookie)])
            #expect(rows.status == 200 && rows.text.contains("&lt;script&gt;") && !rows.text.contains("<script") && !rows.text.contains("<b>X5"))
            #expect(rows.headers.first(name: "Content-Security-Policy")?.hasPrefix("default-src 'none'") == true)
            // Pages and data, and problems as well, say what a browser may do with them, once each.
            let forAll = ["Cache-Control", "X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy"]
            for name in forAll + ["Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy"] { #expect(rows.headers[name].count == 1) }
            for data in [try await server.send("GET", "/livez"), try await server.send("GET", "/v1/keys")] {
                for name in forAll { #expect(data.headers[name].count == 1) }
            }

            var changed = cookie
            changed.removeLast()
            changed += cookie.hasSuffix("A") ? "B" : "A"
            for forged in [changed, cookie.replacing("=", with: "=x", maxReplacements: 1), "vocvault=abc", "vocvault=."] {
                let reply = try await server.send("GET", "/console/style.css", headers: [("Cookie", forged)])
                #expect(reply.status == 200)
                #expect(try await server.send("POST", "/console/query", body: Data("csrf=\(csrf)".utf8), headers: [("Cookie", forged)]).text.contains("<h1>Query") == false)
            }
            // A token that is revoked ends the session that it began.
            let admin = vault.administrator
            for info in try admin.tokens() where info.role == "analyst" { try admin.revokeToken(info.id) }
            let after = try await server.send("GET", "/console/query", headers: [("Cookie", cookie)])
            #expect(!after.text.contains("<h1>Query"))
        }
    }
}
