import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOHTTP1
import Synchronization
import TestVaults
import VoCVault

@testable import VaultServer

/// A server over a vault of its own, for as long as a test runs: on a free port of this machine, or in memory.
struct RunningServer: Sendable {
    let vault: TestVault
    let log: Log
    let way: Way

    /// How requests get to it.
    enum Way: Sendable {
        /// Through a socket, with this port.
        case port(Int)
        /// Straight to the router.
        case router(any TestClientProtocol)
    }

    var port: Int {
        guard case .port(let port) = way else { preconditionFailure("a router has no port") }
        return port
    }
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
        var fields = HTTPHeaders()
        var body = body
        if let token { fields.add(name: "Authorization", value: "Bearer \(token)") }
        if let json {
            fields.add(name: "Content-Type", value: "application/json")
            body = try body ?? JSONSerialization.data(withJSONObject: json, options: .fragmentsAllowed)
        }
        for (name, value) in headers { fields.replaceOrAdd(name: name, value: value) }
        switch way {
        case .port: return try await exchange(method, path, fields, body)
        case .router(let client): return try await Self.ask(client, method, path, fields, body)
        }
    }

    private func exchange(_ method: String, _ path: String, _ headers: HTTPHeaders, _ body: Data?) async throws -> Reply {
        var request = HTTPClientRequest(url: base + path)
        (request.method, request.headers) = (HTTPMethod(rawValue: method), headers)
        if let body { request.body = .bytes(body) }
        let response = try await Self.client.execute(request, timeout: .seconds(30))
        let data = Data(buffer: try await response.body.collect(upTo: 256 << 20))
        return Reply(status: Int(response.status.code), headers: response.headers, body: data)
    }

    private static func ask(_ client: any TestClientProtocol, _ method: String, _ path: String, _ headers: HTTPHeaders, _ body: Data?) async throws -> Reply {
        var fields = HTTPFields()
        for (name, value) in headers { fields.append(HTTPField(name: HTTPField.Name(name)!, value: value)) }
        let response = try await client.executeRequest(uri: path, method: HTTPRequest.Method(method)!, headers: fields, body: body.map { ByteBuffer(bytes: $0) })
        return Reply(
            status: response.status.code, headers: HTTPHeaders(response.headers.map { ($0.name.rawName, $0.value) }), body: Data(response.body.readableBytesView))
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
    let result = try await body(RunningServer(vault: vault, log: log, way: .port(port)))
    running.cancel()
    _ = try? await running.value
    return result
}

/// Runs `body` against a server's router in memory: for whatever needs no connection.
///
/// - Parameter other: what is served in place of the vault.
func withRouter<R>(vault: TestVault? = nil, serving other: Vault? = nil, _ body: @Sendable (RunningServer) async throws -> R) async throws -> R {
    let vault = try vault ?? TestVault()
    var configuration = VaultServer.Configuration()
    configuration.failedSignIns = 1000
    let log = RunningServer.Log()
    let server = try VaultServer(opening: { other ?? vault.vault }, configuration: configuration, log: { log.append($0) })
    return try await Application(responder: server.router().buildResponder()).test(.router) { client in
        try await body(RunningServer(vault: vault, log: log, way: .router(client)))
    }
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
