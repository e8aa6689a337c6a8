import Foundation
import Testing

@Suite("audit anchor")
struct AnchorCommandTests {
    private let vault: CommandLineVault

    init() throws { vault = try CommandLineVault() }

    /// Takes one request, answers with a status, and writes down what came. Its port is on its first line of output.
    private static let server = """
        import http.server, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                open("posted", "wb").write(f"{self.path} {self.headers['Content-Type']}\\n".encode() + body)
                self.send_response(int(sys.argv[1]))
                self.send_header("Location", "/elsewhere")
                self.end_headers()
            def log_message(self, *_): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port, flush=True)
        server.handle_request()
        """

    /// Anchors at a server that answers with `status`.
    private func anchor(answering status: Int) throws -> CommandLineVault.Result {
        try Self.server.write(to: vault.folder.appendingPathComponent("server.py"), atomically: true, encoding: .utf8)
        // The path is all that the command line needs: no program stands on it that could send.
        return try vault.shell(
            "exec 3< <(/usr/bin/python3 server.py \(status)); read -r port <&3; PATH=/nowhere $V audit anchor --post http://127.0.0.1:$port/anchor?key=secret",
            as: "compliance")
    }

    @Test("the checkpoint is posted as it is printed, without another program")
    func posts() throws {
        let anchored = try anchor(answering: 204)
        try #require(anchored.status == 0, "\(anchored.error)")
        let posted = try String(contentsOf: vault.folder.appendingPathComponent("posted"), encoding: .utf8)
        #expect(posted == "/anchor?key=secret text/plain\n" + anchored.output)
        #expect(anchored.output.hasPrefix("vocvault/"))
    }

    @Test("an answer other than that it was taken is a failure, and the address is not told", arguments: [302, 400, 500])
    func refusals(status: Int) throws {
        let anchored = try anchor(answering: status)
        #expect(anchored.status == 1 && anchored.output.isEmpty)
        #expect(anchored.error.contains("127.0.0.1 did not take the checkpoint: it answered with status \(status)"), "\(anchored.error)")
        #expect(!anchored.error.contains("secret"))
    }

    @Test("nobody there, and what is no address, are told plainly")
    func unreachable() throws {
        let nobody = try vault.run(["audit", "anchor", "--post", "http://127.0.0.1:1/anchor"], as: "compliance")
        #expect(nobody.status == 1 && nobody.error.contains("the checkpoint could not be sent to 127.0.0.1"), "\(nobody.error)")
        let wrong = try vault.run(["audit", "anchor", "--post", "ftp://example.com/x"], as: "compliance")
        #expect(wrong.status == 2 && wrong.error.contains("is not an http: or https: address"), "\(wrong.error)")
    }
}
