/// Ranges in order, without overlaps, that are searched by halves: a text of many stretches takes no longer than one of few.
struct RangeList {
    let ranges: [Range<Int>]

    /// - Parameter ranges: in any order; those that overlap or touch become one.
    init(_ ranges: [Range<Int>]) {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    var isEmpty: Bool { ranges.isEmpty }

    func contains(_ place: Int) -> Bool {
        let index = first(endingAfter: place)
        return index < ranges.count && ranges[index].lowerBound <= place
    }

    func overlaps(_ range: Range<Int>) -> Bool {
        let index = first(endingAfter: range.lowerBound)
        return index < ranges.count && ranges[index].lowerBound < range.upperBound
    }

    private func first(endingAfter place: Int) -> Int { halving(ranges.count) { ranges[$0].upperBound > place } }
}

/// The first of so many places in order from which on something is true; their number without one.
func halving(_ count: Int, _ isTrue: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
        let middle = (low + high) / 2
        if isTrue(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}
