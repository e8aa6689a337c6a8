/// Precision and recall of detection against texts that people have marked.
public struct DetectionQuality: Sendable {
    /// A marked stretch, in Unicode scalars.
    public struct Mark: Sendable, Hashable {
        public var range: Range<Int>
        public var type: String

        public init(range: Range<Int>, type: String) { (self.range, self.type) = (range, type) }
    }

    /// Figures of one type, or of all.
    public struct Figures: Sendable, Equatable {
        public var gold = 0
        public var found = 0
        /// Found with exactly the same bounds and type.
        public var exact = 0
        /// Marked stretches that something found of the same type overlaps, and the other way round.
        public var goldTouched = 0
        public var foundTouching = 0
        /// Marked characters, and how many of them no entity of whatever type covers.
        public var characters = 0
        public var leaked = 0

        public var strict: (precision: Double, recall: Double, f1: Double) { Self.scores(exact, exact, gold, found) }
        public var overlapping: (precision: Double, recall: Double, f1: Double) { Self.scores(foundTouching, goldTouched, gold, found) }
        /// Share of marked characters that stay readable.
        public var leak: Double { characters == 0 ? 0 : Double(leaked) / Double(characters) }

        private static func scores(_ right: Int, _ covered: Int, _ gold: Int, _ found: Int) -> (precision: Double, recall: Double, f1: Double) {
            let precision = found == 0 ? 1 : Double(right) / Double(found)
            let recall = gold == 0 ? 1 : Double(covered) / Double(gold)
            return (precision, recall, precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall))
        }
    }

    public private(set) var types: [String: Figures] = [:]
    public private(set) var total = Figures()

    public init() {}

    /// Adds a text.
    public mutating func add(gold: [Mark], found: [Mark]) {
        var covered = Set<Int>()
        for mark in found { covered.formUnion(mark.range) }
        let exact = Set(gold).intersection(found)
        for mark in gold {
            let touched = found.contains { $0.type == mark.type && $0.range.overlaps(mark.range) }
            let leaked = mark.range.count { !covered.contains($0) }
            change(mark.type) { figures in
                figures.gold += 1
                figures.exact += exact.contains(mark) ? 1 : 0
                figures.goldTouched += touched ? 1 : 0
                figures.characters += mark.range.count
                figures.leaked += leaked
            }
        }
        for mark in found {
            let touching = gold.contains { $0.type == mark.type && $0.range.overlaps(mark.range) }
            change(mark.type) { figures in
                figures.found += 1
                figures.foundTouching += touching ? 1 : 0
            }
        }
    }

    private mutating func change(_ type: String, _ body: (inout Figures) -> Void) {
        body(&types[type, default: Figures()])
        body(&total)
    }
}
