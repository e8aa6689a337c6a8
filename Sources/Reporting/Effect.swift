import RedactedAPI

/// How a kind of feedback changed: its share of all feedback, and its tone, before and after a measure.
public struct Effect: Sendable, Equatable {
    /// A time span with its figures; nil if too few customers spoke for a figure to be shown.
    public struct Side: Sendable, Equatable {
        public var from: Timestamp
        /// Exclusive.
        public var until: Timestamp
        /// Records of the kind.
        public var count: Double?
        /// All records.
        public var all: Double?
        /// Share of the kind's records with negative sentiment.
        public var negative: Double?
        /// Average rating of the kind's records.
        public var rating: Double?

        /// Share of all records that are of the kind.
        public var share: Double? {
            guard let count, let all, all > 0 else { return nil }
            return count / all
        }
    }

    public var before: Side
    public var after: Side

    private static let day: Int64 = 86_400_000

    /// Measures two spans of whole days, equally long: before the date (in UTC) on which a measure began, and after that on which
    /// it ended.
    ///
    /// - Parameters:
    ///   - days: length of each span; the later one ends before the day of `now`.
    public init(
        of filter: Condition, from start: Timestamp, until end: Timestamp, days: Int, now: Timestamp, in source: some RedactedSource, purpose: String
    ) async throws {
        func midnight(_ time: Timestamp) -> Int64 { time.milliseconds / Self.day * Self.day }
        let (length, first, second) = (Int64(days) * Self.day, midnight(start), midnight(end) + Self.day)
        before = try await Self.side(filter, first - length, first, source, purpose)
        after = try await Self.side(filter, second, max(second, min(second + length, midnight(now))), source, purpose)
    }

    private static func side(_ filter: Condition, _ from: Int64, _ until: Int64, _ source: some RedactedSource, _ purpose: String) async throws -> Side {
        var side = Side(from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: until))
        guard from < until else { return side }
        func rows(_ filter: Condition?, _ measures: [Measure], by keys: [GroupKey] = []) async throws -> [[Value]] {
            try await source.aggregate(
                AggregateQuery(groupBy: keys, measures: measures, filter: filter, since: side.from, until: side.until, purpose: purpose)
            ).rows
        }
        side.all = try await rows(nil, [.count]).first?[0].number
        let kind = try await rows(filter, [.count, .average("rating")]).first
        (side.count, side.rating) = (kind?[0].number, kind?[1].number)
        let negative = try await rows(filter, [.count], by: [.field("sentiment")]).first { $0[0] == .text("negative") }?[1].number
        if let negative, let count = side.count, count > 0 { side.negative = negative / count }
        return side
    }

    /// z-score of the two-proportion test; negative if the kind has become rarer, nil if a side is unknown.
    public var z: Double? {
        guard let count = before.count, let all = before.all, let later = after.count, let allLater = after.all else { return nil }
        return Proportions.z((later, allLater), (count, all))
    }
}

/// The two-proportion test with pooled variance.
enum Proportions {
    /// How many standard deviations the first share is above the second; nil if there is nothing to compare.
    static func z(_ first: (part: Double, whole: Double), _ second: (part: Double, whole: Double)) -> Double? {
        guard first.whole > 0, second.whole > 0 else { return nil }
        let pooled = (first.part + second.part) / (first.whole + second.whole)
        let deviation = (pooled * (1 - pooled) * (1 / first.whole + 1 / second.whole)).squareRoot()
        return deviation == 0 ? 0 : (first.part / first.whole - second.part / second.whole) / deviation
    }
}

extension Value {
    /// The value as a number, if it is one.
    var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .decimal(let decimal): decimal
        default: nil
        }
    }
}
