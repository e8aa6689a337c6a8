/// Statistics of names, words and places in the form in which detection looks them up.
///
/// A cost is the negative natural logarithm of a probability. Words of up to four characters are
/// packed into 64 bits, 16 a character, which is where all that the lexicon has lies (Unicode's
/// basic plane).
final class Lexicon: Sendable {
    static let shared = Lexicon()

    /// Costs of surnames, by packed characters.
    private let surnames: PackedTable
    private let surnameStarts: [Bool]
    private let given: PackedTable
    private let words: PackedTable
    /// Full and short names of provinces, prefectures and counties.
    private let places: PackedTable
    let firstNames: Set<String>
    let lastNames: Set<String>
    /// Names that are words of the language too.
    let ambiguousNames: Set<String>

    /// What a name costs whose character no given name has.
    static let rareGiven: Float = 11
    /// What a character costs that no word has.
    static let rareCharacter: Float = 17.5

    private init() {
        surnames = PackedTable(costs: LexiconData.surnames)
        var starts = Array(repeating: false, count: 0xA000 - 0x3400)
        var isFirst = true
        for scalar in LexiconData.surnames.unicodeScalars where scalar != "\n" {
            if isFirst, (0x3400..<0xA000).contains(scalar.value) { starts[Int(scalar.value - 0x3400)] = true }
            isFirst = scalar.value < 128
        }
        surnameStarts = starts
        given = PackedTable(costs: LexiconData.givenCharacters)
        words = PackedTable(costs: LexiconData.words)
        places = PackedTable(words: Self.placeNames)
        var sets: [Set<String>] = [[], []]
        var ambiguous: Set<String> = []
        for (index, data) in [LexiconData.firstNames, LexiconData.lastNames].enumerated() {
            let halves = data.split(separator: "|")
            let lists = halves.map { $0.split { $0 == " " || $0 == "\n" }.map(String.init) }
            ambiguous.formUnion(lists[0])
            sets[index] = Set(lists.joined())
        }
        (firstNames, lastNames, ambiguousNames) = (sets[0], sets[1], ambiguous)
    }

    /// Places with and without their last character: 北京市, 北京.
    private static var placeNames: [[UInt32]] {
        LexiconData.places.split { $0 == " " || $0 == "\n" }.flatMap { name -> [[UInt32]] in
            let units = name.unicodeScalars.map(\.value)
            return units.count > 2 && "省市县区旗".unicodeScalars.contains(name.unicodeScalars.last!) ? [units, units.dropLast()] : [units]
        }
    }

    /// Whether a surname begins with a character.
    func beginsSurname(_ unit: UInt32) -> Bool { (0x3400..<0xA000).contains(unit) && surnameStarts[Int(unit - 0x3400)] }

    func surname(_ units: ArraySlice<UInt32>) -> Float? { surnames.cost(units) }
    func given(_ unit: UInt32) -> Float { given.cost([unit]) ?? Self.rareGiven }
    func word(_ units: ArraySlice<UInt32>) -> Float? { words.cost(units) }
    func isPlace(_ units: ArraySlice<UInt32>) -> Bool { places.cost(units) != nil }
}

/// A hash table from up to four characters to a cost.
private struct PackedTable: Sendable {
    private var keys: [UInt64]
    private var costs: [UInt8]
    private let shift: UInt64

    /// Words, each followed by its cost as one character from 35 on (see `Tools/build_lexicon.py`).
    init(costs text: String) {
        var entries: [(UInt64, UInt8)] = []
        entries.reserveCapacity(text.utf8.count / 6)
        var key: UInt64 = 0
        for scalar in text.unicodeScalars where scalar != "\n" {
            if scalar.value < 128 {
                entries.append((key, UInt8(scalar.value - 35)))
                key = 0
            } else {
                key = key << 16 | UInt64(scalar.value)
            }
        }
        self.init(entries)
    }

    init(words: [[UInt32]]) {
        self.init(words.filter { $0.count <= 4 }.map { (Self.pack($0[...]), 0) })
    }

    private init(_ entries: [(UInt64, UInt8)]) {
        var bits: UInt64 = 4
        while 1 << bits < entries.count * 2 { bits += 1 }
        keys = Array(repeating: 0, count: 1 << bits)
        costs = Array(repeating: 0, count: 1 << bits)
        shift = 64 - bits
        for (key, cost) in entries where key != 0 {
            var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
            while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
            (keys[slot], costs[slot]) = (key, cost)
        }
    }

    func cost(_ units: ArraySlice<UInt32>) -> Float? {
        guard units.count <= 4 else { return nil }
        let key = Self.pack(units)
        guard key != 0 else { return nil }
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while keys[slot] != 0 {
            if keys[slot] == key { return 1 + 0.3 * Float(costs[slot]) }
            slot = (slot + 1) & (keys.count - 1)
        }
        return nil
    }

    private static func pack(_ units: ArraySlice<UInt32>) -> UInt64 {
        var key: UInt64 = 0
        for unit in units {
            guard unit < 0x10000 else { return 0 }
            key = key << 16 | UInt64(unit)
        }
        return key
    }
}

/// Traditional characters and their simplified forms.
enum Simplification {
    private static let base: UInt32 = 0x3400
    private static let table: [UInt16] = {
        var table = (base..<0xA000).map { UInt16($0) }
        var traditional: UInt32?
        for scalar in LexiconData.simplified.unicodeScalars where scalar != "\n" {
            if let before = traditional {
                table[Int(before - base)] = UInt16(scalar.value)
                traditional = nil
            } else {
                traditional = scalar.value
            }
        }
        return table
    }()

    /// - Parameter unit: in U+3400…U+9FFF.
    @inline(__always)
    static func of(_ unit: UInt32) -> UInt32 { UInt32(table[Int(unit - base)]) }
}
