import Foundation
import Store
import Synchronization
import TestVaults
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// `vocvault serve` where clients, certificates, descriptors and disks are not as they should be.
@Suite("The server under faults", .serialized)
struct ServingTests {
    private func vault(records: Int = 20) throws -> CommandLineVault {
        let vault = try CommandLineVault()
        try vault.write("feed.jsonl", TestVault.feed(records).map(\.json))
        try vault.succeed(["ingest", "feed.jsonl"], as: "ingest")
        return vault
    }

    /// Waits for a process's end; false when it does not come.
    private func ends(_ process: Process, within seconds: Double) -> Bool {
        let deadline = Date().addingTimeInterval(seconds)
        while process.isRunning, Date() < deadline { usleep(50_000) }
        return !process.isRunning
    }

    // MARK: Ending

    @Test("SIGTERM ends it in time though a client never reads and another never ends its upload; what was acknowledged is there")
    func ending() async throws {
        let vault = try vault(records: 30_000)
        try vault.issueToken("classification")
        let server = try ServedCommandLine(vault, arguments: ["--drain-seconds", "2"])
        #expect(try await server.ingest([line(id: "acknowledged")]).status == 200)
        let reader = try Socket(server.port)
        let body = #"{"purpose":"insight","select":["record","occurred_at","text"]}"#
        reader.send(
            "POST /v1/query HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(vault.tokens["classification"]!)\r\nContent-Type: application/json\r\n"
                + "Accept: application/x-ndjson\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(reader.receive(within: 60).hasPrefix("HTTP/1.1 200"))
        let loader = try Socket(server.port)
        loader.send(
            "POST /v1/records?source=endless HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(vault.tokens["ingest"]!)\r\nContent-Type: application/x-ndjson\r\n"
                + "Content-Length: 1000000000\r\n\r\n" + (0..<500).map { line(id: "e\($0)") + "\n" }.joined())
        // It goes on, as one that stalls is ended for that.
        let isOver = Mutex(false)
        Thread.detachNewThread {
            for part in 0... where !isOver.withLock({ $0 }) {
                loader.send((0..<100).map { line(id: "e\(part).\($0)") + "\n" }.joined())
                sleep(1)
            }
        }
        let uploads = try await server.comesAbout { try await server.ask("GET", "/metrics").text.contains("vocvault_uploads_under_way 1.0") }
        #expect(uploads)
        server.process.terminate()
        try #require(ends(server.process, within: 60))
        #expect(server.process.terminationStatus == 0)
        #expect(server.logText.contains("cut off requests that did not finish in time"))
        try vault.succeed(["audit", "verify"], as: "compliance")
        try vault.write("again.jsonl", [line(id: "acknowledged")])
        #expect(try vault.run(["ingest", "again.jsonl", "--source", "s"], as: "ingest").output.contains("stored 0  duplicates 1"))
    }

    // MARK: Descriptors

    @Test("connections that ask for nothing make room for those that do: /livez is answered however many there are")
    func idleConnections() async throws {
        let server = try ServedCommandLine(try vault(), openFiles: 256)
        var sockets: [Socket] = []
        for _ in 0..<400 {
            let socket = try Socket(server.port)
            socket.send("GET /livez HTTP/1.1\r\nX")
            sockets.append(socket)
        }
        // Before they are closed for being slow, which is after 30 s.
        #expect(try await server.client.ask("GET", "/livez", within: 20).status == 200)
        #expect(try await server.query().status == 200)
        let metrics = try await server.ask("GET", "/metrics").text
        let maximum = try #require(metrics.firstMatch(of: /vocvault_connections_maximum ([0-9]+)/).flatMap { Int($0.1) })
        #expect(maximum < 256 && maximum > 16)
        #expect(sockets.count == 400)
    }

    @Test("with no descriptor left it does not spin, and goes on when there are some again")
    func noDescriptors() async throws {
        let server = try ServedCommandLine(try vault())
        #expect(try await server.ask("GET", "/livez").status == 200)
        let pid = server.process.processIdentifier
        func limit(_ files: Int) throws { try shell(server.vault.folder, "prlimit --pid \(pid) --nofile=\(files):") }
        func used() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count }
        let usual = try used()
        try limit(usual + 4)
        // Busy ones, which make no room: each has sent a head and no body.
        let head = "POST /v1/query HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(server.vault.tokens["analyst"]!)\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n"
        let sockets = try (0..<40).map { _ in
            let socket = try Socket(server.port)
            socket.send(head)
            return socket
        }
        #expect(try await server.comesAbout { try used() >= usual + 3 })
        let before = server.processorSeconds
        try await Task.sleep(for: .seconds(4))
        #expect(server.processorSeconds - before < 1)
        #expect(server.logText.contains("no file descriptor is left"))
        #expect(sockets.count == 40)
        try limit(usual + 200)
        #expect(try await server.ask("GET", "/livez").status == 200)
        #expect(try await server.query().status == 200)
    }

    @Test("a limit that leaves room for next to no connections is refused at the start")
    func tooFewFiles() throws {
        let vault = try vault()
        let process = vault.process([])
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "ulimit -n 100; exec \"$0\" serve --listen 127.0.0.1:0", CommandLineVault.binary.path]
        let error = Pipe()
        process.standardError = error
        try process.run()
        defer { process.terminate() }
        try #require(ends(process, within: 60))
        #expect(process.terminationStatus == 2)
        #expect(String(decoding: error.fileHandleForReading.availableData, as: UTF8.self).contains("only 100 files may be open"))
    }

    // MARK: Certificates

    /// An authority, and a way to have it sign a certificate for this machine.
    private func sign(_ name: String, days: Int, in folder: URL) throws {
        try shell(
            folder,
            """
            [ -f ca.pem ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 200 -subj /CN=test-ca 2>/dev/null
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(name).key -out \(name).csr -subj /CN=\(name) 2>/dev/null
            printf 'subjectAltName=IP:127.0.0.1' > san
            openssl x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days \(days) -extfile san -out \(name).pem 2>/dev/null
            """)
    }

    @Test("a renewed certificate is shown from SIGHUP on, broken files change nothing, and its end is known to doctor and metrics")
    func renewedCertificate() throws {
        let vault = try vault()
        for (name, days) in [("first", 10), ("second", 90)] { try sign(name, days: days, in: vault.folder) }
        func install(_ certificate: String, _ key: String) throws { try shell(vault.folder, "cp \(certificate) server.pem; cp \(key) server.key") }
        try install("first.pem", "first.key")
        let server = try ServedCommandLine(vault, arguments: ["--tls-certificates", "server.pem", "--tls-key", "server.key"])
        func shown() throws -> String {
            let text = try shell(
                vault.folder, "echo | openssl s_client -connect 127.0.0.1:\(server.port) -CAfile ca.pem 2>/dev/null | openssl x509 -noout -subject")
            return text.split(separator: " ").last.map { String($0).trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
        }
        func metric(_ name: String) throws -> Double {
            let text = try shell(vault.folder, "curl -s --cacert ca.pem \(server.address)/metrics | grep '^\(name) ' | cut -d' ' -f2")
            return Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        }
        func doctor() throws -> String {
            let process = vault.process(["--server", server.address, "doctor", "--format", "csv"], as: "administrator")
            process.environment?["VOCVAULT_AUTHORITIES"] = "ca.pem"
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self).split(separator: "\r\n").first { $0.hasPrefix("certificate") }.map(String.init) ?? ""
        }
        let name = "vocvault_tls_certificate_expiry_seconds"
        #expect(try shown() == "first")
        #expect(abs(try metric(name) - Date().timeIntervalSince1970 - 10 * 86_400) < 7200)
        let found = try doctor()
        #expect(found.hasPrefix("certificate,warning,expires in 10 days") || found.hasPrefix("certificate,warning,expires in 9 days"), "\(found)")
        // Another's key, and no certificate at all.
        try install("second.pem", "first.key")
        try server.hangUp(until: "certificate not reloaded")
        #expect(server.logText.contains("does not belong to the certificate"))
        #expect(try shown() == "first")
        try shell(vault.folder, "echo nonsense > server.pem")
        try server.hangUp(until: "holds no certificate")
        #expect(try shown() == "first")
        try install("second.pem", "second.key")
        try server.hangUp(until: #""message":"certificate reloaded""#)
        #expect(try shown() == "second")
        #expect(abs(try metric(name) - Date().timeIntervalSince1970 - 90 * 86_400) < 7200)
        #expect(try doctor().hasPrefix("certificate,ok,expires in 89 days"))
    }

    // MARK: Disk

    @Test("a full disk is 503 with a time to ask again, readyz says it, and with room again all goes on")
    func fullDisk() async throws {
        let vault = try vault()
        let library = vault.folder.appendingPathComponent("faults.so")
        let source = TestVault.repository.appendingPathComponent("Tests/EndToEnd/Faults/faults.c")
        try shell(vault.folder, "clang -shared -fPIC -O1 -o faults.so '\(source.path)'")
        let flag = vault.folder.appendingPathComponent("disk-is-full")
        let server = try ServedCommandLine(
            vault,
            environment: [
                "LD_PRELOAD": library.path, "FAULT_DIR": "/\(vault.folder.lastPathComponent)/vault", "FAULT_KIND": "write", "FAULT_AT": "1",
                "FAULT_STAYS": "1", "FAULT_MODE": "torn", "FAULT_ERRNO": "28", "FAULT_WHILE": flag.path,
            ])
        #expect(try await server.ingest([line(id: "before")]).status == 200)
        #expect(try await server.ask("GET", "/readyz").status == 200)
        try Data().write(to: flag)
        for reply in [try await server.ingest([line(id: "full")]), try await server.query()] {
            #expect(reply.status == 503 && reply.isProblem("storage-full") && reply.retryAfter != nil, "\(reply)")
            #expect(!reply.text.contains(vault.folder.lastPathComponent))
        }
        // Many at once share a transaction, and all of them are told why.
        let client = server.client
        try await withThrowingTaskGroup(of: RawClient.Reply.self) { group in
            for number in 0..<16 { group.addTask { try await client.ingest([line(id: "full-\(number)")]) } }
            for try await reply in group { #expect(reply.isProblem("storage-full"), "\(reply)") }
        }
        let ready = try await server.ask("GET", "/readyz")
        #expect(ready.status == 503 && ready.text.contains("full"), "\(ready)")
        let command = try server.run(["lookup", "--field", "phone", "--value", "-"], as: "compliance", input: "13800138000")
        #expect(command.status == 1 && command.error.contains("full"), "\(command)")
        try FileManager.default.removeItem(at: flag)
        #expect(try await server.ingest([line(id: "full")]).text.contains(#""stored":1"#))
        #expect(try await server.query().status == 200)
        #expect(try await server.ask("GET", "/readyz").status == 200)
        try vault.succeed(["audit", "verify"], as: "compliance")
    }

    // MARK: Database

    /// A vault whose home leads to the tests' server by a folder of its own: without the link in it, nobody gets there.
    private func linked() throws -> (vault: CommandLineVault, link: URL, name: String) {
        let store = try TestServer.database()
        let vault = try CommandLineVault(store: store)
        let folder = URL(fileURLWithPath: "/tmp/voc-link-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let address = try PostgresAddress("host=\(folder.path) dbname=\(store.name) user=vocvault")
        try VaultStore.setAddress(address, in: vault.folder.appendingPathComponent("vault"))
        return (vault, folder.appendingPathComponent(".s.PGSQL.5432"), store.name)
    }

    private func connect(_ link: URL) throws {
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "\(TestServer.folder!)/.s.PGSQL.5432")
    }

    private func cut(_ link: URL, _ name: String) throws {
        try FileManager.default.removeItem(at: link)
        try TestServer.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)' AND usename = 'vocvault'", in: "postgres")
    }

    @Test("a server that starts before its database waits for it, says so, and serves once it is there", .onServer)
    func lateDatabase() async throws {
        let (vault, link, _) = try linked()
        defer { try? FileManager.default.removeItem(at: link.deletingLastPathComponent()) }
        let server = try ServedCommandLine(vault)
        #expect(try await server.ask("GET", "/livez").status == 200)
        let ready = try await server.ask("GET", "/readyz")
        #expect(ready.status == 503 && ready.text == "the database cannot be reached\n")
        let early = try await server.query()
        #expect(early.status == 503 && early.isProblem("storage-unavailable") && early.retryAfter != nil)
        #expect(server.logText.contains("waiting for the database"))
        try connect(link)
        let isServed = try await server.comesAbout { try await server.query().status == 200 }
        #expect(isServed)
        #expect(try await server.ask("GET", "/readyz").status == 200)
        #expect(server.logText.components(separatedBy: "waiting for the database").count == 2)
    }

    @Test("while it waits, SIGTERM ends it; a database that does not let it in is not waited for", .onServer)
    func notWaitedFor() throws {
        let (vault, link, name) = try linked()
        defer { try? FileManager.default.removeItem(at: link.deletingLastPathComponent()) }
        let server = try ServedCommandLine(vault)
        server.process.terminate()
        try #require(ends(server.process, within: 30))
        #expect(server.process.terminationStatus == 0)
        for address in ["host=\(TestServer.folder!) dbname=\(name) user=nobody", "host=\(TestServer.folder!) dbname=no\(name) user=vocvault"] {
            try VaultStore.setAddress(try PostgresAddress(address), in: vault.folder.appendingPathComponent("vault"))
            let refused = try vault.run(["serve", "--listen", "127.0.0.1:0"])
            #expect(refused.status == 1 && refused.error.contains("does not let the vault in"), "\(refused)")
        }
    }

    @Test("a database that goes away is 503 and nothing else, in the answer, in readyz and on the command line; back, all goes on", .onServer)
    func lostDatabase() async throws {
        let (vault, link, name) = try linked()
        defer { try? FileManager.default.removeItem(at: link.deletingLastPathComponent()) }
        try connect(link)
        let server = try ServedCommandLine(vault)
        #expect(try await server.ingest([line(id: "1")]).status == 200)
        #expect(try await server.query().status == 200)
        try cut(link, name)
        for reply in [try await server.query(), try await server.ingest([line(id: "2")]), try await server.ask("GET", "/v1/me", as: "analyst")] {
            #expect(reply.status == 503 && reply.isProblem("storage-unavailable") && reply.retryAfter != nil, "\(reply)")
            #expect(!reply.text.contains(link.deletingLastPathComponent().lastPathComponent))
        }
        let ready = try await server.ask("GET", "/readyz")
        #expect(ready.status == 503 && ready.text == "the database cannot be reached\n", "\(ready)")
        #expect(try await server.ask("GET", "/livez").status == 200)
        // The client asks again a few times, as nothing was done, before it gives up.
        let command = try server.run(["doctor"], as: "administrator")
        #expect(command.status == 1 && command.error.contains("the database cannot be reached"), "\(command)")
        let here = try vault.run(["doctor"], as: "administrator")
        #expect(here.status == 1 && here.error.contains("cannot be reached") && !here.error.contains("audit"), "\(here)")
        #expect(server.logText.contains("cannot be reached: connection to server on socket"))
        try connect(link)
        #expect(try await server.ingest([line(id: "2")]).text.contains(#""stored":1"#))
        #expect(try await server.ask("GET", "/readyz").status == 200)
        try vault.succeed(["audit", "verify"], as: "compliance")
    }
}
