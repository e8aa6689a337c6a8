import RedactedAPI

/// Learns a module's labels from those that people gave to records, and finds the texts whose labels would help most.
///
/// Asked for are texts of which a model of the labels so far is least sure (uncertainty sampling: Lewis, Gale 1994), each as unlike those before
/// it as can be (maximal marginal relevance: Carbonell, Goldstein 1998). Nothing is kept: examples are read from the source each time,
/// so that what an erased customer wrote is in no later model.
public struct Lessons: Sendable {
    /// A text whose labels are asked for.
    public struct Question: Sendable, Equatable {
        public var record: String
        public var text: String
        /// What the model makes of it, the likeliest first; none before there is a model.
        public var guesses: [String]
    }

    private struct Candidate {
        var question: Question
        /// 1: the model knows nothing.
        var doubt: Float
        var features: [Int]
    }

    public let module: String
    private let purpose: String
    /// Texts with the labels that people gave.
    public private(set) var examples: [LinearModel.Example] = []

    /// Texts that are looked at, at most: the newest.
    public static let most = 100_000
    /// Of these, the most doubtful are held against each other.
    private static let held = 2_000
    /// A text that shares so much with one before it would teach the same again.
    private static let alike: Float = 0.6
    private static let (bits, guesses) = (16, 3)

    /// Reads the labels that people gave.
    ///
    /// - Parameter source: its rows must show `record`, `text` and the module.
    public init(of module: String, from source: some RedactedSource, purpose: String, page: Int = 500) async throws {
        (self.module, self.purpose) = (module, purpose)
        var query = Query(select: ["text", module], filter: .not(.isNull(field: module)), limit: page, purpose: purpose)
        repeat {
            let rows = try await source.page(query)
            for row in rows.rows {
                guard case .text(let text) = row[0], case .text(let labels) = row[1] else { continue }
                examples.append(LinearModel.Example(text: text, labels: Set(labels.split(separator: " ").map(String.init))))
            }
            query.cursor = rows.nextCursor
        } while query.cursor != nil
        // Pages are in an order of their own; a model is to depend on the labels alone.
        examples.sort { ($0.text, $0.labels.sorted().joined(separator: " ")) < ($1.text, $1.labels.sorted().joined(separator: " ")) }
    }

    /// What these labels teach; nil: nothing yet.
    public func model(bits: Int = 16) -> LinearModel? { examples.contains { !$0.labels.isEmpty } ? LinearModel(training: examples, bits: bits) : nil }

    /// The texts whose labels would help most, the most doubtful first.
    public func questions(
        from source: some RedactedSource, filter: Condition? = nil, since: Timestamp? = nil, limit: Int, page: Int = 500
    ) async throws -> [Question] {
        let model = model(bits: Self.bits)
        let open = Condition.isNull(field: module)
        var query = Query(select: ["record", "text"], filter: filter.map { .and([open, $0]) } ?? open, since: since, limit: page, purpose: purpose)
        var (candidates, seen) = ([Candidate](), 0)
        repeat {
            let rows = try await source.page(query)
            for row in rows.rows {
                guard case .text(let record) = row[0], case .text(let text) = row[1] else { continue }
                let folded = FoldedText(text)
                let features = Features.of(folded, bits: Self.bits)
                guard !features.isEmpty else { continue }
                let scores = (model?.scores(folded) ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                let doubt = scores.map { Float(1 - abs(2 * $0.value - 1)) }.max() ?? 1
                candidates.append(
                    Candidate(question: Question(record: record, text: text, guesses: scores.prefix(Self.guesses).map(\.key)), doubt: doubt, features: features))
                seen += 1
            }
            if candidates.count > 2 * Self.held { candidates = Self.doubtful(candidates) }
            query.cursor = rows.nextCursor
        } while query.cursor != nil && seen < Self.most
        return Self.unlike(Self.doubtful(candidates), limit)
    }

    private static func doubtful(_ candidates: [Candidate]) -> [Candidate] {
        Array(candidates.sorted { ($1.doubt, $0.question.text) < ($0.doubt, $1.question.text) }.prefix(held))
    }

    private static func unlike(_ candidates: [Candidate], _ limit: Int) -> [Question] {
        var left = candidates.map { (candidate: $0, likeness: Float(0)) }
        var chosen: [Question] = []
        while chosen.count < limit {
            left.removeAll { $0.likeness >= alike }
            // Of equals the first.
            guard let best = left.indices.max(by: { left[$0].candidate.doubt - left[$0].likeness < left[$1].candidate.doubt - left[$1].likeness }) else { break }
            let taken = left.remove(at: best).candidate
            chosen.append(taken.question)
            for index in left.indices { left[index].likeness = max(left[index].likeness, shared(left[index].candidate.features, taken.features)) }
        }
        return chosen
    }

    /// The share that two ascending lists have in common (Jaccard).
    private static func shared(_ a: [Int], _ b: [Int]) -> Float {
        var (i, j, common) = (0, 0, 0)
        while i < a.count, j < b.count {
            if a[i] == b[j] { (i, j, common) = (i + 1, j + 1, common + 1) } else if a[i] < b[j] { i += 1 } else { j += 1 }
        }
        return Float(common) / Float(a.count + b.count - common)
    }
}
