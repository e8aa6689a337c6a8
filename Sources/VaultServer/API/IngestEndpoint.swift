import VaultAPI

extension Endpoint {
    /// Bringing records in, as a stream.
    static let ingest = Endpoint(
        method: .post, path: "/v1/records", id: "ingestRecords",
        summary: "Takes in records: one JSON object a line, or CSV. Bad lines never stop the good ones; the answer tells what became of each.",
        action: "ingest",
        query: [
            .init(name: "source", schema: .text("names the feed; (source, id) is stored once", 1...64), isRequired: true),
            .init(name: "timezone", schema: .text("where times without an offset were written, such as Asia/Tokyo; schema.yaml's when not given", 1...64)),
        ],
        content: .stream(["application/x-ndjson", "text/csv"], about: "records as DESIGN has them"),
        reply: .text("application/x-ndjson", about: "an object for each run of lines, and a summary at the end"),
        statuses: [.conflict, .contentTooLarge, .unsupportedMediaType, .unprocessableContent, .requestTimeout]
    ) { call in try await Uploads.take(call) }
}
