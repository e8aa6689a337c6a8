import AsyncHTTPClient
import Foundation
import NIOCore
import VaultAPI
import Wire

extension VaultClient {
    /// What became of an upload.
    public struct Upload: Sendable, Equatable {
        public struct Reject: Sendable, Equatable {
            public var line: Int
            /// How many lines it covers.
            public var lines: Int
            public var reason: String
        }

        public var summary: IngestRecords.Summary
        /// Those that the server lists.
        public var rejects: [Reject]
    }

    /// Sends records, as fast as the server takes them.
    ///
    /// - Parameters:
    ///   - type: one of ``IngestRecords/types``.
    ///   - options: further parameters of the route, such as `preset`.
    ///   - timeZone: where times without an offset were written; as the vault's policy has it when not given.
    ///   - key: an `Idempotency-Key`: the same upload under it again is not done again.
    ///   - acknowledge: is told what became of lines as soon as that is durable, while the upload goes on; not with a `key`.
    ///   - nextBlock: gives the next bytes; nil or none at the end. May block.
    public func ingest(
        source: String, type: String = "application/x-ndjson", timeZone: String? = nil, options: [(String, String)] = [], key: String? = nil,
        acknowledge: ((IngestRecords.Line) throws -> Void)? = nil, nextBlock: @escaping @Sendable () throws -> Data?
    ) async throws -> Upload {
        let parameters = (timeZone.map { [("timezone", $0)] } ?? []) + options + (acknowledge == nil ? [] : [("acknowledge", "true")])
        var request = try request("POST", IngestRecords.route.path, [("source", source)] + parameters)
        request.headers.add(name: "Content-Type", value: type)
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        request.body = .stream(Blocks(next: nextBlock), length: .unknown)
        guard let acknowledge else {
            let (_, data) = try await send(request, repeats: false)
            return try upload(data.split(separator: 0x0A).map { try self.line([UInt8]($0)) })
        }
        var lines: [IngestRecords.Line] = []
        try await sendReadingLines(request) { bytes in
            let line = try self.line(bytes)
            if let problem = line.problem {
                throw VaultClientError.problem(name: String(problem.type.split(separator: ":").last ?? ""), status: problem.status, detail: problem.detail)
            }
            if line.summary == nil { try acknowledge(line) }
            if line.summary != nil || line.status == .rejected { lines.append(line) }
        }
        return try upload(lines)
    }

    private func line(_ bytes: [UInt8]) throws -> IngestRecords.Line { try JSON(parsing: bytes).decoded(as: IngestRecords.Line.self) }

    private func upload(_ lines: [IngestRecords.Line]) throws -> Upload {
        guard let summary = lines.last?.summary else { throw VaultClientError.invalid("the server's answer has no summary") }
        let rejects = lines.compactMap { line in
            line.line.map { Upload.Reject(line: $0, lines: (line.lastLine ?? $0) - $0 + 1, reason: line.reason ?? "") }
        }
        return Upload(summary: summary, rejects: rejects)
    }

    private struct Blocks: AsyncSequence, Sendable {
        typealias Element = ByteBuffer
        let next: @Sendable () throws -> Data?

        struct AsyncIterator: AsyncIteratorProtocol {
            let read: @Sendable () throws -> Data?

            func next() async throws -> ByteBuffer? {
                // Where it blocks, the answer can still be read.
                let block = try await withCheckedThrowingContinuation { [read] continuation in
                    DispatchQueue.global().async { continuation.resume(with: Result { try read() }) }
                }
                guard let block, !block.isEmpty else { return nil }
                return ByteBuffer(bytes: block)
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(read: next) }
    }

    /// Sends a request once, and reads its answer line by line as it comes.
    private func sendReadingLines(_ request: HTTPClientRequest, _ read: ([UInt8]) throws -> Void) async throws {
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request, deadline: .distantFuture)
        } catch {
            throw VaultClientError.unreachable(server)
        }
        guard (200..<300).contains(response.status.code) else {
            let document = (try? await response.body.collect(upTo: 1 << 20)).map { Data($0.readableBytesView) } ?? Data()
            throw VaultClientError(status: Int(response.status.code), document: document)
        }
        var rest: [UInt8] = []
        var parts = response.body.makeAsyncIterator()
        while true {
            let part: ByteBuffer?
            do { part = try await parts.next() } catch { throw VaultClientError.brokenOff(server) }
            guard let part else { return }
            rest += part.readableBytesView
            while let end = rest.firstIndex(of: 0x0A) {
                try read(Array(rest[..<end]))
                rest.removeFirst(end + 1)
            }
        }
    }
}
