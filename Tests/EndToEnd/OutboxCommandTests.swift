import Foundation
import TestVaults
import Testing

@Suite("outbox")
struct OutboxCommandTests {
    /// Takes two requests, and writes down what came. Its port is on its first line of output.
    private static let server = """
        import http.server
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                open("posted", "ab").write(body + b"\\n")
                self.send_response(204)
                self.end_headers()
            def log_message(self, *_): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port, flush=True)
        server.handle_request()
        server.handle_request()
        """

    @Test("run tells what waits, by cron; status says what waits and why; a slip in the file is named")
    func runs() throws {
        let vault = try CommandLineVault()
        let file = try vault.write("in.jsonl", [line(id: "1", customer: ["id": "C1"])])
        #expect(try vault.run(["ingest", file], as: "ingest").status == 0)
        let found = try vault.run(["lookup", "--field", "customer_id", "--value", "-", "--purpose", "subject-request", "--format", "csv"], as: "compliance", input: "C1\n")
        let subject = try #require(found.output.split(separator: "\r\n").last.map(String.init))
        try Self.server.write(to: vault.folder.appendingPathComponent("server.py"), atomically: true, encoding: .utf8)
        func policy(_ port: String, _ event: String = "case.opened") -> String {
            #"printf 'version: 1\nendpoints:\n  - {name: crm, url: "http://127.0.0.1:'\#(port)'/", events: [\#(event), subject.erased], purpose: subject-request, secret: secret}\n' > policies/outbox.yaml"#
        }
        #expect(try vault.shell("(umask 077; echo whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw > policies/secret); " + policy("9")).status == 0)
        #expect(try vault.run(["case", "open", subject, "--kind", "access", "--purpose", "subject-request"], as: "compliance").status == 0)
        #expect(try vault.run(["subject", "erase", subject, "--purpose", "subject-request", "--reason", "asked", "--yes"], as: "compliance").status == 0)
        let failed = try vault.run(["outbox", "run"], as: "retention")
        #expect(failed.status == 1 && failed.output == "crm: 0 delivered, 1 not taken: it cannot be reached\n")
        let status = try vault.rows(["outbox", "status"], as: "retention")
        #expect(status.count == 1 && status[0]["waiting"] as? Int == 2 && status[0]["failure"] as? String == "it cannot be reached")
        #expect(try vault.run(["outbox", "run"], as: "analyst").status == 3)
        // Once the pause after the failure is over.
        let run = try vault.shell(
            "exec 3< <(/usr/bin/python3 server.py); read -r port <&3; " + policy("$port")
                + "; for i in {1..60}; do $V outbox run > out || exit 1; grep -q 0 out && [ \"$(wc -l < posted 2>/dev/null || echo 0)\" = 2 ] && exit 0; sleep 0.5; done; exit 9",
            as: "retention")
        #expect(run.status == 0, "\(run.error)")
        let posted = try String(contentsOf: vault.folder.appendingPathComponent("posted"), encoding: .utf8).split(separator: "\n")
        #expect(posted.count == 2 && posted.allSatisfy { $0.contains("\"subject\":\"\(subject)\"") })
        #expect(posted[0].contains("vocvault.case.opened") && posted[1].contains("vocvault.subject.erased"))
        #expect(try vault.rows(["outbox", "status"], as: "retention").first?["waiting"] as? Int == 0)
        #expect(try vault.shell(policy("9", "case.opend")).status == 0)
        let slip = try vault.run(["policy", "check"])
        #expect(slip.status == 2 && slip.output.contains("did you mean 'case.opened'?") || slip.error.contains("did you mean 'case.opened'?"))
    }
}
