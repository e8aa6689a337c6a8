import Foundation
import Hummingbird
import RedactedAPI
import Synchronization
import VaultServer
import VoCVault

#if canImport(Glibc)
import Glibc
#endif

/// The vault behind HTTP against Hummingbird itself, which answers with as many bytes and does nothing else.
final class HTTPBench {
    /// What many connections at once got, in seconds.
    struct Load {
        /// Of all of them together, for each request.
        var each: Double
        var median: Double
        var p99: Double
    }

    private let vaultPort: Int
    private let plainPort: Int
    private let pages = Counter()

    /// Asks for a page of 100 rows: different questions with the same rows, as each ends with another day yet to come.
    private static func body(number: Int) -> String {
        #"{"purpose":"insight","select":["record","occurred_at","channel","product","rating","text"],"until":""#
            + BenchVault.end(Int64(number)).description + #"","limit":100}"#
    }
    private let token: String
    private let loaderToken: String
    private let tasks: [Task<Void, any Error>]

    init(_ vault: BenchVault) throws {
        (token, loaderToken) = (vault.analystToken, vault.loaderToken)
        var configuration = VaultServer.Configuration()
        (configuration.port, configuration.requestBurst, configuration.requestsPerSecond) = (0, 1_000_000, 1_000_000)
        let opened = vault.vault
        let server = try VaultServer(opening: { opened }, configuration: configuration, log: { _ in })
        let (vaultStarted, plainStarted) = (Started(), Started())
        let vaultTask = Task { _ = try await server.run(signals: []) { vaultStarted.set($0) } }
        vaultPort = vaultStarted.port()
        let size = try Connection(port: vaultPort).exchange(Self.request("POST", "/v1/query", token, Self.body(number: 0)))
        let reply = ByteBuffer(bytes: [UInt8](repeating: 0x61, count: size))
        let plainTask = Task {
            let router = Router()
            router.post("/") { request, _ in
                // Reads what it is sent, as the vault does.
                _ = try await request.body.collect(upTo: 1 << 20)
                return Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: reply))
            }
            let application = Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)), onServerRunning: { plainStarted.set($0.localAddress?.port ?? 0) })
            try await application.run()
        }
        plainPort = plainStarted.port()
        tasks = [vaultTask, plainTask]
    }

    deinit { tasks.forEach { $0.cancel() } }

    /// 64 connections, so many seconds each, in turn.
    ///
    /// - Parameter isNew: whether each request is for a page that nobody has asked for before.
    func compare(isNew: Bool, seconds: Double, rounds: Int) throws -> (each: Pairs, median: Double, p99: Double) {
        let (token, pages) = (token, pages)
        let body = { @Sendable in Self.body(number: isNew ? pages.next() : 0) }
        var loads: (vault: [Load], plain: [Load]) = ([], [])
        for _ in 0..<rounds {
            loads.vault.append(try Self.load(port: vaultPort, connections: 64, seconds: seconds) { Self.request("POST", "/v1/query", token, body()) })
            loads.plain.append(try Self.load(port: plainPort, connections: 64, seconds: seconds) { Self.request("POST", "/", token, body()) })
        }
        let middle = loads.vault.sorted { $0.each < $1.each }[rounds / 2]
        return (Pairs(vault: loads.vault.map(\.each), baseline: loads.plain.map(\.each)), middle.median, middle.p99)
    }

    /// Uploads a file as one request.
    func ingest(_ path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        let head = "POST /v1/records?source=bench HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer \(loaderToken)\r\n"
            + "Content-Type: application/x-ndjson\r\nContent-Length: \(data.count)\r\n\r\n"
        let connection = try Connection(port: vaultPort)
        try connection.send(Array(head.utf8))
        for start in stride(from: 0, to: data.count, by: 1 << 20) { try connection.send(Array(data[start..<min(start + 1 << 20, data.count)])) }
        _ = try connection.receive()
    }

    private static func request(_ method: String, _ path: String, _ token: String, _ body: String) -> [UInt8] {
        Array(
            "\(method) \(path) HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }

    private static func load(port: Int, connections: Int, seconds: Double, _ request: @escaping @Sendable () -> [UInt8]) throws -> Load {
        let times = Mutex<[Double]>([])
        let open = try (0..<connections).map { _ in try Connection(port: port) }
        let end = ContinuousClock.now + .seconds(seconds)
        let start = ContinuousClock.now
        let threads = DispatchGroup()
        for connection in open {
            threads.enter()
            Thread.detachNewThread {
                var own: [Double] = []
                while ContinuousClock.now < end {
                    let began = ContinuousClock.now
                    guard (try? connection.exchange(request())) != nil else { break }
                    own.append((ContinuousClock.now - began) / .seconds(1))
                }
                times.withLock { $0 += own }
                threads.leave()
            }
        }
        threads.wait()
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let sorted = times.withLock { $0.sorted() }
        precondition(!sorted.isEmpty, "no request was answered")
        return Load(each: elapsed / Double(sorted.count), median: sorted[sorted.count / 2], p99: sorted[sorted.count * 99 / 100])
    }
}

private final class Counter: Sendable {
    private let value = Atomic(0)

    func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}

/// A port that another task will tell.
private final class Started: Sendable {
    private let value = Mutex(0)
    private let told = DispatchSemaphore(value: 0)

    func set(_ port: Int) {
        value.withLock { $0 = port }
        told.signal()
    }

    func port() -> Int {
        told.wait()
        return value.withLock { $0 }
    }
}

/// A kept-alive HTTP/1.1 connection with as little between it and the socket as possible: the client shares the cores
/// with the server.
private final class Connection: @unchecked Sendable {
    // Sendable: one thread at a time uses it.
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)

    enum Failure: Error { case broken }

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Failure.broken }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure.broken }
            sent += count
        }
    }

    /// Sends a request; returns the size of the reply's body.
    func exchange(_ request: [UInt8]) throws -> Int {
        try send(request)
        return try receive()
    }

    /// Where what follows a text begins.
    private func place(of text: StaticString, before end: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            let first = Int32(text.utf8Start.pointee)
            var start = 0
            while start < end, let found = memchr(bytes.baseAddress! + start, first, end - start) {
                let place = UnsafeRawPointer(found) - bytes.baseAddress!
                guard place + text.utf8CodeUnitCount <= end else { return nil }
                if memcmp(found, text.utf8Start, text.utf8CodeUnitCount) == 0 { return place + text.utf8CodeUnitCount }
                start = place + 1
            }
            return nil
        }
    }

    func receive() throws -> Int {
        var got = 0
        var bodyStart: Int?
        var length = 0
        while true {
            if let bodyStart, got >= bodyStart + length { return length }
            let count = recv(descriptor, &buffer[got], buffer.count - got, 0)
            guard count > 0 else { throw Failure.broken }
            got += count
            if bodyStart == nil, let head = place(of: "\r\n\r\n", before: got) {
                guard buffer.starts(with: "HTTP/1.1 200".utf8),
                    let line = place(of: "\r\nContent-Length: ", before: head) ?? place(of: "\r\ncontent-length: ", before: head)
                else { throw Failure.broken }
                length = buffer[line...].prefix { $0 &- 48 < 10 }.reduce(0) { $0 * 10 + Int($1 - 48) }
                bodyStart = head
                if head + length > buffer.count { buffer += [UInt8](repeating: 0, count: head + length - buffer.count) }
            }
        }
    }
}
