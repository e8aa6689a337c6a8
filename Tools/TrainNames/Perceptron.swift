import Detection

/// An averaged structured perceptron (Collins 2002): a sentence that is read wrongly moves the weights towards the right tags and away
/// from the wrong ones; the average over all steps is kept.
struct Perceptron {
    struct Sentence {
        /// Rows of each place's features.
        var features: [[Int32]]
        var tags: [SpanTag]
    }

    private static let tags = SpanTag.allCases.count
    private let rows: Int
    private var sentences: [(features: [Int32], width: [Int32], tags: [SpanTag])] = []

    init(rows: Int) { self.rows = rows }

    /// The tags of places that spans of a text cover whole.
    static func tags(_ places: [Range<Int>], _ spans: [Range<Int>]) -> [SpanTag] {
        var tags = [SpanTag](repeating: .outside, count: places.count)
        for span in spans {
            guard let first = places.firstIndex(where: { $0.lowerBound >= span.lowerBound && $0.upperBound <= span.upperBound }),
                let last = places.lastIndex(where: { $0.lowerBound >= span.lowerBound && $0.upperBound <= span.upperBound })
            else { continue }
            if first == last {
                tags[first] = .single
            } else {
                for place in first...last { tags[place] = .inside }
                (tags[first], tags[last]) = (.begin, .end)
            }
        }
        return tags
    }

    mutating func add(_ sentence: Sentence) {
        sentences.append((sentence.features.flatMap { $0 }, sentence.features.map { Int32($0.count) }, sentence.tags))
    }

    func learn(epochs: Int, report: (String) -> Void) -> SpanWeights {
        let tags = Self.tags
        var weights = [Int32](repeating: 0, count: rows * tags)
        // Sum over all steps of each weight, kept up when it changes.
        var sums = [Int64](repeating: 0, count: weights.count)
        var since = [Int64](repeating: 0, count: weights.count)
        var step: Int64 = 0
        for epoch in 0..<epochs {
            var wrong = 0
            // A stride of a prime mixes the sources.
            for position in sentences.indices {
                step += 1
                let sentence = sentences[(position &* 104_729 &+ epoch &* 31) % sentences.count]
                let read = read(sentence.features, sentence.width, weights)
                guard read != sentence.tags else { continue }
                wrong += 1
                var first = 0
                for (place, width) in sentence.width.enumerated() {
                    if read[place] != sentence.tags[place] {
                        for row in sentence.features[first..<first + Int(width)] {
                            for (tag, amount) in [(sentence.tags[place], Int32(1)), (read[place], -1)] {
                                let index = Int(row) * tags + tag.rawValue
                                sums[index] += Int64(weights[index]) * (step - since[index])
                                since[index] = step
                                weights[index] += amount
                            }
                        }
                    }
                    first += Int(width)
                }
            }
            report("epoch \(epoch + 1): \(wrong) of \(sentences.count) runs wrong")
        }
        for index in weights.indices { sums[index] += Int64(weights[index]) * (step - since[index]) }
        // Only the difference from the tag outside counts.
        let averages = (0..<rows).map { row in
            SIMD4((0..<tags - 1).map { Double(sums[row * tags + $0] - sums[row * tags + SpanTag.outside.rawValue]) / Double(step) })
        }
        // Quantised so that one in two thousand is cut; what rounds to nothing costs nothing.
        let sizes = averages.flatMap { average in (0..<4).map { abs(average[$0]) } }.sorted()
        let largest = sizes[sizes.count * 9995 / 10_000]
        report("a step is \(largest / 40)")
        return SpanWeights(rows: averages.map { average in SIMD4((0..<4).map { Int8(max(-40, min(40, (average[$0] / largest * 40).rounded()))) }) })
    }

    private func read(_ features: [Int32], _ widths: [Int32], _ weights: [Int32]) -> [SpanTag] {
        var first = 0
        let scores = widths.map { width in
            var sum = SIMD8<Int32>(repeating: 0)
            for row in features[first..<first + Int(width)] {
                for tag in 0..<Self.tags { sum[tag] &+= weights[Int(row) * Self.tags + tag] }
            }
            first += Int(width)
            let outside = sum[SpanTag.outside.rawValue]
            return SIMD4(sum[0] - outside, sum[1] - outside, sum[2] - outside, sum[3] - outside)
        }
        var tags = [SpanTag](repeating: .outside, count: widths.count)
        for span in SpanDecoder.spans(scores[...]) {
            if span.range.count == 1 {
                tags[span.range.lowerBound] = .single
            } else {
                for place in span.range { tags[place] = .inside }
                (tags[span.range.lowerBound], tags[span.range.upperBound - 1]) = (.begin, .end)
            }
        }
        return tags
    }
}
