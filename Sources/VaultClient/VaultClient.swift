import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import RedactedAPI

/// A client of a vault's HTTP API.
///
/// It is a `RedactedSource`: classification, reporting and whatever else reads redacted feedback works on a server as on
/// a vault at hand. Requests that a busy server puts off (429, 503) are sent again, three times at most, when it says that
/// it has done nothing.
public final class VaultClient: AnnotatedSource {
    private let server: String
    private let token: String
    private let http: HTTPClient
    private let ownsClient: Bool

    /// - Parameters:
    ///   - server: such as `https://vault.example.com:8443`; TLS 1.3 is required unless it is this machine.
    ///   - token: of a principal: the vault's or an issuer's.
    ///   - authorities: PEM file with the authorities that the server's certificate must come from; nil: the system's.
    /// - Throws: ``VaultClientError/invalid(_:)`` when the address is none, or would send the token in clear.
    public init(server: String, token: String, authorities: String? = nil) throws {
        guard let url = URL(string: server), let host = url.host, url.scheme == "https" || url.scheme == "http", (url.path + "/").hasPrefix("/") else {
            throw VaultClientError.invalid("the server's address must be such as https://vault.example.com:8443")
        }
        guard url.scheme == "https" || ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host) else {
            throw VaultClientError.invalid("the token would travel in clear: use https beyond this machine")
        }
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.token = token
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        if let authorities { tls.trustRoots = .file(authorities) }
        http = HTTPClient(configuration: .init(tlsConfiguration: tls, redirectConfiguration: .disallow))
        ownsClient = true
    }

    deinit { if ownsClient { http.shutdown { _ in } } }

    // MARK: Redacted data

    public func page(_ query: Query) async throws -> Page {
        var body: [String: Any] = ["purpose": query.purpose, "select": query.select]
        body["where"] = query.filter?.description
        body["since"] = query.since?.description
        body["until"] = query.until?.description
        body["limit"] = query.limit
        body["cursor"] = query.cursor
        let reply: RowsReply = try await post("/v1/query", body, repeats: true)
        return Page(columns: reply.columns, rows: reply.rows.map { $0.map(\.value) }, nextCursor: reply.nextCursor, receipt: reply.receipt.entry)
    }

    public func aggregate(_ query: AggregateQuery) async throws -> AggregateTable {
        var body: [String: Any] = ["purpose": query.purpose, "group_by": query.groupBy.map(\.name), "measures": query.measures.map(\.name)]
        body["where"] = query.filter?.description
        body["since"] = query.since?.description
        body["until"] = query.until?.description
        let reply: RowsReply = try await post("/v1/aggregate", body, repeats: true)
        return AggregateTable(
            columns: reply.columns, rows: reply.rows.map { zip(reply.columns, $0).map(Self.measured) }, suppressedGroups: reply.suppressedGroups ?? 0,
            noise: reply.noise, receipt: reply.receipt.entry)
    }

    /// JSON does not tell 3 from 3.0; an average is never an integer.
    private static func measured(_ column: String, _ cell: RowsReply.Cell) -> Value {
        if column.hasPrefix("avg("), case .integer(let number) = cell.value { return .decimal(Double(number)) }
        return cell.value
    }

    public func annotate(_ annotations: [Annotation], purpose: String) async throws -> Int {
        struct Reply: Decodable { var records: Int }
        var count = 0
        // A request takes a thousand.
        for start in stride(from: 0, to: annotations.count, by: 1000) {
            let some = annotations[start..<min(start + 1000, annotations.count)]
            let body: [String: Any] = [
                "purpose": purpose, "annotations": some.map { ["record": $0.record, "module": $0.module, "labels": $0.labels] as [String: Any] },
            ]
            let reply: Reply = try await post("/v1/annotations", body, repeats: true)
            count += reply.records
        }
        return count
    }

    // MARK: Records

    /// What became of an upload.
    public struct Upload: Sendable, Equatable {
        public struct Reject: Sendable, Equatable {
            public var line: Int
            /// How many lines it covers.
            public var lines: Int
            public var reason: String
        }

        public var stored: Int
        public var duplicates: Int
        public var newCustomers: Int
        public var erasedBefore: Int
        public var rejected: Int
        /// Values, by field, that are kept sealed and not used.
        public var setAside: [String: Int]
        /// Those that the server lists.
        public var rejects: [Reject]
    }

    /// Sends records, as fast as the server takes them.
    ///
    /// - Parameters:
    ///   - type: `application/x-ndjson` or `text/csv`.
    ///   - timeZone: where times without an offset were written; as the vault's policy has it when not given.
    ///   - key: an `Idempotency-Key`: the same upload under it again is not done again.
    ///   - nextBlock: gives the next bytes; nil or none at the end.
    public func ingest(
        source: String, type: String = "application/x-ndjson", timeZone: String? = nil, key: String? = nil, nextBlock: @escaping @Sendable () throws -> Data?
    ) async throws -> Upload {
        var request = try request("POST", "/v1/records", [("source", source)] + (timeZone.map { [("timezone", $0)] } ?? []))
        request.headers.add(name: "Content-Type", value: type)
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        request.body = .stream(Blocks(next: nextBlock), length: .unknown)
        let (_, data) = try await send(request, repeats: false)
        struct Line: Decodable {
            struct Summary: Decodable {
                var stored: Int
                var duplicates: Int
                var rejected: Int
                var newCustomers: Int
                var erasedBefore: Int?
                var setAside: [String: Int]?
            }
            var line: Int?
            var lastLine: Int?
            var reason: String?
            var summary: Summary?
        }
        let lines = try data.split(separator: 0x0A).map { try Self.decoder.decode(Line.self, from: $0) }
        guard let summary = lines.last?.summary else { throw VaultClientError.invalid("the server's answer has no summary") }
        return Upload(
            stored: summary.stored, duplicates: summary.duplicates, newCustomers: summary.newCustomers, erasedBefore: summary.erasedBefore ?? 0, rejected: summary.rejected,
            setAside: summary.setAside ?? [:],
            rejects: lines.compactMap { line in
                line.line.map { Upload.Reject(line: $0, lines: (line.lastLine ?? $0) - $0 + 1, reason: line.reason ?? "") }
            })
    }

    private struct Blocks: AsyncSequence, Sendable {
        typealias Element = ByteBuffer
        let next: @Sendable () throws -> Data?

        struct AsyncIterator: AsyncIteratorProtocol {
            let read: @Sendable () throws -> Data?

            func next() async throws -> ByteBuffer? {
                guard let block = try read(), !block.isEmpty else { return nil }
                return ByteBuffer(bytes: block)
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(read: next) }
    }

    /// A field of a record in plain.
    public func reveal(record: String, field: String, purpose: String, reason: String, breakGlass: Bool = false) async throws -> (value: String, receipt: Int64) {
        struct Reply: Decodable {
            var value: String
            var receipt: Receipt
        }
        let body: [String: Any] = ["field": field, "purpose": purpose, "reason": reason, "break_glass": breakGlass]
        let reply: Reply = try await post("/v1/records/\(Self.encoded(record))/reveal", body)
        return (reply.value, reply.receipt.entry)
    }

    /// Customers with an exact value.
    public func lookup(field: String, value: String, purpose: String?) async throws -> (subjects: [String], receipt: Int64) {
        struct Reply: Decodable {
            var subjects: [String]
            var receipt: Receipt
        }
        var body: [String: Any] = ["field": field, "value": value]
        body["purpose"] = purpose
        let reply: Reply = try await post("/v1/lookup", body)
        return (reply.subjects, reply.receipt.entry)
    }

    // MARK: Every other operation

    /// What a reply's receipt says.
    public struct Receipt: Decodable, Sendable {
        /// Number of the audit entry.
        public var entry: Int64
        /// A signed checkpoint of a log that has it.
        public var checkpoint: String
    }

    /// Decodes names such as `next_cursor` into members such as `nextCursor`.
    public static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    /// Percent-encodes a path's part.
    public static func encoded(_ part: String) -> String {
        part.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? ""
    }

    /// - Parameter query: nil values are left out.
    public func get<R: Decodable>(_ path: String, _ query: [(String, String?)] = []) async throws -> R {
        try Self.decoder.decode(R.self, from: await data("GET", path, query: query, repeats: true))
    }

    /// - Parameter repeats: whether the request may be sent again after a 429 or 503 that has done nothing, so that only what must
    ///   not be delayed says no.
    public func post<R: Decodable>(_ path: String, _ body: [String: Any], repeats: Bool = true) async throws -> R {
        try Self.decoder.decode(R.self, from: await data("POST", path, body: body, repeats: repeats))
    }

    /// The reply's bytes.
    public func data(
        _ method: String, _ path: String, query: [(String, String?)] = [], body: [String: Any]? = nil, repeats: Bool = true
    ) async throws -> Data {
        var request = try request(method, path, query)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(try JSONSerialization.data(withJSONObject: body))
        }
        return try await send(request, repeats: repeats).data
    }

    private func request(_ method: String, _ path: String, _ query: [(String, String?)]) throws -> HTTPClientRequest {
        let pairs = query.compactMap { name, value in value.map { "\(Self.encoded(name))=\(Self.encoded($0))" } }
        var request = HTTPClientRequest(url: server + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")))
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        return request
    }

    private func send(_ request: HTTPClientRequest, repeats: Bool) async throws -> (headers: HTTPHeaders, data: Data) {
        for attempt in 0... {
            let response: HTTPClientResponse
            do {
                response = try await http.execute(request, deadline: .distantFuture)
            } catch {
                // The library's errors may hold the request, and so the token.
                throw VaultClientError.unreachable(server)
            }
            let data: Data
            do {
                data = Data(try await response.body.collect(upTo: 1 << 30).readableBytesView)
            } catch {
                throw VaultClientError.brokenOff(server)
            }
            if (200..<300).contains(response.status.code) { return (response.headers, data) }
            let problem = VaultClientError(status: Int(response.status.code), document: data)
            guard repeats, attempt < 3, problem.passes, let seconds = response.headers.first(name: "Retry-After").flatMap({ Int($0) }) else { throw problem }
            try await Task.sleep(for: .seconds(min(seconds, 30)))
        }
        fatalError("the loop ends by returning or throwing")
    }
}

private struct RowsReply: Decodable {
    var columns: [String]
    var rows: [[Cell]]
    var nextCursor: String?
    var suppressedGroups: Int?
    /// Standard deviation of the noise on counts.
    var noise: Double?
    var receipt: VaultClient.Receipt

    /// Times come as text.
    struct Cell: Decodable {
        var value: Value

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                value = .null
            } else if let text = try? container.decode(String.self) {
                value = .text(text)
            } else if let integer = try? container.decode(Int64.self) {
                value = .integer(integer)
            } else if let boolean = try? container.decode(Bool.self) {
                value = .boolean(boolean)
            } else {
                value = .decimal(try container.decode(Double.self))
            }
        }
    }
}
