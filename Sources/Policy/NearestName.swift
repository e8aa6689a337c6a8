/// The known name closest to a misspelt one, if it is close enough to be meant; else the only one that shares a whole word
/// with it (`erase` and `subject.erase`), or that it abbreviates (`desc` and `description`).
public func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    let (limit, known) = (max(1, name.count / 3), Array(known))
    let nearest = known.map { ($0, editDistance(name, $0)) }
        .filter { $0.1 <= limit }
        .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    if let nearest { return nearest }
    let lowered = name.lowercased()
    let related = known.filter { known in
        let other = known.lowercased()
        return lowered.count >= shortestWord && (words(of: other).contains(lowered) || other.hasPrefix(lowered))
            || other.count >= shortestWord && words(of: lowered).contains(other)
    }
    return related.count == 1 ? related[0] : nil
}

/// Shorter words, such as `id` and `en`, are parts of too many names.
private let shortestWord = 3

private func words(of name: String) -> [String] { name.split { "._- ".contains($0) }.map(String.init) }

/// " (did you mean 'x'?)", or nothing.
public func suggestion(for name: String, among known: some Sequence<String>) -> String {
    nearestName(to: name, among: known).map { " (did you mean '\($0)'?)" } ?? ""
}

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
private func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
            row.append(best)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
