import VaultAPI

extension Endpoint {
    /// Uploads of records, as a stream.
    static let ingest = Endpoint(
        method: .post, path: IngestRecords.route.path, id: IngestRecords.id, summary: IngestRecords.summary, action: IngestRecords.action,
        query: IngestRecords.query.map { Parameter(name: $0.name, schema: $0.schema, isRequired: $0.isRequired) },
        content: .stream(IngestRecords.types, about: "records as JSON lines"),
        reply: .text("application/x-ndjson", about: "an object for each run of lines, and a summary at the end"),
        statuses: [.conflict, .contentTooLarge, .unsupportedMediaType, .unprocessableContent, .requestTimeout]
    ) { call in try await Uploads.take(call) }
}
