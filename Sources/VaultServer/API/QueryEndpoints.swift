import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import RedactedAPI
import Synchronization
import VaultAPI
import VoCVault
import Wire

/// The redacted query API: rows and figures in the form that the request accepts.
enum QueryEndpoints {
    static let query = Endpoint(
        QueryPage.self,
        repeated: { call in
            guard RowStream.Format(accepting: call.request.headers[.accept]) == nil, let query = call.server.queries.query(call.body),
                let page = try await call.session.knownPage(query)
            else { return nil }
            return Self.reply(page, try await call.server.receipt(for: page.receipt, of: call.session.principal))
        }
    ) { (call: Call) in
        let asked = try call.operation(QueryPage.self).query
        guard let format = RowStream.Format(accepting: call.request.headers[.accept]) else {
            let page = try await call.work(asked.work) { try $0.shownPage(asked) }
            call.server.queries.note(asked, body: call.body)
            return Self.reply(page, try await call.server.receipt(for: page.receipt, of: call.session.principal))
        }
        var query = asked
        query.limit = nil
        return try await RowStream(call: call, query: query, format: format, limit: asked.limit).response()
    }

    static let aggregate = Endpoint(AggregateRows.self) { (call: Call) in
        let asked = try call.operation(AggregateRows.self)
        let table = try await call.work(AggregateRows.effort.work) { try $0.perform(asked).reply }
        guard let format = RowStream.Format(accepting: call.request.headers[.accept]) else { return try await call.reply(to: AggregateRows.self, table) }
        return try await call.reply(format.mediaType, ResponseBody(byteBuffer: ByteBuffer(bytes: format.bytes(table.columns, table.rows, isFirst: true))))
    }
}

extension QueryEndpoints {
    /// A page, written directly to bytes, once for everybody who asks for it: analysis uses this path all day.
    private static func reply(_ page: ShownPage, _ receipt: WrittenReceipt) -> Response {
        let beginning = page.content.written { columns, rows in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(rows.count * 256 + 256)
            var members = JSON.Object()
            members.add("columns", JSON(columns), to: &bytes)
            members.begin("rows", in: &bytes)
            bytes.append(0x5B)
            for (index, row) in rows.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                RowText.appendArray(row, to: &bytes)
            }
            bytes.append(0x5D)
            return bytes
        }
        var end: [UInt8] = []
        end.reserveCapacity(960)
        var members = JSON.Object.continued
        if let cursor = page.nextCursor { members.add("next_cursor", cursor, to: &end) }
        if !page.leftOut.isEmpty {
            members.begin("left_out", in: &end)
            JSON(page.leftOut).append(to: &end)
        }
        members.begin("receipt", in: &end)
        receipt.appendJSON(to: &end)
        members.end(&end)
        var body = ByteBufferAllocator().buffer(capacity: beginning.count + end.count)
        body.writeBytes(beginning)
        body.writeBytes(end)
        var headers = HTTPFields()
        // Including those that every response gets.
        headers.reserveCapacity(16)
        headers.append(Self.contentType)
        var response = Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
        receipt.add(to: &response)
        return response
    }

    private static let contentType = HTTPField(name: .contentType, value: "application/json")
}

extension Query {
    /// A search for words opens every row that it examines.
    var work: Work { filter?.searchesTexts == true ? .long : .short }
}

extension Condition {
    fileprivate var searchesTexts: Bool {
        switch self {
        case .contains: true
        case .and(let parts), .or(let parts): parts.contains(where: \.searchesTexts)
        case .not(let part): part.searchesTexts
        case .compare, .isIn, .isNull: false
        }
    }
}

/// Answered queries by the bytes of their requests: modules and dashboards repeat the same queries.
final class KnownQueries: Sendable {
    private let queries = Mutex<[Body: Query]>([:])
    private static let capacity = 256
    private static let maximumBody = 4096

    /// Hashed by machine words: an array of bytes would be hashed byte by byte.
    private struct Body: Hashable {
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) {
            var word: UInt64 = 0
            for (index, byte) in bytes.enumerated() {
                word = word << 8 | UInt64(byte)
                if index & 7 == 7 { hasher.combine(word) }
            }
            hasher.combine(word)
            hasher.combine(bytes.count)
        }
    }

    func query(_ body: [UInt8]) -> Query? { queries.withLock { $0[Body(bytes: body)] } }

    func note(_ query: Query, body: [UInt8]) {
        guard body.count <= Self.maximumBody else { return }
        queries.withLock { queries in
            if queries.count >= Self.capacity { queries.removeAll(keepingCapacity: true) }
            queries[Body(bytes: body)] = query
        }
    }
}

/// Rows page by page, as fast as the client reads; only one page at a time is in memory.
struct RowStream: Sendable {
    enum Format: Sendable {
        case ndjson, csv

        /// nil if JSON is as acceptable.
        init?(accepting accept: String?) {
            let types = accept?.lowercased().split(separator: ",").map { $0.split(separator: ";")[0].trimmingCharacters(in: .whitespaces) } ?? []
            if types.contains("application/json") { return nil }
            if types.contains("application/x-ndjson") {
                self = .ndjson
            } else if types.contains("text/csv") {
                self = .csv
            } else {
                return nil
            }
        }

        var mediaType: String { self == .csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson" }

        func bytes(_ columns: [String], _ rows: [[Value]], isFirst: Bool) -> [UInt8] {
            var bytes: [UInt8] = []
            switch self {
            case .csv:
                if isFirst { RowText.appendCSV(columns.map { .text($0) }, to: &bytes) }
                for row in rows { RowText.appendCSV(row, to: &bytes) }
            case .ndjson:
                let keys = RowText.jsonKeys(columns)
                for row in rows {
                    RowText.appendObject(row, keys: keys, to: &bytes)
                    bytes.append(0x0A)
                }
            }
            return bytes
        }
    }

    /// Streams at the same time, each of which holds a page, in total and for one principal.
    static let (places, placesEach) = (64, 32)

    let call: Call
    let query: Query
    let format: Format
    /// Rows of all pages together.
    let limit: Int?

    /// The first page is read before the response begins, so that a denial becomes the response.
    func response() async throws -> Response {
        // Kept until the last page has been written or the response is abandoned.
        let place = try call.server.streams.take(call.session.principal)
        let first = try await page(after: query.cursor, remaining: limit, isContinued: false)
        let body = ResponseBody { writer in
            defer { place.free() }
            var (page, isFirst, remaining) = (first, true, limit)
            while true {
                try await writer.write(ByteBuffer(bytes: format.bytes(page.columns, page.rows, isFirst: isFirst)))
                isFirst = false
                remaining = remaining.map { $0 - page.rows.count }
                guard let cursor = page.nextCursor, remaining ?? 1 > 0 else { break }
                // If the token is revoked meanwhile, no further page follows, and the response breaks off.
                page = try await self.page(after: cursor, remaining: remaining, isContinued: true)
            }
            try await writer.finish(nil)
        }
        return try await call.reply(format.mediaType, body)
    }

    private func page(after cursor: String?, remaining: Int?, isContinued: Bool) async throws -> Page {
        var query = query
        (query.cursor, query.limit) = (cursor, remaining)
        let asked = query
        let session = try await call.server.signIn.session(
            SignIn.credential(of: call.request), client: call.context.client, request: call.context.number)
        let (page, receipt) = try await call.server.served.work(.long, for: session.principal, isContinued: isContinued) {
            (try session.page(asked), session.lastReceipt)
        }
        if let receipt { call.session.noteReceipt(receipt) }
        return page
    }
}
