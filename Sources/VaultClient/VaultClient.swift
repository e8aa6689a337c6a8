import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import RedactedAPI
import VaultAPI
import Wire

/// A client of a vault's HTTP API.
///
/// It is a `RedactedSource`: classification, reporting and whatever else reads redacted feedback works on a server as on
/// a vault at hand. Requests that a busy server puts off (429, 503) are sent again, three times at most, when it says that
/// it has done nothing.
public final class VaultClient: FollowedSource {
    let server: String
    private let token: String
    let http: HTTPClient
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
        let done = try await perform(
            QueryPage(
                purpose: query.purpose, select: query.select, where: query.filter, since: query.since, until: query.until, limit: query.limit,
                cursor: query.cursor))
        return Page(
            columns: done.reply.columns, rows: done.reply.rows, nextCursor: done.reply.nextCursor, leftOut: done.reply.leftOut ?? [],
            receipt: done.receipt.entry ?? -1)
    }

    public func changes(_ query: ChangeQuery) async throws -> ChangePage {
        let done = try await perform(ListChanges(purpose: query.purpose, select: query.select, after: query.after, limit: query.limit))
        let page = done.reply
        return ChangePage(
            columns: page.columns, rows: page.rows, changes: page.changes, gone: page.gone, cursor: page.cursor, hasMore: page.more, leftOut: page.leftOut ?? [],
            receipt: done.receipt.entry ?? -1)
    }

    public func aggregate(_ query: AggregateQuery) async throws -> AggregateTable {
        let done = try await perform(
            AggregateRows(
                purpose: query.purpose, groupBy: query.groupBy.map(\.name), measures: query.measures.map(\.name), where: query.filter, since: query.since,
                until: query.until, inMonths: query.inMonths ? true : nil, having: query.having?.description, orderBy: query.order.isEmpty ? nil : query.order.map(\.description),
                compare: query.isCompared ? true : nil))
        let table = done.reply
        return AggregateTable(
            columns: table.columns, rows: table.rows.map { zip(table.columns, $0).map(Self.measured) }, noise: table.noise, receipt: done.receipt.entry ?? -1)
    }

    /// JSON does not tell 3 from 3.0; an average is never an integer, and neither is its change.
    private static func measured(_ column: String, _ value: Value) -> Value {
        guard case .integer(let number) = value else { return value }
        let isMargin = column.hasPrefix("margin(")
        let inner = ["before(", "change("].first { column.hasPrefix($0) }.map { column.dropFirst($0.count).dropLast() } ?? column[...]
        return isMargin || Measure(String(inner))?.isFraction == true ? .decimal(Double(number)) : value
    }

    public func annotate(_ annotations: [Annotation], purpose: String) async throws -> Int {
        var count = 0
        // A request takes a thousand.
        for start in stride(from: 0, to: annotations.count, by: 1000) {
            let some = Array(annotations[start..<min(start + 1000, annotations.count)])
            count += try await perform(Annotate(purpose: purpose, annotations: some)).reply.records
        }
        return count
    }

    // MARK: Every operation

    /// Has the server do an operation.
    ///
    /// - Throws: ``VaultClientError``: what the server refuses, and why; or that it cannot be reached.
    public func perform<O: VaultOperation>(_ operation: O) async throws -> Receipted<O.Reply> {
        var members = try JSON(encoding: operation).object ?? [:]
        let path = O.route.parts.map { part -> String in
            guard part.isVariable else { return part.text }
            let text = members.removeValue(forKey: part.text).map(Self.text) ?? ""
            return part.takesRest ? text.split(separator: "/").map { Self.encoded(String($0)) }.joined(separator: "/") : Self.encoded(text)
        }
        let hasBody = O.route.method == .post
        var request = try request(
            O.route.method.rawValue, "/" + path.joined(separator: "/"), hasBody ? [] : members.sorted { $0.key < $1.key }.map { ($0.key, Self.text($0.value)) })
        if hasBody {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(JSON.object(members).bytes)
        }
        let (headers, data) = try await send(request, repeats: true)
        switch O.form {
        case .json, .rows:
            guard let value = try? JSON(parsing: [UInt8](data)), let reply = try? value.decoded(as: O.Reply.self) else {
                throw VaultClientError.invalid("the server's answer is not what this operation answers")
            }
            return Receipted(reply, (try? value["receipt"]?.decoded(as: Receipt.self)) ?? Self.receipt(in: headers))
        case .text, .written: return Receipted(String(decoding: data, as: UTF8.self) as! O.Reply, Self.receipt(in: headers))
        case .bytes:
            let searched = headers.first(name: Bytes.searchedHeader).flatMap { try? JSON(parsing: Array($0.utf8)).decoded(as: Searched.self) }
            return Receipted(Bytes(data, searched: searched) as! O.Reply, Self.receipt(in: headers))
        }
    }

    /// A value in a path or a query; a list stands there as one, separated by commas.
    private static func text(_ value: JSON) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .decimal(let number): String(number)
        case .boolean(let value): String(value)
        case .array(let items): items.map(text).joined(separator: ",")
        case .null, .object: ""
        }
    }

    private static func receipt(in headers: HTTPHeaders) -> Receipt {
        let checkpoint = headers.first(name: "Vault-Audit-Checkpoint").flatMap { Data(base64Encoded: $0) }
        return Receipt(
            entry: headers.first(name: "Vault-Audit-Entry").flatMap { Int64($0) }, checkpoint: checkpoint.map { String(decoding: $0, as: UTF8.self) })
    }

    /// Percent-encodes a path's part.
    private static func encoded(_ part: String) -> String {
        part.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? ""
    }

    func request(_ method: String, _ path: String, _ query: [(String, String)]) throws -> HTTPClientRequest {
        let pairs = query.map { name, value in "\(Self.encoded(name))=\(Self.encoded(value))" }
        var request = HTTPClientRequest(url: server + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")))
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        return request
    }

    func send(_ request: HTTPClientRequest, repeats: Bool) async throws -> (headers: HTTPHeaders, data: Data) {
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
            guard repeats, attempt < 3, problem.failure?.passes == true, let seconds = response.headers.first(name: "Retry-After").flatMap({ Int($0) }) else { throw problem }
            try await Task.sleep(for: .seconds(min(seconds, 30)))
        }
        fatalError("the loop ends by returning or throwing")
    }
}
