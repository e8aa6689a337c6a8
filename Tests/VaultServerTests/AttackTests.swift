import AsyncHTTPClient
import Foundation
import TestVaults
import Testing
import VaultServer
import VoCVault

#if canImport(Glibc)
import Glibc
#endif

/// What somebody on the network can try.
@Suite("Attacks over HTTP", .serialized)
struct HTTPAttackTests {
    // MARK: Tokens

    @Test("a token that is missing, unknown, expired, revoked, of another scheme or given twice opens nothing, and each attempt is in the log")
    func tokens() async throws {
        let vault = try TestVault()
        let expiring = try vault.administrator.issueToken(principal: "e", role: "analyst", days: 1).token
        let (revoked, id, _) = try vault.administrator.issueToken(principal: "r", role: "analyst", days: 90)
        try vault.administrator.revokeToken(id)
        vault.clock.advance(days: 2)
        let good = try vault.token("analyst")
        try await withServer(vault: vault) { server in
            #expect(try await server.send("GET", "/v1/me", token: good).status == 200)
            for token in [expiring, revoked, "vvt_" + String(repeating: "A", count: 43), "vvt_", "x", good + "x", String(good.dropLast())] {
                let reply = try await server.send("GET", "/v1/me", token: token)
                #expect(reply.status == 401 && reply.headers.first(name: "WWW-Authenticate") == #"Bearer realm="vocvault""#)
                #expect(!reply.text.contains(token) || token == "x")
            }
            #expect(try await server.send("GET", "/v1/me", headers: [("Authorization", "Basic \(good)")]).status == 401)
            #expect(try await server.send("GET", "/v1/me?access_token=\(good)").status == 401)
            let twice = try raw(server.port, "GET /v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(good)\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n")
            #expect(twice.hasPrefix("HTTP/1.1 401"))
            let denials = try vault.session("compliance").auditEntries(.init(action: "sign-in", outcome: .denied))
            #expect(denials.count == 10)
            #expect(Set(denials.map(\.rule)).isSuperset(of: ["the token has expired", "the token was revoked", "the token is not known", "no token was given"]))
        }
    }

    @Test("a token that another process revokes shows not even the page that it was shown before")
    func revokedBetween() async throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1"])])
        let (token, id, _) = try vault.administrator.issueToken(principal: "r", role: "analyst", days: 90)
        let other = try Vault.open(at: vault.location)
        let query = Data(#"{"purpose":"insight","select":["record","product"],"limit":5}"#.utf8)
        try await withServer(vault: vault) { server in
            func ask() async throws -> RunningServer.Reply {
                try await server.send("POST", "/v1/query", token: token, body: query, headers: [("Content-Type", "application/json")])
            }
            var entries: Set<String> = []
            for _ in 0..<3 {
                let reply = try await ask()
                #expect(reply.status == 200 && reply.text.contains("X5"))
                entries.insert(try #require(reply.headers.first(name: "Vault-Audit-Entry")))
            }
            #expect(entries.count == 3)
            try other.session(token: vault.adminToken).revokeToken(id)
            let reply = try await ask()
            #expect(reply.status == 401 && !reply.text.contains("X5"))
            let denials = try vault.session("compliance").auditEntries(.init(action: "sign-in", outcome: .denied))
            #expect(denials.map(\.rule) == ["the token was revoked"])
        }
    }

    @Test("whoever guesses tokens is slowed down, and cannot flood the log")
    func guessing() async throws {
        try await withServer(configure: { $0.failedSignIns = 5 }) { server in
            var statuses: [Int] = []
            let start = ContinuousClock.now
            for index in 0..<40 { statuses.append(try await server.send("GET", "/v1/me", token: "vvt_guess\(index)").status) }
            // One comes back every five seconds, however slow the machine is.
            let most = 6 + Int((ContinuousClock.now - start) / .seconds(5))
            #expect(statuses.prefix(5).allSatisfy { $0 == 401 } && statuses.count { $0 == 401 } <= most && statuses.contains(429))
            // Who has a token gets in all the same.
            #expect(try await server.send("GET", "/v1/me", token: try server.vault.token("analyst")).status == 200)
            #expect(try server.vault.session("compliance").auditEntries(.init(action: "sign-in")).count == statuses.count { $0 == 401 })
        }
    }

    @Test("one principal cannot take the server for itself")
    func rateLimit() async throws {
        try await withServer(configure: { ($0.requestBurst, $0.requestsPerSecond) = (10, 0.1) }) { server in
            let (greedy, other) = (try server.vault.token("analyst", named: "greedy"), try server.vault.token("analyst", named: "other"))
            var statuses: [Int] = []
            for _ in 0..<20 { statuses.append(try await server.send("GET", "/v1/me", token: greedy).status) }
            #expect(statuses == Array(repeating: 200, count: 10) + Array(repeating: 429, count: 10))
            #expect(try await server.send("GET", "/v1/me", token: greedy).headers.first(name: "Retry-After") != nil)
            #expect(try await server.send("GET", "/v1/me", token: other).status == 200)
        }
    }

    // MARK: Bodies, paths and headers

    @Test("bodies that are too large, broken, deep, ambiguous or of another type are refused with a problem that repeats nothing of them")
    func bodies() async throws {
        try await withServer { server in
            let analyst = try server.vault.token("analyst")
            func post(_ body: Data, _ type: String = "application/json") async throws -> RunningServer.Reply {
                try await server.send("POST", "/v1/query", token: analyst, body: body, headers: [("Content-Type", type)])
            }
            let large = try await post(Data(repeating: 0x20, count: 2 << 20))
            #expect(large.status == 413 && large.problem == "too-large")
            #expect(try await post(Data("{}".utf8), "text/plain").status == 415)
            let canary = "13912345678"
            let bad = [
                "", "{", "[1,", #"{"purpose":"insight","purpose":"\#(canary)","select":["text"]}"#, #"{"purpose":"insight","select":["text"],"\#(canary)":1}"#,
                #"{"purpose":"insight","select":[{"\#(canary)":1}]}"#, #"{"purpose":"insight","select":[]}"#, #"{"purpose":7,"select":["text"]}"#,
                #"{"purpose":"insight","select":["text"],"limit":0}"#, #"{"purpose":"insight","select":["text"],"where":"\#(canary) ="}"#,
                #"{"purpose":"insight","select":["text"],"cursor":"\#(canary)"}"#, #"{"purpose":"insight","select":["text"],"since":"\#(canary)"}"#,
                "\"\\ud800\"", "{\"purpose\":\"\u{1}\"}", String(repeating: "[", count: 100_000), "{\"a\":01}", "nul", "{}{}",
            ]
            for body in bad {
                let reply = try await post(Data(body.utf8))
                #expect(reply.status == 400, "\(body.prefix(60)): \(reply.status)")
                #expect(!reply.text.contains(canary), "\(body.prefix(60))")
            }
            #expect(try await post(Data([0x22, 0xFF, 0xFE, 0x22])).status == 400)
            #expect(try await server.send("GET", "/v1/keys?\(canary)=1", token: server.vault.adminToken).text.contains(canary) == false)
            #expect(!server.log.text.contains(canary))
        }
    }

    @Test("paths lead nowhere but where they say")
    func traversal() async throws {
        try await withServer { server in
            try server.vault.ingest([line(id: "1", customer: ["id": "C1"])])
            let officer = try server.vault.token("compliance")
            let paths = [
                "../vault.db", "..%2Fvault.db", "%2e%2e/keystore.db", "tile/../../vault.db", "tile/0/..%2f..%2f..%2fvault.db", "tile/0/000/../../../keys",
                "%2Fetc%2Fpasswd", "checkpoint%00.png", "tile/entries/0000", "tile/0/x00/000", "tile/x/000", "..", "tile//000", "audit.lock",
            ]
            for path in paths {
                for spelling in [path, path.replacing("/", with: "%2F")] {
                    let reply = try raw(
                        server.port, "GET /v1/audit/log/\(spelling) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(officer)\r\nConnection: close\r\n\r\n")
                    #expect(reply.hasPrefix("HTTP/1.1 404") || reply.hasPrefix("HTTP/1.1 400"), "\(spelling): \(reply.prefix(12))")
                    #expect(!reply.contains("SQLite") && !reply.contains("root:"))
                }
            }
            let fine = try raw(server.port, "GET /v1/audit/log/checkpoint HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(officer)\r\nConnection: close\r\n\r\n")
            #expect(fine.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("requests that two servers could cut apart differently are refused, and nothing behind them is run")
    func smuggling() async throws {
        try await withServer { server in
            let token = try server.vault.token("analyst")
            let hidden = "GET /v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n"
            let heads = [
                "Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: 5\r\nContent-Length: 6", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: xchunked", "Content-Length: +5", "Content-Length: 5 , 6", "Transfer-Encoding : chunked", "X: a\u{0}b",
            ]
            for head in heads {
                let reply = try raw(server.port, "POST /v1/query HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(head)\r\n\r\n0\r\n\r\n\(hidden)")
                #expect(!reply.contains(#""principal""#), "\(head)")
                #expect(!reply.contains("200 OK"), "\(head): \(reply.prefix(80))")
            }
            // A header too many, or too long.
            let many = (0..<200).map { "X-\($0): a\r\n" }.joined()
            #expect(try raw(server.port, "GET /livez HTTP/1.1\r\nHost: a\r\n\(many)\r\n").hasPrefix("HTTP/1.1 400"))
            let long = String(repeating: "a", count: 100_000)
            #expect(try raw(server.port, "GET /livez HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n").hasPrefix("HTTP/1.1 400"))
            #expect(try await server.send("GET", "/livez").status == 200)
        }
    }

    @Test("an answer cannot be split by what is asked")
    func responseSplitting() async throws {
        try await withServer { server in
            let token = try server.vault.token("ingest")
            let reply = try await server.ingest([line(id: "1")], token: token, source: "a%0d%0aSet-Cookie:%20x=y")
            #expect(reply.headers.first(name: "Set-Cookie") == nil)
        }
    }

    // MARK: Slow clients

    @Test("ten thousand connections that dribble a request keep nobody out, cost bounded memory, and are closed")
    func slowConnections() async throws {
        raiseOpenFileLimit()
        try await withServer(configure: { $0.idleSeconds = 5 }) { server in
            let before = residentMegabytes()
            var sockets: [Int32] = []
            defer { sockets.forEach { close($0) } }
            for _ in 0..<10_000 {
                let socket = try connect(server.port)
                sockets.append(socket)
                _ = send(socket, "GET /livez HTTP/1.1\r\nX", 23, Int32(MSG_NOSIGNAL))
            }
            #expect(try await server.send("GET", "/livez").status == 200)
            let token = try server.vault.token("analyst")
            #expect(try await server.query(token, ["select": ["record"]]).status == 200)
            let grown = residentMegabytes() - before
            #expect(grown < 300, "\(grown) MB")
            // A byte now and then does not keep a connection open.
            for _ in 0..<16 {
                for socket in sockets { _ = send(socket, "x", 1, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
                try await Task.sleep(for: .milliseconds(500))
            }
            let closed = sockets.filter { isClosed($0) }.count
            #expect(closed == sockets.count, "\(sockets.count - closed) are still open")
            #expect(try await server.send("GET", "/livez").status == 200)
        }
    }

    @Test("a body that never ends is given up, and one that is slow does not hold up others")
    func slowBodies() async throws {
        try await withServer(configure: { $0.idleSeconds = 2 }) { server in
            let token = try server.vault.token("ingest")
            let socket = try connect(server.port)
            defer { close(socket) }
            let head = "POST /v1/records?source=s HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer \(token)\r\nContent-Length: 1000\r\n\r\n{"
            _ = send(socket, head, head.utf8.count, Int32(MSG_NOSIGNAL))
            #expect(try await server.ingest([line(id: "1")], token: token).status == 200)
            for _ in 0..<600 where !isClosed(socket) { try await Task.sleep(for: .milliseconds(50)) }
            #expect(isClosed(socket))
            // Places of uploads are free again.
            for id in 2..<8 { #expect(try await server.ingest([line(id: "\(id)")], token: token).status == 200) }
        }
    }
}

// MARK: Sockets

private func raiseOpenFileLimit() {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}

func connect(_ port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0, "no socket: \(errno)")
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    try #require(result == 0, "not connected: \(errno)")
    return descriptor
}

private func isClosed(_ socket: Int32) -> Bool {
    var byte: UInt8 = 0
    while true {
        let count = recv(socket, &byte, 1, Int32(MSG_DONTWAIT))
        if count > 0 { continue }
        return count == 0 || errno != EAGAIN
    }
}

private func send(_ socket: Int32, _ text: String, _ count: Int, _ flags: Int32) -> Int { Glibc.send(socket, text, count, flags) }

/// Sends bytes as they are; returns what comes back until the server closes.
private func raw(_ port: Int, _ text: String) throws -> String {
    let descriptor = try connect(port)
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    _ = Glibc.send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL))
    shutdown(descriptor, Int32(SHUT_WR))
    var answer = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count <= 0 { break }
        answer += buffer[0..<count]
    }
    return String(decoding: answer, as: UTF8.self)
}

private func residentMegabytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? ""
    return (Int(line.filter(\.isNumber)) ?? 0) / 1024
}
