import Store

extension StoreWalk {
    /// Names that databases could put in different orders, or take for one another.
    private static let sources = ["shop", "Shop", "s hop", "店铺", "é", "e\u{301}", "shop-2", "_shop"]

    private mutating func counts() -> IntakeCounts {
        var counts = IntakeCounts()
        (counts.stored, counts.replaced, counts.duplicates) = (.random(in: 0...9, using: &random), .random(in: 0...1 << 40, using: &random), .random(in: 0...2, using: &random))
        (counts.rejected, counts.erasedBefore) = (.random(in: 0...3, using: &random), .random(in: 0...1, using: &random))
        counts.latest = Bool.random(using: &random) ? .random(in: -9...now, using: &random) : nil
        return counts
    }

    /// Something that comes in is counted, in a run or among a day's requests, and old runs go.
    mutating func intake() -> Step {
        // Several at the same moment, so that something else than time puts them in order.
        let (source, counts, at) = (Self.sources.randomElement(using: &random)!, counts(), now / 8 * 8)
        let (run, isLast) = (Int64.random(in: 1...runs + 2, using: &random), Bool.random(using: &random))
        switch Int.random(in: 0...5, using: &random) {
        case 0:
            runs += 1
            return Step(name: "run begins") { store in
                let number = try store.write { try $0.beginRun(of: source, counts, isLast: isLast, at: at) }
                return "\(number) \(try Self.told(store, source))"
            }
        case 1:
            return Step(name: "run goes on") { store in
                try store.write { try $0.extendRun(run, counts, isLast: isLast, at: at) }
                return try Self.told(store, source)
            }
        case 2:
            return Step(name: "run ends") { store in
                try store.write { try $0.endRun(run, isLast ? .done : .failed) }
                return try Self.told(store, source)
            }
        case 3:
            let before = at - Int64.random(in: 0...400, using: &random)
            return Step(name: "runs removed") { store in
                let count = try store.read { try $0.count(.runs(before: before)) }
                return "\(count) \(try store.write { try $0.remove(.runs(before: before)) }) \(try Self.told(store, source))"
            }
        default:
            // Twice in one transaction, of which a part may be undone.
            let (day, isUndone) = (at / 100, Int.random(in: 0...3, using: &random) == 0)
            runs += 1
            return Step(name: "requests") { store in
                _ = try? store.write { writer in
                    writer.countArrivals(from: source, counts, day: day, at: at)
                    if isUndone { throw Undone() }
                    writer.countArrivals(from: source, counts, day: day, at: at)
                }
                return try Self.told(store, source)
            }
        }
    }

    private static func told(_ store: VaultStore, _ source: String) throws -> String {
        try store.read { reader in
            try reader.requireUnalteredRuns()
            return "\(try reader.runs(of: source, limit: 5)) \(try reader.runs(limit: 7)) \(try reader.intakeSources(limit: 9))"
        }
    }
}
