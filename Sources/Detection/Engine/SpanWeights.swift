/// The weights of a tagger that reads spans: a row of four for each hashed feature, one for each tag but ``SpanTag/outside``,
/// whose weights are all zero.
package struct SpanWeights: Sendable {
    package let rows: [SIMD4<Int8>]

    package init(rows: [SIMD4<Int8>]) { self.rows = rows }

    /// The weights of a row.
    @inline(__always)
    package subscript(row: Int) -> SIMD4<Int32> { SIMD4(truncatingIfNeeded: rows[row]) }

    // MARK: As bytes

    /// A byte a weight, row by row, as a two's complement; a zero is followed by how many zeros there are, 1 to 255.
    package var encoded: [UInt8] {
        var output: [UInt8] = []
        var zeros: UInt8 = 0
        func flush() {
            if zeros > 0 { output += [0, zeros] }
            zeros = 0
        }
        for weight in rows.lazy.flatMap({ [$0[0], $0[1], $0[2], $0[3]] }) {
            if weight == 0 {
                if zeros == .max { flush() }
                zeros += 1
            } else {
                flush()
                output.append(UInt8(bitPattern: weight))
            }
        }
        flush()
        return output
    }

    /// Reads what ``encoded`` gave.
    package init(encoded: some Sequence<UInt8>, rows count: Int) {
        var rows = [SIMD4<Int8>](repeating: SIMD4(repeating: 0), count: count)
        var place = 0
        var isRun = false
        for byte in encoded {
            if isRun {
                place += Int(byte)
                isRun = false
            } else if byte == 0 {
                isRun = true
            } else {
                rows[place >> 2][place & 3] = Int8(bitPattern: byte)
                place += 1
            }
        }
        precondition(place == count * 4, "the tagger's weights are not whole")
        self.rows = rows
    }
}

/// A place's part in a span; the raw value is its weight's column.
package enum SpanTag: Int, CaseIterable, Sendable {
    case begin, inside, end
    /// A span of one place.
    case single
    case outside
}

package enum SpanDecoder {
    /// A span and by how much its tags score above those of a text without it.
    package struct Span: Equatable, Sendable {
        package var range: Range<Int>
        package var score: Int32
    }

    /// The spans of the best reading (Viterbi): scores of places outside are zero.
    ///
    /// - Parameters:
    ///   - scores: of each place's tags, in the order of ``SpanTag``.
    ///   - bonus: what a span scores for being one: a name that is missed does more harm than a word that is covered.
    package static func spans(_ scores: ArraySlice<SIMD4<Int32>>, bonus: Int32 = 0) -> [Span] {
        let none = Int32.min / 2
        /// The best readings up to a place in which no span is open, and in which one is.
        var (closed, open): (Int32, Int32) = (0, none)
        /// How each was reached.
        var steps: [(closed: SpanTag, open: SpanTag)] = []
        steps.reserveCapacity(scores.count)
        var hasSpan = false
        for score in scores {
            var step = (closed: SpanTag.outside, open: SpanTag.begin)
            var nowClosed = closed
            if closed + score[SpanTag.single.rawValue] + bonus > nowClosed { (nowClosed, step.closed) = (closed + score[SpanTag.single.rawValue] + bonus, .single) }
            if open + score[SpanTag.end.rawValue] + bonus > nowClosed { (nowClosed, step.closed) = (open + score[SpanTag.end.rawValue] + bonus, .end) }
            var nowOpen = closed + score[SpanTag.begin.rawValue]
            if open + score[SpanTag.inside.rawValue] > nowOpen { (nowOpen, step.open) = (open + score[SpanTag.inside.rawValue], .inside) }
            hasSpan = hasSpan || step.closed != .outside
            (closed, open) = (nowClosed, nowOpen)
            steps.append(step)
        }
        guard hasSpan else { return [] }
        var found: [Span] = []
        var index = steps.count - 1
        while index >= 0 {
            let end = index
            switch steps[index].closed {
            case .single: found.append(Span(range: index..<index + 1, score: scores[scores.startIndex + index][SpanTag.single.rawValue]))
            case .end:
                var score = scores[scores.startIndex + index][SpanTag.end.rawValue]
                index -= 1
                while steps[index].open == .inside {
                    score += scores[scores.startIndex + index][SpanTag.inside.rawValue]
                    index -= 1
                }
                score += scores[scores.startIndex + index][SpanTag.begin.rawValue]
                found.append(Span(range: index..<end + 1, score: score))
            default: break
            }
            index -= 1
        }
        return found.reversed().map { Span(range: scores.startIndex + $0.range.lowerBound..<scores.startIndex + $0.range.upperBound, score: $0.score) }
    }
}
