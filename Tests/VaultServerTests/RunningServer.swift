import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TestVaults
import VaultServer
import VoCVault

/// A server on a free port of this machine, over a vault of its own, for as long as a test runs.
struct RunningServer: Sendable {
    let vault: TestVault
    let port: Int
    let log: Log
    var base: String { "http://127.0.0.1:\(port)" }

    final class Log: Sendable {
        private let lines = Mutex(Data())
        func append(_ data: Data) { lines.withLock { $0 += data } }
        var text: String { String(decoding: lines.withLock { $0 }, as: UTF8.self) }
    }

    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // Who waits shall wait for the server.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        return HTTPClient(configuration: configuration)
    }()

    struct Reply {
        var status: Int
        var headers: HTTPHeaders
        var body: Data
        var text: String { String(decoding: body, as: UTF8.self) }
        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
        /// The name of the problem.
        var problem: String { (json["type"] as? String ?? "").replacingOccurrences(of: "urn:vocvault:", with: "") }
    }

    func send(
        _ method: String, _ path: String, token: String? = nil, json: Any? = nil, body: Data? = nil, headers: [(String, String)] = []
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = HTTPMethod(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let json {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(try JSONSerialization.data(withJSONObject: json, options: .fragmentsAllowed))
        }
        if let body { request.body = .bytes(body) }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await Self.client.execute(request, timeout: .seconds(30))
        let data = Data(buffer: try await response.body.collect(upTo: 256 << 20))
        return Reply(status: Int(response.status.code), headers: response.headers, body: data)
    }

    func ingest(_ lines: [String], token: String, source: String = "test", headers: [(String, String)] = []) async throws -> Reply {
        try await send(
            "POST", "/v1/records?source=\(source)", token: token, body: Data(lines.joined(separator: "\n").utf8),
            headers: [("Content-Type", "application/x-ndjson")] + headers)
    }

    func query(_ token: String, _ more: [String: Any] = [:], headers: [(String, String)] = []) async throws -> Reply {
        let query: [String: Any] = ["purpose": "insight", "select": ["record", "rating", "text"]]
        return try await send("POST", "/v1/query", token: token, json: query.merging(more) { $1 }, headers: headers)
    }
}

/// Runs `body` against a server.
///
/// - Parameters:
///   - other: the same vault with policies that were written since it was opened.
///   - opening: opens the vault, where it is not open already.
func withServer<R>(
    vault: TestVault? = nil, serving other: Vault? = nil, opening: (@Sendable () throws -> Vault)? = nil, configure: (inout VaultServer.Configuration) -> Void = { _ in }, _ body: @Sendable (RunningServer) async throws -> R
) async throws -> R {
    let vault = try vault ?? TestVault()
    var configuration = VaultServer.Configuration()
    (configuration.port, configuration.failedSignIns) = (0, 1000)
    configure(&configuration)
    let log = RunningServer.Log()
    let server = try VaultServer(opening: opening ?? { other ?? vault.vault }, configuration: configuration, log: { log.append($0) })
    let (ports, started) = AsyncStream<Int>.makeStream()
    let running = Task {
        defer { started.finish() }
        try await server.run(signals: []) { started.yield($0) }
    }
    defer { running.cancel() }
    guard let port = await ports.first(where: { _ in true }) else {
        try await running.value
        throw VaultError.invalid("the server did not start")
    }
    let result = try await body(RunningServer(vault: vault, port: port, log: log))
    running.cancel()
    _ = try? await running.value
    return result
}

/// Runs a program to its end, without blocking the threads that serve.
func run(_ program: URL, _ arguments: [String], input: Data = Data()) async throws -> (status: Int32, text: String) {
    let process = Process()
    (process.executableURL, process.arguments) = (program, arguments)
    process.currentDirectoryURL = FileManager.default.temporaryDirectory
    let (output, stdin) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError, process.standardInput) = (output, output, stdin)
    return try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            do {
                try process.run()
                try stdin.fileHandleForWriting.write(contentsOf: input)
                try stdin.fileHandleForWriting.close()
                let data = output.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                continuation.resume(returning: (process.terminationStatus, String(decoding: data, as: UTF8.self)))
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
