/// Which groups of a table may be shown so that none of the others follows from a total.
struct Suppression {
    private let groups: [(keys: [StoredValue], subjects: Int)]
    private let minimum: Int
    private var hidden: Set<Int>

    init(_ groups: [(keys: [StoredValue], subjects: Int)], minimum: Int) {
        (self.groups, self.minimum) = (groups, minimum)
        hidden = Set(groups.indices.filter { groups[$0].subjects < minimum })
    }

    /// Positions of the groups that may be shown, ascending.
    func shown() -> [Int] {
        var copy = self
        if !hidden.isEmpty { while copy.lines().reduce(false, { copy.protect($1) || $0 }) {} }
        return groups.indices.filter { !copy.hidden.contains($0) }
    }

    /// Groups whose sum another query can tell: all of them, and those that agree in all keys but one.
    private func lines() -> [[Int]] {
        let dimensions = groups.first?.keys.count ?? 0
        guard dimensions > 1 else { return [Array(groups.indices)] }
        return (0..<dimensions).flatMap { free in
            Dictionary(grouping: groups.indices) { index in
                var keys = groups[index].keys
                keys.remove(at: free)
                return keys
            }.values.sorted { $0[0] < $1[0] }
        } + [Array(groups.indices)]
    }

    /// Hides more of a line until what is hidden is two groups and has enough subjects; says whether it did.
    private mutating func protect(_ line: [Int]) -> Bool {
        var out = line.filter { hidden.contains($0) }
        // A line that is too small as a whole has no total that is shown.
        guard !out.isEmpty, line.reduce(0, { $0 + groups[$1].subjects }) >= minimum else { return false }
        var shown = line.filter { !hidden.contains($0) }.sorted { (groups[$0].subjects, $0) > (groups[$1].subjects, $1) }
        var changed = false
        while let next = shown.last, out.count < 2 || out.reduce(0, { $0 + groups[$1].subjects }) < minimum {
            shown.removeLast()
            out.append(next)
            hidden.insert(next)
            changed = true
        }
        return changed
    }
}
