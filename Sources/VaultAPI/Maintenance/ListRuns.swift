import RedactedAPI

/// What came in from each source, in counts.
public struct ListRuns: VaultOperation {
    /// Runs of this one alone; nil: of all.
    public var source: String?
    /// The most runs, the newest first; nil: 50.
    public var limit: Int?

    public init(source: String? = nil, limit: Int? = nil) { (self.source, self.limit) = (source, limit) }

    public struct Reply: Codable, Sendable, Equatable {
        /// By when something came in from them last.
        public var sources: [SourceState]
        public var runs: [SourceRun]

        package init(sources: [SourceState], runs: [SourceRun]) { (self.sources, self.runs) = (sources, runs) }
    }

    public static let route = Route.get("/v1/runs")
    public static let summary = "What came in from each source: runs, lag and rejects, in counts."
    public static let action: String? = "doctor"
    public static let members: [String: Schema] = [
        "source": .text("a source's name", 1...64),
        "limit": .integer(1...10_000, about: "the most runs, the newest first; by default 50"),
    ]
}

/// What came in.
public struct SourceCounts: Codable, Sendable, Equatable {
    public var stored: Int
    /// Records that took the place of what the vault had.
    public var replaced: Int
    /// Records that the vault had already.
    public var duplicates: Int
    public var rejected: Int
    /// Records of customers who were erased, which stay out.
    public var erasedBefore: Int

    package init(stored: Int, replaced: Int, duplicates: Int, rejected: Int, erasedBefore: Int) {
        (self.stored, self.replaced, self.duplicates) = (stored, replaced, duplicates)
        (self.rejected, self.erasedBefore) = (rejected, erasedBefore)
    }
}

/// How a source stands, by the runs that are kept.
public struct SourceState: Codable, Sendable, Equatable {
    public var source: String
    public var runs: Int
    /// When something came in last.
    public var last: Timestamp
    /// When the latest record occurred.
    @Nullable public var latest: Timestamp?
    /// How many seconds ago that was.
    @Nullable public var lag: Int?
    public var counts: SourceCounts

    package init(source: String, runs: Int, last: Timestamp, latest: Timestamp?, lag: Int?, counts: SourceCounts) {
        (self.source, self.runs, self.last, self.counts) = (source, runs, last, counts)
        (self.latest, self.lag) = (latest, lag)
    }
}

/// A run of a file or stream, or all requests of a day.
public struct SourceRun: Codable, Sendable, Equatable {
    public enum Kind: String, Word {
        case file, requests
    }

    public enum State: String, Word {
        /// It has not ended, or its process did not live to say so.
        case open
        case done, failed
    }

    public var number: Int64
    public var source: String
    public var kind: Kind
    public var state: State
    public var began: Timestamp
    /// When its last records were stored.
    public var last: Timestamp
    @Nullable public var latest: Timestamp?
    public var counts: SourceCounts

    package init(number: Int64, source: String, kind: Kind, state: State, began: Timestamp, last: Timestamp, latest: Timestamp?, counts: SourceCounts) {
        (self.number, self.source, self.kind, self.state) = (number, source, kind, state)
        (self.began, self.last, self.counts) = (began, last, counts)
        self.latest = latest
    }
}
