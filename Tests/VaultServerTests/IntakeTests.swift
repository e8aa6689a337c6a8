import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// Uploads of files as people have them.
@Suite("Uploads of files")
struct IntakeTests {
    private static let packed = "H4sIAAAAAAACA6tWykxRslJKN1TSUcpPTi4tKkpNiU8sAQoZGRiZ6RoY6xqYhBgYWIFRFFBRckZiXl5qDlBBeWoSkF+SWgFSXZCYnJ2aolTLBQBIXLutUQAAAA=="
    /// A table in GBK.
    private static let table = "seC6xSzKsbzkLMf+tcAsxNrI3SzR1cmrCjEsMjAyNi0wMy0wNCAxMDowMCx3ZWIsv9W197u1wcssuuwK"

    private func upload(_ server: RunningServer, _ base64: String, _ headers: [(String, String)], query: String = "") async throws -> RunningServer.Reply {
        try await server.send("POST", "/v1/records?source=web\(query)", token: server.vault.token("ingest"), body: Data(base64Encoded: base64)!, headers: headers)
    }

    @Test("the body's charset counts, declared or not, and columns that nothing maps are named")
    func charset() async throws {
        for type in ["text/csv; charset=gbk", "text/csv", "application/octet-stream"] {
            try await withRouter { server in
                let reply = try await upload(server, Self.table, [("Content-Type", type)])
                #expect(reply.status == 200 && reply.text.contains(#""stored":1"#) && reply.text.contains(#""unmapped":["颜色"]"#), "\(reply.text)")
                #expect(try server.vault.session("analyst").page(Query(select: ["text"], purpose: "insight")).rows == [[.text("空调坏了")]])
            }
        }
    }

    @Test("a compressed body is unpacked, whether that is said or seen")
    func compressed() async throws {
        for headers in [[("Content-Type", "application/x-ndjson"), ("Content-Encoding", "gzip")], [("Content-Type", "application/gzip")]] {
            try await withRouter { server in
                let reply = try await upload(server, Self.packed, headers)
                #expect(reply.status == 200 && reply.text.contains(#""stored":1"#), "\(reply.text)")
                #expect(try server.vault.session("analyst").page(Query(select: ["text"], purpose: "insight")).rows == [[.text("packed")]])
            }
        }
    }

    @Test("another compression, charset or type is refused; a preset that does not exist, too")
    func refused() async throws {
        try await withRouter { server in
            func status(_ body: String, _ type: String, _ encoding: String? = nil, query: String = "") async throws -> Int {
                try await upload(server, body, [("Content-Type", type)] + (encoding.map { [("Content-Encoding", $0)] } ?? []), query: query).status
            }
            let found = [
                try await status(Self.packed, "application/x-ndjson", "br"), try await status(Self.table, "text/csv; charset=klingon"),
                try await status(Self.table, "text/csv; charset=utf-8; charset=gbk"), try await status(Self.table, "image/png"),
                try await status(Self.table, "text/csv", query: "&preset=none"), try await status(String(Self.packed.prefix(60)), "application/gzip"),
            ]
            #expect(found == [415, 415, 415, 415, 400, 400])
        }
    }
}
