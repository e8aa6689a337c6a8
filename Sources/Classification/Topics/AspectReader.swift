/// Says what a text thinks of each thing that it mentions.
///
/// A judgement belongs to the mention nearest to it in its clause: "great food but slow service" is for one and against the other. A
/// clause that mentions nothing judges what the clause before it mentioned and did not judge: "服务员,特别热情".
enum AspectReader {
    /// What all mentions of a code together must weigh to be for or against it.
    private static let neutral: Float = 0.3

    /// - Parameter mentions: in the order of their places.
    /// - Returns: by code, in the frame's positions.
    static func read(_ mentions: [TopicReader.Mention], _ reading: Judge.Reading) -> [Int: Sentiment.Label] {
        var sums: [Int: Float] = [:]
        /// Codes of the clause before that nothing has judged.
        var unjudged: Set<Int> = []
        var next = mentions[...]
        for (index, clause) in reading.clauses.enumerated() {
            let here = next.prefix { $0.range.lowerBound < clause.range.upperBound }
            next = next.dropFirst(here.count)
            if here.isEmpty {
                for code in unjudged { sums[code, default: 0] += reading.values[index] }
                unjudged = []
                continue
            }
            let values = share(reading.judgements[index], among: here)
            // What turns or asks without a word that judges concerns all: "没有发票".
            let rest = values.isEmpty ? reading.values[index] : 0
            let codes = Set(here.map(\.code))
            for code in codes { sums[code, default: 0] += reading.isQuestion ? 0 : values[code] ?? rest }
            unjudged = rest == 0 && !clause.endsSentence ? codes.filter { values[$0] == nil } : []
        }
        return sums.mapValues { $0 > neutral ? .positive : $0 < -neutral ? .negative : .neutral }
    }

    private static func share(_ judgements: [Judge.Judgement], among mentions: ArraySlice<TopicReader.Mention>) -> [Int: Float] {
        var values: [Int: Float] = [:]
        for judgement in judgements {
            guard let nearest = mentions.min(by: { distance($0.range, judgement.range) < distance($1.range, judgement.range) }) else { continue }
            let least = distance(nearest.range, judgement.range)
            // A phrase may stand for several codes.
            for code in Set(mentions.lazy.filter { distance($0.range, judgement.range) == least }.map(\.code)) { values[code, default: 0] += judgement.value }
        }
        return values
    }

    /// Scalars between them; a judgement rather belongs to what stands before it.
    private static func distance(_ mention: Range<Int>, _ judgement: Range<Int>) -> Int {
        if mention.overlaps(judgement) { return 0 }
        return judgement.lowerBound >= mention.upperBound ? judgement.lowerBound - mention.upperBound + 1 : mention.lowerBound - judgement.upperBound + 2
    }
}
