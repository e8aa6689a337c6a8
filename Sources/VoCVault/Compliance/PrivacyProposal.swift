/// Which coarser forms of a role's fields hide customers among as many others as wanted, with the least loss.
struct PrivacyProposal {
    /// A field in one of the forms in which rows could show it, the present one first, from fine to coarse.
    struct Form {
        let name: String
        /// Nil: not at all.
        let column: PrivacyTable.Column?
        /// What of the present form's entropy is lost, between 0 and 1.
        let loss: Double
    }

    private let fields: [[Form]]
    private let (wanted, size): (Int, Int)
    /// The smallest group of a combination; by field and form.
    private var known: [[Int]: Int] = [:]
    private let smallest: ([PrivacyTable.Column]) -> Int
    private var chosen: [Int] = []
    private var best: (loss: Double, forms: [Int])?

    /// - Parameters:
    ///   - wanted: how many customers the smallest group must have.
    ///   - size: of combinations, at most.
    ///   - smallest: the number of customers in the smallest group of a combination; none: that no group is there.
    init(_ fields: [[Form]], wanted: Int, size: Int, smallest: @escaping ([PrivacyTable.Column]) -> Int) {
        // Which fields tell most is decided first: what they rule out need not be tried with the others.
        self.fields = fields.map { (forms: $0, entropy: $0[0].column?.entropy ?? 0) }.sorted { $0.entropy > $1.entropy }.map(\.forms)
        (self.wanted, self.size, self.smallest) = (wanted, size, smallest)
    }

    /// The forms, one of each field, or nil if none of them are coarse enough. Branch and bound over all forms, so that no other choice loses less.
    mutating func solve() -> [(field: [Form], form: Form)]? {
        search(loss: 0)
        return best.map { best in zip(fields, best.forms).map { ($0, $0[$1]) } }
    }

    private mutating func search(loss: Double) {
        if let best, loss >= best.loss { return }
        guard chosen.count < fields.count else { return best = (loss, chosen) }
        for (number, form) in fields[chosen.count].enumerated() {
            chosen.append(number)
            if form.column == nil || isHidden() { search(loss: loss + form.loss) }
            chosen.removeLast()
        }
    }

    /// Whether each combination of the last field with others that are chosen has large enough groups.
    private mutating func isHidden() -> Bool {
        let last = chosen.count - 1
        let others = (0..<last).filter { fields[$0][chosen[$0]].column != nil }
        return subsets(of: others, upTo: size - 1).allSatisfy { subset in
            let places = subset + [last]
            let key = places.flatMap { [$0, chosen[$0]] }
            if let known = known[key] { return known >= wanted }
            let found = smallest(places.map { fields[$0][chosen[$0]].column! })
            known[key] = found
            return found >= wanted
        }
    }

    private func subsets(of places: [Int], upTo size: Int) -> [[Int]] {
        var subsets: [[Int]] = [[]]
        for place in places { subsets += subsets.filter { $0.count < size }.map { $0 + [place] } }
        return subsets
    }
}
