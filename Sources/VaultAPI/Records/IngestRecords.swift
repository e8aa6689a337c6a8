/// Bringing records in. A stream both ways: the body is read as it comes, the answer is an object for each run of lines with the
/// same fate, and a summary at its end.
public enum IngestRecords {
    public static let id = "ingestRecords"
    public static let route = Route.post("/v1/records")
    public static let summary = "Stores records: JSON lines, CSV, or a file of another tool. Bad lines do not affect good ones; the answer reports both."
    public static let action = "ingest"
    /// Types of the body. What it is in a compressed or unknown one, its content says.
    public static let types = [
        "application/x-ndjson", "text/csv", "text/tab-separated-values", "application/json", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/zip", "application/gzip", "application/zstd", "application/octet-stream",
    ]
    public static let query: [Schema.Property] = [
        .required("source", .text("names the feed; (source, id) is stored once", 1...64)),
        .optional("timezone", .text("time zone of times without an offset, such as Asia/Tokyo; defaults to that of schema.yaml", 1...64)),
        .optional(
            "preset", .text("how a file of another tool becomes records: a preset of sources.yaml; defaults to the source's own, or the one whose columns the file has", 1...64)),
        .optional("list", .text("the place of the list in a JSON text, such as data.items", 1...256)),
        .optional("sheet", .text("the name of a workbook's sheet; defaults to the first that is not hidden", 1...64)),
        .optional(
            "acknowledge",
            .boolean(about: "answer line by line while the body arrives: what became of each, once that is durable; ends with 'summary', or 'problem' if it broke off")),
    ]

    public enum Status: String, Codable, Sendable {
        case stored
        case duplicate
        /// It took the place of what the vault had (on_change in sources.yaml).
        case replaced
        /// Its customer was erased; nothing was stored.
        case erasedBefore = "erased-before"
        case rejected
    }

    /// A line of the answer: a run of records that went in, a reject, or the end.
    public struct Line: Codable, Sendable, Equatable {
        public var status: Status?
        /// The first and the last line of a run.
        public var lines: [Int]?
        /// Number of the audit entry of a run.
        public var entry: Int64?
        /// Of a reject, and the last line that it covers when that is another.
        public var line: Int?
        public var lastLine: Int?
        public var reason: String?
        public var summary: Summary?
        /// Why an acknowledged upload broke off: what was acknowledged is stored.
        public var problem: Problem?

        public struct Problem: Codable, Sendable, Equatable {
            public var type: String
            public var status: Int
            public var detail: String
        }

        package init(status: Status? = nil, lines: [Int]? = nil, entry: Int64? = nil, line: Int? = nil, lastLine: Int? = nil, reason: String? = nil, summary: Summary? = nil) {
            (self.status, self.lines, self.entry, self.line) = (status, lines, entry, line)
            (self.lastLine, self.reason, self.summary) = (lastLine, reason, summary)
        }
    }

    public struct Summary: Codable, Sendable, Equatable {
        public var stored: Int
        public var duplicates: Int
        /// Records that the vault had, and that say something else now: how many took their place, and how many did not.
        public var replaced: Int
        public var keptChanged: Int
        /// Decisions of customers about purposes that were new.
        public var decisions: Int
        public var rejected: Int
        public var newCustomers: Int
        public var erasedBefore: Int
        /// Values, by field, that are kept sealed and not used.
        public var setAside: [String: Int]
        /// Columns or members that nothing maps: kept sealed, and nobody can query them.
        public var unmapped: [String]
        /// What the body was taken for, such as `CSV in gb18030, preset wenjuanxing`.
        public var reading: String

        package init(
            stored: Int, duplicates: Int, replaced: Int = 0, keptChanged: Int = 0, decisions: Int = 0, rejected: Int, newCustomers: Int, erasedBefore: Int,
            setAside: [String: Int], unmapped: [String] = [], reading: String = ""
        ) {
            (self.replaced, self.keptChanged, self.decisions) = (replaced, keptChanged, decisions)
            (self.stored, self.duplicates, self.rejected, self.newCustomers) = (stored, duplicates, rejected, newCustomers)
            (self.erasedBefore, self.setAside, self.unmapped, self.reading) = (erasedBefore, setAside, unmapped, reading)
        }
    }
}
