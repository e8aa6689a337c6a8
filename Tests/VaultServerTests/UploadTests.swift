import Foundation
import GRDB
import Synchronization
import TestVaults
import Testing
import VaultServer
import VoCVault

#if canImport(Glibc)
import Glibc
#endif

/// Many who bring little, few who bring much, and those who hold places by bringing next to nothing.
@Suite("Intake over HTTP", .serialized)
struct UploadTests {
    @Test("sixty-four clients with a record each are all taken in, also those of one new customer at once")
    func crowd() async throws {
        try await withServer { server in
            let token = try server.vault.token("ingest")
            let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
                for client in 0..<64 {
                    group.addTask {
                        var statuses: [Int] = []
                        for number in 0..<4 {
                            // Every eighth client speaks for the same customer.
                            let customer = client % 8 == 0 ? "same-\(number)" : "c\(client)-\(number)"
                            let record = line(id: "\(client)-\(number)", customer: ["id": customer])
                            statuses.append(try await server.ingest([record], token: token, headers: client % 2 == 0 ? [("Idempotency-Key", "k\(client)-\(number)")] : []).status)
                        }
                        return statuses
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(statuses.count == 256 && statuses.allSatisfy { $0 == 200 }, "\(statuses.filter { $0 != 200 })")
            let overview = try server.vault.session("compliance").overview()
            #expect(overview.records == 256 && overview.customers == 56 * 4 + 4)
            #expect(throws: Never.self) { try server.vault.session("compliance").verifyAudit() }
            let keys = try server.vault.administrator.keys().versions.filter { $0.use == "customer" }.reduce(0) { $0 + $1.count }
            // A key that was made for a customer who meanwhile came with another request is the only kind left over.
            #expect(keys <= 56 * 4 + 8 * 4, "\(keys) keys")
        }
    }

    @Test("a small upload has the same answers as a large one: lines, rejects, duplicates, and none at all")
    func small() async throws {
        try await withServer { server in
            let token = try server.vault.token("ingest")
            let lines = [line(id: "1"), "{", line(id: "2"), line(id: "1"), "", line(id: "3")]
            // Padding of blank lines makes it large.
            let large = try await server.ingest(lines + [String(repeating: "\n", count: 300 << 10)], token: token, source: "large")
            let small = try await server.ingest(lines, token: token, source: "small")
            func said(_ reply: RunningServer.Reply) -> [String] {
                reply.text.split(separator: "\n").map { String($0).replacing(/"(entry|receipt)":([0-9]+|\{[^}]*\})/, with: "") }
            }
            #expect(small.status == 200 && said(small) == said(large), "\(small.text)\n\(large.text)")
            let empty = try await server.ingest([], token: token)
            #expect(empty.status == 200 && empty.text.contains(#""stored":0"#))
            let denied = try await server.ingest([line(id: "1")], token: try server.vault.token("analyst"))
            #expect(denied.status == 403 && denied.problem == "denied")
            let named = try await server.ingest([line(id: "1")], token: token, source: "13800138000")
            #expect(named.status == 400)
            #expect(try server.vault.session("compliance").auditEntries(.init(action: "ingest", outcome: .failed)).count == 0)
        }
    }

    @Test("clients that send next to nothing lose their places, and one principal never has all of them")
    func trickle() async throws {
        try await withServer(configure: { ($0.uploadStretchSeconds, $0.uploadBytesPerSecond) = (2, 100_000) }) { server in
            let (slow, honest) = (try server.vault.token("ingest", named: "slow"), try server.vault.token("ingest", named: "honest"))
            let head = "POST /v1/records?source=s HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer \(slow)\r\nContent-Length: 1000000\r\n\r\n{"
            let sockets = try (0..<4).map { _ in
                let socket = try connect(server.port)
                _ = Glibc.send(socket, head, head.utf8.count, Int32(MSG_NOSIGNAL))
                return socket
            }
            defer { sockets.forEach { close($0) } }
            let large = (0..<10).map { line(id: "\($0)", text: String(repeating: "慢", count: 10_000)) }
            // At once: a place is kept from whoever has three; and small ones need none.
            #expect(try await server.ingest(large, token: honest).status == 200)
            #expect(try await server.ingest([line(id: "small")], token: slow).status == 200)
            // A byte now and then is not enough.
            var answers = ["", "", "", ""]
            for _ in 0..<600 where answers.contains("") {
                for (index, socket) in sockets.enumerated() where answers[index].isEmpty {
                    _ = Glibc.send(socket, "x", 1, Int32(MSG_NOSIGNAL))
                    var buffer = [UInt8](repeating: 0, count: 4096)
                    let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                    if count > 0 { answers[index] = String(decoding: buffer.prefix(count), as: UTF8.self) }
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            let codes = answers.map { String($0.dropFirst(9).prefix(3)) }.sorted()
            #expect(codes == ["408", "408", "408", "503"], "\(codes)")
            // The places are free again, for the same principal as well.
            for number in 0..<4 { #expect(try await server.ingest(large, token: slow, source: "s\(number)").status == 200) }
        }
    }

    @Test("an upload that is cut off is not taken for one that has ended, and brings nothing that is half")
    func cutOff() async throws {
        try await withServer { server in
            let token = try server.vault.token("ingest")
            let text = "id,occurred_at,channel,text\n1,2026-03-04T12:00:00Z,app,whole\n2,2026-03-04T12:00:00Z,app,cut off in the mid"
            for announced in [text.utf8.count + 100, 1_000_000] {
                let socket = try connect(server.port)
                let head = "POST /v1/records?source=s HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nAuthorization: Bearer \(token)\r\nContent-Length: \(announced)\r\n\r\n"
                _ = Glibc.send(socket, head + text, head.utf8.count + text.utf8.count, Int32(MSG_NOSIGNAL))
                close(socket)
            }
            for _ in 0..<600 where server.log.text.components(separatedBy: #""route":"/v1/records""#).count < 3 { try await Task.sleep(for: .milliseconds(50)) }
            let records = try server.vault.session("compliance").overview().records
            #expect(records == 0, "\(records) records")
        }
    }

    @Test("a database that another process has locked is 503 with a time to ask again, and readyz says so", .onFiles)
    func locked() async throws {
        try await withServer { server in
            let loader = try server.vault.token("ingest")
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: server.vault.location.home + "/vault.db", configuration: configuration)
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            let reply = try await server.ingest([line(id: "1")], token: loader)
            #expect(reply.status == 503 && reply.problem == "storage-unavailable" && reply.headers.first(name: "Retry-After") != nil, "\(reply)")
            #expect(reply.text.contains("locked"))
            let ready = try await server.send("GET", "/readyz")
            #expect(ready.status == 503 && ready.text.contains("locked"))
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            #expect(try await server.ingest([line(id: "1")], token: loader).text.contains(#""stored":1"#))
            #expect(try await server.send("GET", "/readyz").status == 200)
        }
    }

    @Test("look-ups and reveals do not queue behind figures and searches")
    func shortBeforeLong() async throws {
        try await withServer { server in
            try server.vault.ingest(TestVault.feed(2000).map(\.json))
            let (analyst, officer) = (try server.vault.token("analyst"), try server.vault.token("compliance"))
            // The first of each kind prepares what all share.
            _ = try await server.query(analyst, ["where": "text contains '空'"])
            let lookup: [String: Any] = ["field": "phone", "value": "13800138010", "purpose": "subject-request"]
            #expect(try await server.send("POST", "/v1/lookup", token: officer, json: lookup).status == 200)
            let counts = Counts()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        // Words that are not there: each text is opened.
                        let reply = try await server.query(analyst, ["where": "text contains '没有\(number)'", "limit": 1000])
                        #expect(reply.status == 200, "\(reply.text)")
                        counts.searches.add(1, ordering: .relaxed)
                    }
                }
                while try await !server.send("GET", "/metrics").text.contains(#"vocvault_work_running{work="long"} 2.0"#) {}
                for _ in 0..<10 {
                    let reply = try await server.send("POST", "/v1/lookup", token: officer, json: lookup)
                    #expect(reply.status == 200)
                }
                let done = counts.searches.load(ordering: .relaxed)
                #expect(done < 12, "\(done) of 16 searches had ended before ten look-ups")
                try await group.waitForAll()
            }
        }
    }

    private final class Counts: Sendable {
        let searches = Atomic(0)
    }

    @Test("an acknowledged upload says what became of each line before the next is sent: it is stored by then; at the end a summary, or why it broke off")
    func acknowledged() async throws {
        try await withServer { server in
            let token = try server.vault.token("ingest")
            let socket = try connect(server.port)
            defer { close(socket) }
            var received = ""
            func send(_ text: String) { _ = Glibc.send(socket, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }
            func chunk(_ text: String) { send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }
            func answer(_ text: String) async throws {
                for _ in 0..<600 where !received.contains(text) {
                    var buffer = [UInt8](repeating: 0, count: 4096)
                    let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                    if count > 0 { received += String(decoding: buffer.prefix(count), as: UTF8.self) } else { try await Task.sleep(for: .milliseconds(50)) }
                }
                try #require(received.contains(text), "\(received)")
            }
            func begin(_ source: String) {
                received = ""
                send(
                    "POST /v1/records?source=\(source)&acknowledge=true HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer \(token)\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
            }
            begin("live")
            for number in 1...3 {
                chunk(line(id: "\(number)") + "\n")
                try await answer(#""lines":[\#(number),\#(number)],"status":"stored""#)
                #expect(try server.vault.session("compliance").overview().records == number)
            }
            chunk("{\n" + line(id: "2") + "\n")
            try await answer(#""status":"duplicate""#)
            #expect(received.contains(#""line":4"#) && received.contains(#""status":"rejected""#) && !received.contains("summary"))
            send("0\r\n\r\n")
            try await answer(#""summary""#)
            #expect(received.contains(#""stored":3"#) && received.contains(#""receipt""#))
            // The same connection, whose body then ends in the middle of a chunk.
            begin("broken")
            chunk(line(id: "7") + "\n")
            try await answer(#""lines":[1,1],"status":"stored""#)
            send("zz\r\n")
            for _ in 0..<600 where try server.vault.administrator.runs(of: "broken", limit: 1).runs.first?.state != .failed { try await Task.sleep(for: .milliseconds(50)) }
            #expect(try server.vault.administrator.runs(of: "broken", limit: 1).runs.map { "\($0.state) \($0.counts.stored)" } == ["failed 1"])
        }
    }

    @Test("a client that sends and never reads its answer is cut off, and its place is free again")
    func unread() async throws {
        try await withServer(configure: { $0.stalledSeconds = 1 }) { server in
            let token = try server.vault.token("ingest")
            let socket = try connect(server.port)
            defer { close(socket) }
            var room: Int32 = 4096
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
            let head =
                "POST /v1/records?source=unread&acknowledge=true HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer \(token)\r\nTransfer-Encoding: chunked\r\n\r\n"
            _ = Glibc.send(socket, head, head.utf8.count, Int32(MSG_NOSIGNAL))
            // Each line is answered by a longer one.
            let lines = line(id: "1") + "\n" + String(repeating: "{\n", count: 100_000)
            let chunk = Array("\(String(lines.utf8.count, radix: 16))\r\n\(lines)\r\n".utf8)
            var (isCut, place) = (false, 0)
            for _ in 0..<6000 where !isCut {
                let sent = chunk[place...].withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
                if sent > 0 {
                    place = (place + sent) % chunk.count
                } else {
                    isCut = sent < 0 && errno != EAGAIN
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(isCut)
            for _ in 0..<600 where try server.vault.administrator.runs(of: "unread", limit: 1).runs.first?.state != .failed { try await Task.sleep(for: .milliseconds(50)) }
            #expect(try server.vault.administrator.runs(of: "unread", limit: 1).runs.first?.state == .failed)
            for number in 0..<3 { #expect(try await server.ingest([line(id: "\(number)")], token: token, source: "s\(number)&acknowledge=true").status == 200) }
        }
    }

    @Test("what can be told before the first record has a status of its own, also of an acknowledged upload")
    func refused() async throws {
        try await withServer { server in
            func send(_ query: String, _ token: String, _ headers: [(String, String)] = []) async throws -> RunningServer.Reply {
                try await server.send(
                    "POST", "/v1/records?\(query)&acknowledge=true", token: token, body: Data(line(id: "1").utf8), headers: [("Content-Type", "application/x-ndjson")] + headers)
            }
            let token = try server.vault.token("ingest")
            #expect(try await send("source=s", try server.vault.token("analyst")).status == 403)
            #expect(try await send("source=13800138000", token).status == 400)
            #expect(try await send("source=s&preset=none", token).status == 400)
            #expect(try await send("source=s", token, [("Idempotency-Key", "k")]).status == 400)
            let reply = try await send("source=s", token)
            #expect(reply.status == 200 && reply.text.split(separator: "\n").count == 2 && reply.text.contains(#""lines":[1,1]"#), "\(reply.text)")
        }
    }
}
