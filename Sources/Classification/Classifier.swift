import RedactedAPI

/// Codes texts and keeps a source's annotations up to date.
public struct Classifier: Sendable {
    let frame: CodeFrame
    private let sentiment: Sentiment
    private let topics: TopicReader
    private let needs: NeedReader
    /// A model trained on the frame's codes; nil: only phrases decide.
    private let model: LinearModel?
    private let known: Set<String>

    public init(frame: CodeFrame, sentiment: Sentiment = .standard, model: LinearModel? = nil) {
        (self.frame, self.sentiment, self.model) = (frame, sentiment, model)
        topics = TopicReader(frame)
        needs = NeedReader(frame)
        known = Set(frame.codes.map(\.id))
    }

    /// Changes with the frame, the model and this program. What an older version coded is coded again.
    public var version: String {
        var hash = FNV()
        hash.add((model?.text ?? "").unicodeScalars.map(\.value))
        return "4-\(frame.fingerprint)-\(String(hash.value, radix: 16))"
    }

    /// The labels of a text.
    public struct Coding: Sendable, Equatable {
        public var topics: [String: Double]
        public var urgency: [String: Double]
        /// What the text says of each topic, for, against or neither.
        public var aspects: [String: Sentiment.Label]
        /// Where it says so: the clauses that mention each topic, in Unicode scalars. A topic that a model found has none.
        public var places: [String: [Range<Int>]]
        public var sentiment: Sentiment.Label
        public var sentimentScore: Double
        /// nil if neither a phrase nor a code indicates it.
        public var need: Need?
        public var needScore: Double
        public var points: Set<Point>
        /// With scores; ``Emotion/none`` where there is no other.
        public var emotions: [Emotion: Double]
        public var intents: [Intent: Double]
        public var relevance: Relevance
        public var relevanceScore: Double
    }

    public func code(_ text: String) -> Coding {
        let folded = FoldedText(text)
        let reading = Sentiment.judge(of: folded).read(folded)
        let mentions = topics.mentions(in: folded, reading.clauses)
        var counts: [Int: Int] = [:]
        for mention in mentions { counts[mention.code, default: 0] += 1 }
        var topics: [String: Double] = [:]
        var urgency: [String: Double] = [:]
        for (index, count) in counts {
            let score = 1 - 0.4 / Double(count)
            if frame.codes[index].isUrgent { urgency[frame.codes[index].id] = score } else { topics[frame.codes[index].id] = score }
        }
        let (label, score) = sentiment.of(folded, reading)
        var aspects: [String: Sentiment.Label] = [:]
        for (index, opinion) in AspectReader.read(mentions, reading) where !frame.codes[index].isUrgent { aspects[frame.codes[index].id] = opinion }
        if let model {
            for (topic, score) in model.scores(folded) where score >= 0.5 && known.contains(topic) {
                topics[topic] = max(topics[topic] ?? 0, score)
                // No phrase says where in the text it is.
                aspects[topic] = aspects[topic] ?? label
            }
        }
        let (need, points) = needs.read(folded, topics: topics, sentiment: label)
        let cues = Cues.standard.cues(in: folded)
        let opinion = OpinionReader(folded, reading, cues, sentiment: (label, score)).read()
        let relevance = Relevance.of(
            folded, reading, cues, isCoded: !topics.isEmpty || !urgency.isEmpty, complains: opinion.intents[.complaint] != nil)
        return Coding(
            topics: topics, urgency: urgency, aspects: aspects, places: places(of: mentions, reading.clauses), sentiment: label, sentimentScore: score, need: need?.level,
            needScore: need?.score ?? 0,
            points: points, emotions: opinion.emotions, intents: opinion.intents, relevance: relevance.label, relevanceScore: relevance.score)
    }

    private func places(of mentions: [TopicReader.Mention], _ clauses: [Clauses.Clause]) -> [String: [Range<Int>]] {
        var places: [String: [Range<Int>]] = [:]
        var next = clauses[...]
        for mention in mentions where !frame.codes[mention.code].isUrgent {
            next = next.drop { $0.range.upperBound <= mention.range.lowerBound }
            let code = frame.codes[mention.code].id
            // A phrase may reach into the next clause.
            guard let clause = next.first?.range, places[code]?.last?.contains(mention.range.lowerBound) != true else { continue }
            if places[code, default: []].count < Annotation.mostPlaces {
                let start = max(clause.lowerBound, places[code]?.last?.upperBound ?? 0)
                places[code, default: []].append(start..<max(clause.upperBound, mention.range.upperBound))
            }
        }
        return places
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
                annotations += labels(of: record, row[1].description, version, &report)
            }
            if !annotations.isEmpty { _ = try await source.annotate(annotations, purpose: purpose) }
            progress(report)
            query.cursor = rows.nextCursor
        } while query.cursor != nil
        return report
    }

    /// Codes what is new or has changed since a place in the source's history, and tells after each page how far it came.
    ///
    /// - Parameters:
    ///   - place: from `keep`, of this version; nil: codes everything that this version has not coded yet.
    ///   - keep: called once the page is coded: after an interruption, a run continues from there.
    public func follow(
        _ source: some FollowedSource, purpose: String, from place: String?, page: Int = 500, keep: (String) throws -> Void
    ) async throws -> Report {
        let version = version
        var query = ChangeQuery(select: ["record", "text", "coding"], after: place, limit: page, purpose: purpose)
        var report = Report()
        var hasMore = true
        while hasMore {
            let found = try await source.changes(query)
            var annotations: [Annotation] = []
            for (row, change) in zip(found.rows, found.changes) {
                guard case .text(let record) = row[0], change == .changed || row[2] != .text(version) else { continue }
                annotations += labels(of: record, row[1].description, version, &report)
            }
            if !annotations.isEmpty { _ = try await source.annotate(annotations, purpose: purpose) }
            try keep(found.cursor)
            (query.after, hasMore) = (found.cursor, found.hasMore)
        }
        return report
    }

    private func labels(of record: String, _ text: String, _ version: String, _ report: inout Report) -> [Annotation] {
        let coding = code(text)
        report.coded += 1
        report.withTopic += coding.topics.isEmpty ? 0 : 1
        return coding.annotations(of: record, text) + [Annotation(record: record, module: "coding", labels: [version: 1])]
    }
}

extension Classifier.Coding {
    func annotations(of record: String, _ text: String) -> [Annotation] {
        func aspect(_ topic: String) -> String { "\(topic).\(aspects[topic]?.rawValue ?? "")" }
        let places = Dictionary(
            uniqueKeysWithValues: places.filter { aspects[$0.key] != nil }.map { topic, places in
                (aspect(topic), places.flatMap { [$0.lowerBound, $0.upperBound] })
            })
        return [
            Annotation(record: record, module: "topic", labels: topics), Annotation(record: record, module: "urgency", labels: urgency),
            Annotation(record: record, module: "sentiment", labels: [sentiment.rawValue: sentimentScore]),
            Annotation(record: record, module: "need", labels: need.map { [$0.rawValue: needScore] } ?? [:]),
            Annotation(record: record, module: "point", labels: Dictionary(uniqueKeysWithValues: points.map { ($0.rawValue, 1) })),
            Annotation(
                record: record, module: "aspect", labels: Dictionary(uniqueKeysWithValues: aspects.keys.map { (aspect($0), topics[$0] ?? 0) }), places: places,
                mark: Annotation.mark(of: text)),
            Annotation(record: record, module: "emotion", labels: Dictionary(uniqueKeysWithValues: emotions.map { ($0.rawValue, $1) })),
            Annotation(record: record, module: "intent", labels: Dictionary(uniqueKeysWithValues: intents.map { ($0.rawValue, $1) })),
            Annotation(record: record, module: "relevance", labels: [relevance.rawValue: relevanceScore]),
        ]
    }
}
