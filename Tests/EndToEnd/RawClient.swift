import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Asks a server as any program would, and shows what it says.
struct RawClient: Sendable {
    let address: String
    let tokens: [String: String]

    struct Reply: Sendable {
        var status: Int
        var retryAfter: Int?
        var text: String

        /// Whether it is a problem of this name.
        func isProblem(_ name: String) -> Bool { text.contains("\"urn:vocvault:\(name)\"") }
    }

    func ask(
        _ method: String, _ path: String, as role: String? = nil, _ type: String = "application/json", body: String = "", within seconds: Double = 60
    ) async throws -> Reply {
        var request = URLRequest(url: URL(string: address + path)!, timeoutInterval: seconds)
        request.httpMethod = method
        if let role { request.setValue("Bearer \(tokens[role]!)", forHTTPHeaderField: "Authorization") }
        if !body.isEmpty {
            request.setValue(type, forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(body.utf8)
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        let answer = response as! HTTPURLResponse
        return Reply(
            status: answer.statusCode, retryAfter: answer.value(forHTTPHeaderField: "Retry-After").flatMap { Int($0) }, text: String(decoding: data, as: UTF8.self))
    }

    func ingest(_ lines: [String]) async throws -> Reply {
        try await ask("POST", "/v1/records?source=s", as: "ingest", "application/x-ndjson", body: lines.joined(separator: "\n"))
    }

    func query() async throws -> Reply {
        try await ask("POST", "/v1/query", as: "analyst", body: #"{"purpose":"insight","select":["record","rating"],"limit":5}"#)
    }
}
