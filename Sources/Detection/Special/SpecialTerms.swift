/// Words that say something of a special category, once they are said of somebody.
struct SpecialTerms: Sendable {
    struct Term: Sendable {
        enum Need: Sendable {
            /// Whom it is said of must stand before it.
            case owner
            /// The same, with what somebody is allergic to.
            case allergy
            /// It must be all that is said: "I am black and …", not "I have a black phone".
            case predicate
            /// A child must stand before it.
            case school
            /// An amount must follow.
            case income
            /// It says by itself that somebody has it.
            case nothing
        }

        var type: EntityType
        var needs: Need
    }

    static let table = SpecialTerms()

    /// The characters of all terms, one term after another.
    private var units: [UInt32] = []
    private var entries: [(units: Range<Int>, term: Term)] = []
    /// By the first two characters, the terms that begin with them, the longest first.
    private var places: [UInt64: Range<Int>] = [:]
    /// What terms begin with, one character and two.
    private var initials = UnitSet("")
    private var beginnings = UnitSet("")

    private static func mix(_ a: UInt32, _ b: UInt32) -> UInt32 { (a &* 0x9E37_79B1 &+ b &* 0x85EB_CA6B) >> 16 }
    private static func key(_ a: UInt32, _ b: UInt32) -> UInt64 { UInt64(a) << 32 | UInt64(b) }

    private init() {
        var terms: [UInt64: [(units: [UInt32], term: Term)]] = [:]
        for (type, needs, words) in SpecialLexicon.all {
            for word in words.split(whereSeparator: { $0 == "|" || $0 == "\n" }) {
                let units = FoldedText.units(of: String(word))
                terms[Self.key(units[0], units[1]), default: []].append((units, Term(type: type, needs: needs)))
                initials.insert(units[0])
                beginnings.insert(Self.mix(units[0], units[1]))
            }
        }
        for (key, terms) in terms {
            let first = entries.count
            for (units, term) in terms.sorted(by: { $0.units.count > $1.units.count }) {
                entries.append((self.units.count..<self.units.count + units.count, term))
                self.units += units
            }
            places[key] = first..<entries.count
        }
    }

    /// False only where no term begins.
    @inline(__always)
    func mayBegin(at place: Int, in units: [UInt32]) -> Bool {
        let unit = units[place]
        return initials.contains(unit) && place + 1 < units.count && beginnings.contains(Self.mix(unit, units[place + 1]))
    }

    /// The longest term at a place where one may begin; in Latin letters, whole words only.
    func longest(at place: Int, in text: FoldedText) -> (Term, Int)? {
        let isLatin = FoldedText.isLatin(text.units[place])
        if isLatin, place > 0, FoldedText.isLetter(text.units[place - 1]) { return nil }
        guard let candidates = places[Self.key(text.units[place], text.units[place + 1])] else { return nil }
        for candidate in candidates {
            let entry = entries[candidate]
            let end = place + entry.units.count
            guard end <= text.count, stands(entry.units, at: place, in: text) else { continue }
            if isLatin, end < text.count, FoldedText.isLetter(text.units[end]) { continue }
            return (entry.term, entry.units.count)
        }
        return nil
    }

    private func stands(_ term: Range<Int>, at place: Int, in text: FoldedText) -> Bool {
        for offset in 2..<max(2, term.count) where units[term.lowerBound + offset] != text.units[place + offset] { return false }
        return true
    }
}
