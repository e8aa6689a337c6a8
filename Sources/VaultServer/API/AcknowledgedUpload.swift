import Hummingbird
import NIOCore
import VaultAPI
import VoCVault
import Wire

/// An upload whose lines are answered while it arrives: each line of the answer follows what it tells of as soon as that is durable.
struct AcknowledgedUpload: Sendable {
    let call: Call
    let options: InputOptions

    /// - Throws: what can be told before the first record: then it is the response.
    func response() async throws -> Response {
        let source = call.required("source")
        // Nothing to store, but what may not be stored is refused with a status of its own.
        _ = try await call.work(.short) { [options] in try $0.seal([], options, source: source) }
        let place = try call.server.uploads.take(call.session.principal)
        let content = ResponseBody { writer in
            defer { place.free() }
            try await store(source, &writer)
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/x-ndjson"], body: content)
    }

    private func store(_ source: String, _ writer: inout any ResponseBodyWriter) async throws {
        let (answer, pipe, served, session, options) = (AnswerPipe(), BodyPipe(), call.server.served, call.session, options)
        async let stored: Result<IngestReport, any Error> = {
            defer { answer.finish() }
            do {
                return .success(
                    try await served.upload {
                        defer { pipe.close() }
                        var results = LineResults()
                        return try session.ingest(InputSource(isReady: pipe.isReady(within:), pipe.next), options, source: source) { batch in
                            try results.add(batch)
                            try answer.put(results.take())
                        }
                    })
            } catch {
                pipe.close()
                return .failure(error)
            }
        }()
        async let filled: Void = fill(pipe)
        do {
            while let lines = await answer.next() { try await writer.write(ByteBuffer(bytes: lines)) }
        } catch {
            // The thread that stores waits for room no longer, or this would wait for it.
            answer.close()
            throw error
        }
        await filled
        switch await stored {
        case .success(let report): try await writer.write(ByteBuffer(bytes: Uploads.end(call, report)))
        case .failure(let error):
            // The head of the response has gone out. What was acknowledged is stored; the rest is not.
            served.note(error)
            let problem = Problem(error)
            problem.log(error, of: call.context)
            try await writer.write(ByteBuffer(bytes: JSON.object(["problem": problem.document(request: call.context.number)]).bytes + [0x0A]))
        }
    }

    private func fill(_ pipe: BodyPipe) async {
        var body = PacedBody(call.request, pace: call.server.pace)
        await pipe.fill(from: &body, after: [], limit: Uploads.maximum, isPrompt: true) { _ in }
    }
}
