import RedactedAPI

/// Finds what texts without a topic are about: clusters around terms that many customers use, each as a proposal for a code.
///
/// The clusters are those of frequent terms (Beil, Ester, Xu 2002, "Frequent Term-Based Text Clustering"), chosen greedily. Only terms
/// that ``least`` customers use are looked at, and of texts that are shown as samples only such words stand; "…" is in place of others.
/// Nothing is kept: what an erased customer wrote is not in what is found next.
public struct Discovery: Sendable {
    public struct Proposal: Sendable, Equatable {
        /// The term of the cluster, and others that tell it from the rest.
        public var words: [String]
        public var texts: Int
        public var customers: Int
        public var samples: [String]
    }

    private struct Text: Sendable {
        var customer: String
        var text: String
        var isCoded: Bool
    }

    /// Texts that are looked at, at most: those that came first.
    public static let most = 100_000
    /// How much oftener a term is in texts without a topic than in others, to tell something.
    private static let lift = 1.5
    private static let samples = 3
    private static let words = 6

    private let least: Int
    private var texts: [Text] = []

    /// - Parameter least: customers without whom nothing is proposed or shown; at least 2.
    public init(least: Int = 5) { self.least = max(2, least) }

    public mutating func add(_ text: String, of customer: String, isCoded: Bool) {
        if texts.count < Self.most { texts.append(Text(customer: customer, text: text, isCoded: isCoded)) }
    }

    /// - Parameter rejected: terms that are not proposed again.
    /// - Returns: the largest first.
    public func proposals(limit: Int, rejected: [String] = []) -> [Proposal] {
        let ordered = texts.sorted { ($0.customer, $0.text) < ($1.customer, $1.text) }
        let (common, known, ratios) = frequent(ordered)
        let refused = Set(rejected.map { Terms.hash(FoldedText($0).scalars[...]) })
        var owners: [UInt64: [Int]] = [:]
        var names: [UInt64: [UInt32]] = [:]
        let open = ordered.filter { !$0.isCoded }
        for (index, text) in open.enumerated() {
            Terms.each(in: FoldedText(text.text)) { term, hash in
                guard common.contains(hash), !refused.contains(hash), owners[hash]?.last != index else { return }
                owners[hash, default: []].append(index)
                names[hash] = names[hash] ?? Array(term)
            }
        }
        owners = withoutParts(owners, names)
        // A longer term says more; of equals the one that comes first in the alphabet.
        let candidates = owners.keys.sorted { a, b in
            let (one, other) = (owners[a]!.count * names[a]!.count, owners[b]!.count * names[b]!.count)
            return one != other ? one > other : names[a]!.lexicographicallyPrecedes(names[b]!)
        }
        var left = Set(open.indices)
        var used: Set<UInt64> = []
        var found: [Proposal] = []
        while found.count < limit {
            let best = candidates.lazy.filter { !used.contains($0) }.map { hash in (hash, customers(owners[hash]!.filter(left.contains), open)) }
                .filter { $0.1 >= least }.max { $0.1 < $1.1 }
            guard let best else { break }
            let cluster = owners[best.0]!.filter(left.contains)
            let others = companions(of: best.0, Set(cluster), candidates, owners, ratios, open)
            used.formUnion([best.0] + others)
            left.subtract(cluster)
            let words = ([best.0] + others).map { Self.string(names[$0]!) }
            found.append(
                Proposal(words: words, texts: cluster.count, customers: best.1, samples: samples(cluster, open, [best.0] + others, known)))
        }
        return found
    }

    private func customers(_ indices: [Int], _ texts: [Text]) -> Int {
        // Texts are in the order of their customers.
        var (count, last): (Int, String?) = (0, nil)
        for index in indices where texts[index].customer != last { (count, last) = (count + 1, texts[index].customer) }
        return count
    }

    /// Terms of texts without a topic that enough customers use there and that tell something; units that enough customers use anywhere.
    private func frequent(_ texts: [Text]) -> (common: Set<UInt64>, known: Set<UInt64>, ratios: [UInt64: Double]) {
        var open: [UInt64: Int32] = [:]
        var coded: [UInt64: Int32] = [:]
        var units: [UInt64: Int32] = [:]
        var start = 0
        var customers = (open: 0, coded: 0)
        while start < texts.count {
            let end = texts[start...].firstIndex { $0.customer != texts[start].customer } ?? texts.count
            var (mine, others, here): (Set<UInt64>, Set<UInt64>, Set<UInt64>) = ([], [], [])
            for text in texts[start..<end] {
                let folded = FoldedText(text.text)
                Terms.each(in: folded) { _, hash in if text.isCoded { others.insert(hash) } else { mine.insert(hash) } }
                Terms.units(of: folded) { _, hash in here.insert(hash) }
            }
            for hash in mine { open[hash, default: 0] += 1 }
            for hash in others { coded[hash, default: 0] += 1 }
            for hash in here { units[hash, default: 0] += 1 }
            if texts[start..<end].contains(where: { !$0.isCoded }) { customers.open += 1 }
            if texts[start..<end].contains(where: \.isCoded) { customers.coded += 1 }
            start = end
        }
        var ratios: [UInt64: Double] = [:]
        for (hash, count) in open where count >= Int32(least) {
            let elsewhere = (Double(coded[hash] ?? 0) + 0.5) / Double(customers.coded + 1)
            let ratio = Double(count) / Double(customers.open) / elsewhere
            // Few coded texts tell nothing.
            if customers.coded < 4 * least || ratio >= Self.lift { ratios[hash] = ratio }
        }
        return (Set(ratios.keys), Set(units.filter { $0.value >= Int32(least) }.keys), ratios)
    }

    /// Without terms that hardly occur but as a part of a longer one.
    private func withoutParts(_ owners: [UInt64: [Int]], _ names: [UInt64: [UInt32]]) -> [UInt64: [Int]] {
        var parts: Set<UInt64> = []
        for (hash, name) in names {
            for part in Terms.parts(of: name) where part != hash {
                if let whole = owners[hash], let all = owners[part], Double(whole.count) >= 0.6 * Double(all.count) { parts.insert(part) }
            }
        }
        return owners.filter { !parts.contains($0.key) }
    }

    /// Terms that stand mostly in a cluster's texts, the nearest first.
    private func companions(
        of term: UInt64, _ cluster: Set<Int>, _ candidates: [UInt64], _ owners: [UInt64: [Int]], _ ratios: [UInt64: Double], _ texts: [Text]
    ) -> [UInt64] {
        let near = candidates.enumerated().compactMap { order, hash -> (hash: UInt64, share: Double, order: Int)? in
            guard hash != term else { return nil }
            let inside = owners[hash]!.filter(cluster.contains)
            let share = Double(inside.count) / Double(owners[hash]!.count + cluster.count - inside.count)
            return share >= 0.2 && customers(inside, texts) >= least ? (hash, share, order) : nil
        }
        return near.sorted { ($1.share, $0.order) < ($0.share, $1.order) }.prefix(Self.words - 1).map(\.hash)
    }

    /// Texts that have most of the words, the shortest first, of different customers; only with words that enough customers use.
    private func samples(_ cluster: [Int], _ texts: [Text], _ words: [UInt64], _ known: Set<UInt64>) -> [String] {
        let wanted = Set(words)
        let ranked = cluster.map { index -> (index: Int, missing: Int, length: Int) in
            var found: Set<UInt64> = []
            Terms.each(in: FoldedText(texts[index].text)) { _, hash in if wanted.contains(hash) { found.insert(hash) } }
            return (index, wanted.count - found.count, texts[index].text.unicodeScalars.count)
        }.sorted { ($0.missing, $0.length, $0.index) < ($1.missing, $1.length, $1.index) }
        var shown: [String] = []
        var whose: Set<String> = []
        for (index, _, _) in ranked where shown.count < Self.samples && !whose.contains(texts[index].customer) {
            guard let sample = Terms.blotted(texts[index].text, but: known), !shown.contains(sample) else { continue }
            shown.append(sample)
            whose.insert(texts[index].customer)
        }
        return shown
    }

    private static func string(_ scalars: [UInt32]) -> String {
        String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
    }
}

extension Classifier {
    /// Reads texts, and proposes codes for those in which this frame finds no topic.
    ///
    /// - Parameters:
    ///   - least: customers without whom nothing is proposed or shown.
    ///   - source: rows must show `subject` and `text`.
    public func discover(
        on source: some RedactedSource, purpose: String, filter: Condition? = nil, since: Timestamp? = nil, least: Int = 5, limit: Int = 10,
        rejected: [String] = [], page: Int = 500
    ) async throws -> (proposals: [Discovery.Proposal], texts: Int, uncoded: Int) {
        var discovery = Discovery(least: least)
        var query = Query(select: ["subject", "text"], filter: filter, since: since, limit: page, purpose: purpose)
        var (texts, uncoded) = (0, 0)
        repeat {
            let rows = try await source.page(query)
            for row in rows.rows {
                guard case .text(let customer) = row[0], case .text(let text) = row[1], !text.isEmpty else { continue }
                let coding = code(text)
                guard coding.relevance == .relevant else { continue }
                let isCoded = !coding.topics.isEmpty || !coding.urgency.isEmpty
                discovery.add(text, of: customer, isCoded: isCoded)
                (texts, uncoded) = (texts + 1, uncoded + (isCoded ? 0 : 1))
            }
            query.cursor = rows.nextCursor
        } while query.cursor != nil && texts < Discovery.most
        return (discovery.proposals(limit: limit, rejected: rejected), texts, uncoded)
    }
}
