import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Sealing
import VaultAPI
import VoCVault
import Wire

/// Records that clients upload.
///
/// Small uploads are read completely and handled like any other short request, so that they share transactions. Only large ones
/// are stored while they arrive; they occupy one of a few places, and a thread, for as long as the client takes.
enum Uploads {
    /// Streams at the same time, in total and for one principal.
    static let (places, placesEach) = (4, 3)
    /// The longest body, in bytes.
    static let maximum = 4 << 30
    /// The limit of a small upload.
    private static let small = 256 << 10
    private static let idempotencyKey = HTTPField.Name("Idempotency-Key")!

    /// The results of the lines, individually and in total.
    private typealias Stored = (results: LineResults, report: IngestReport)

    static func take(_ call: Call) async throws -> Response {
        let options = try options(of: call)
        let key = try key(of: call.request)
        if call.isSet("acknowledge") {
            guard key == nil else { throw Problem.invalid("'acknowledge' has no Idempotency-Key: a record that is sent again is stored once") }
            return try await AcknowledgedUpload(call: call, options: options).response()
        }
        var body = PacedBody(call.request, pace: call.server.pace)
        let (beginning, isAll) = try await body.beginning(upTo: small, within: Endpoint.bodyPatience)
        guard !isAll || !isPlain(beginning, options) else { return try await takeSmall(call, options, beginning, key: key) }
        let place = try call.server.uploads.take(call.session.principal)
        defer { place.free() }
        return try await takeStream(call, options, beginning, &body, key: key)
    }

    /// What the request says of its body. Hummingbird's `MediaType` reads one parameter of a type: a second one could name another
    /// character set.
    private static func options(of call: Call) throws -> InputOptions {
        let request = call.request
        let parts = (request.headers[.contentType] ?? "").lowercased().split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        // What it is packed in, the body's first bytes say.
        if let encoding = request.headers[.contentEncoding]?.lowercased(), !["identity", "gzip", "x-gzip", "zstd"].contains(encoding) {
            throw unsupported("the body may be compressed with gzip or zstd, not otherwise")
        }
        guard let type = parts.first, IngestRecords.types.contains(type) else { throw unsupported("the body must be one of \(IngestRecords.types.joined(separator: ", "))") }
        let formats: [String: InputFormat] = [
            "application/x-ndjson": .jsonl, "text/csv": .csv, "text/tab-separated-values": .tsv, "application/json": .json, IngestRecords.types[4]: .xlsx,
        ]
        var options = InputOptions(format: formats[type], timeZone: try timeZone(of: call))
        let charsets = Set(parts.filter { $0.hasPrefix("charset=") }.map { $0.dropFirst(8).filter { $0 != "\"" } })
        guard charsets.count < 2 else { throw unsupported("the body has one charset") }
        if let charset = charsets.first {
            guard let encoding = InputOptions.encoding(named: charset) else { throw unsupported("the charset '\(charset)' is not known") }
            options.encoding = encoding
        }
        (options.preset, options.list, options.sheet) = (call.text("preset"), call.text("list"), call.text("sheet"))
        return options
    }

    /// Whether a body is read as it stands: what unpacks to more is stored in parts.
    private static func isPlain(_ beginning: [UInt8], _ options: InputOptions) -> Bool {
        let isPacked = [[0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], [0x50, 0x4B]].contains { beginning.starts(with: $0) }
        return !isPacked && (options.format == .jsonl || options.format == .csv || options.format == .tsv)
    }

    private static func unsupported(_ detail: String) -> Problem { Problem(.mediaType, detail) }

    private static func timeZone(of call: Call) throws -> TimeZone? {
        guard let name = call.text("timezone") else { return nil }
        guard let zone = TimeZone(identifier: name) else { throw Problem.invalid("'timezone' must be an IANA time zone such as Asia/Shanghai") }
        return zone
    }

    private static func key(of request: Request) throws -> String? {
        guard let key = request.headers[idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count) else { throw Problem.invalid("an Idempotency-Key has 1 to 255 characters") }
        return key
    }

    // MARK: Small ones

    private static func takeSmall(_ call: Call, _ options: InputOptions, _ bytes: [UInt8], key: String?) async throws -> Response {
        guard let key else { return try await reply(call, storeSmall(call, options, bytes)) }
        return try await call.server.idempotency.exclusively(key, of: call.session) {
            let digest = SHA256.hash(bytes)
            if let earlier = try await call.work(.short, { try $0.reply(underKey: key) }) { return try await replay(call, earlier, key, digest) }
            return try await reply(call, storeSmall(call, options, bytes), underKey: key, digest)
        }
    }

    private static func storeSmall(_ call: Call, _ options: InputOptions, _ bytes: [UInt8]) async throws -> Stored {
        let source = call.required("source")
        var results = LineResults()
        guard let upload = try await call.work(.short, { try $0.seal(bytes, options, source: source) }) else { return (results, IngestReport()) }
        let batch = try await call.session.store(upload)
        try results.add(batch)
        return (results, batch.report)
    }

    // MARK: Streams

    private static func takeStream(
        _ call: Call, _ options: InputOptions, _ beginning: [UInt8], _ body: inout PacedBody, key: String?
    ) async throws -> Response {
        guard let key else { return try await reply(call, storeStream(call, options, beginning, &body) { _ in }) }
        return try await call.server.idempotency.exclusively(key, of: call.session) {
            let digest = RunningSHA256()
            digest.update(beginning.span)
            func add(_ part: ByteBuffer) {
                let bytes = Array(buffer: part)
                digest.update(bytes.span)
            }
            if let earlier = try await call.work(.short, { try $0.reply(underKey: key) }) {
                while let part = try await body.next() { add(part) }
                return try await replay(call, earlier, key, digest.finish())
            }
            let stored = try await storeStream(call, options, beginning, &body, observing: add)
            return try await reply(call, stored, underKey: key, digest.finish())
        }
    }

    private static func storeStream(
        _ call: Call, _ options: InputOptions, _ beginning: [UInt8], _ body: inout PacedBody, observing: (ByteBuffer) -> Void
    ) async throws -> Stored {
        let pipe = BodyPipe()
        let (session, source, served) = (call.session, call.required("source"), call.server.served)
        async let stored = served.upload { () throws -> Stored in
            defer { pipe.close() }
            var results = LineResults()
            let report = try session.ingest(InputSource(isReady: pipe.isReady(within:), pipe.next), options, source: source) { try results.add($0) }
            return (results, report)
        }
        await pipe.fill(from: &body, after: beginning, limit: maximum, observing: observing)
        return try await stored
    }

    // MARK: Answers

    private static func reply(_ call: Call, _ stored: Stored, underKey key: String, _ digest: [UInt8]) async throws -> Response {
        let text = try await text(call, stored)
        try await call.work { try $0.keep(String(decoding: text, as: UTF8.self), underKey: key, content: digest) }
        return try await call.reply("application/x-ndjson", ResponseBody(byteBuffer: ByteBuffer(bytes: text)))
    }

    private static func reply(_ call: Call, _ stored: Stored) async throws -> Response {
        try await call.reply("application/x-ndjson", ResponseBody(byteBuffer: ByteBuffer(bytes: text(call, stored))))
    }

    private static func text(_ call: Call, _ stored: Stored) async throws -> [UInt8] {
        try await stored.results.bytes + end(call, stored.report)
    }

    /// The last line of an answer.
    static func end(_ call: Call, _ report: IngestReport) async throws -> [UInt8] {
        var members = try JSON(encoding: IngestRecords.Summary(report)).object ?? [:]
        members["receipt"] = try await call.receipt().json
        return JSON.object(["summary": .object(members)]).bytes + [0x0A]
    }

    private static func replay(_ call: Call, _ earlier: KeptReply, _ key: String, _ digest: [UInt8]) async throws -> Response {
        guard let reply = try await call.work(.short, { try $0.replay(earlier, underKey: key, content: digest) }) else { throw IdempotentRequests.mismatch }
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson", HTTPField.Name("Idempotent-Replayed")!: "true"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: reply)))
    }
}
