import VaultAPI

extension Endpoint {
    /// Uploads of records, as a stream.
    static let ingest = Endpoint(
        method: .post, path: "/v1/records", id: "ingestRecords",
        summary: "Stores records: one JSON object per line, or CSV. Bad lines do not affect good ones; the answer reports both.",
        action: "ingest",
        query: [
            .init(name: "source", schema: .text("names the feed; (source, id) is stored once", 1...64), isRequired: true),
            .init(name: "timezone", schema: .text("time zone of times without an offset, such as Asia/Tokyo; defaults to that of schema.yaml", 1...64)),
        ],
        content: .stream(["application/x-ndjson", "text/csv"], about: "records as JSON lines"),
        reply: .text("application/x-ndjson", about: "an object for each run of lines, and a summary at the end"),
        statuses: [.conflict, .contentTooLarge, .unsupportedMediaType, .unprocessableContent, .requestTimeout]
    ) { call in try await Uploads.take(call) }
}
