import RedactedAPI

/// Codes texts and keeps a source's annotations up to date.
public struct Classifier: Sendable {
    private let frame: CodeFrame
    private let sentiment: Sentiment
    private let matcher: PhraseMatcher
    private let needs: NeedReader
    /// The code that each phrase indicates.
    private let owners: [Int]
    /// A model trained on the frame's codes; nil: only phrases decide.
    private let model: LinearModel?

    public init(frame: CodeFrame, sentiment: Sentiment = .standard, model: LinearModel? = nil) {
        (self.frame, self.sentiment, self.model) = (frame, sentiment, model)
        needs = NeedReader(frame)
        matcher = PhraseMatcher(frame.codes.flatMap(\.phrases))
        owners = frame.codes.enumerated().flatMap { index, code in code.phrases.map { _ in index } }
    }

    /// Changes with the frame, the model and this program. What an older version coded is coded again.
    public var version: String {
        var hash = FNV()
        hash.add((model?.text ?? "").unicodeScalars.map(\.value))
        return "2-\(frame.fingerprint)-\(String(hash.value, radix: 16))"
    }

    /// The labels of a text.
    public struct Coding: Sendable, Equatable {
        public var topics: [String: Double]
        public var urgency: [String: Double]
        public var sentiment: Sentiment.Label
        public var sentimentScore: Double
        /// nil if neither a phrase nor a code indicates it.
        public var need: Need?
        public var needScore: Double
        public var points: Set<Point>
    }

    public func code(_ text: String) -> Coding {
        var topics: [String: Double] = [:]
        var urgency: [String: Double] = [:]
        var counts: [Int: Int] = [:]
        for (phrase, count) in matcher.counts(in: text) { counts[owners[phrase], default: 0] += count }
        for (index, count) in counts {
            let score = 1 - 0.4 / Double(count)
            if frame.codes[index].isUrgent { urgency[frame.codes[index].id] = score } else { topics[frame.codes[index].id] = score }
        }
        if let model {
            let known = Set(frame.codes.map(\.id))
            for (label, score) in model.scores(text) where score >= 0.5 && known.contains(label) { topics[label] = max(topics[label] ?? 0, score) }
        }
        let (label, score) = sentiment.of(text)
        let (need, points) = needs.read(text, topics: topics, sentiment: label)
        return Coding(
            topics: topics, urgency: urgency, sentiment: label, sentimentScore: score, need: need?.level, needScore: need?.score ?? 0, points: points)
    }

    /// What a run did.
    public struct Report: Sendable, Equatable {
        /// Records coded.
        public var coded = 0
        /// How many of them have a topic.
        public var withTopic = 0
    }

    /// Codes every record that this version has not coded yet. After an interruption it continues where it stopped; a second run
    /// finds nothing to do.
    public func run(
        on source: some AnnotatedSource, purpose: String, since: Timestamp? = nil, page: Int = 500, progress: (Report) -> Void = { _ in }
    ) async throws -> Report {
        let version = version
        let isOld = Condition.or([.isNull(field: "coding"), .compare(field: "coding", .notEqual, .text(version))])
        var query = Query(select: ["record", "text"], filter: isOld, since: since, limit: page, purpose: purpose)
        var report = Report()
        repeat {
            let rows = try await source.page(query)
            var annotations: [Annotation] = []
            for row in rows.rows {
                guard case .text(let record) = row[0] else { continue }
                let coding = code(row[1].description)
                annotations += coding.annotations(of: record) + [Annotation(record: record, module: "coding", labels: [version: 1])]
                report.coded += 1
                report.withTopic += coding.topics.isEmpty ? 0 : 1
            }
            if !annotations.isEmpty { _ = try await source.annotate(annotations, purpose: purpose) }
            progress(report)
            query.cursor = rows.nextCursor
        } while query.cursor != nil
        return report
    }
}

extension Classifier.Coding {
    func annotations(of record: String) -> [Annotation] {
        [
            Annotation(record: record, module: "topic", labels: topics), Annotation(record: record, module: "urgency", labels: urgency),
            Annotation(record: record, module: "sentiment", labels: [sentiment.rawValue: sentimentScore]),
            Annotation(record: record, module: "need", labels: need.map { [$0.rawValue: needScore] } ?? [:]),
            Annotation(record: record, module: "point", labels: Dictionary(uniqueKeysWithValues: points.map { ($0.rawValue, 1) })),
        ]
    }
}
