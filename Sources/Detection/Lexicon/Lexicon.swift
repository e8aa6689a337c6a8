/// Statistics of names, words and places in the form in which detection looks them up.
///
/// A cost is the negative natural logarithm of a probability. Words of up to four characters are
/// packed into 64 bits, 16 a character, which is where all that the lexicon has lies (Unicode's
/// basic plane).
final class Lexicon: Sendable {
    static let shared = Lexicon()

    /// Costs of surnames, by packed characters.
    private let surnames: PackedTable
    private let words: PackedTable
    /// By character, from the first of ``Simplification/range``: what it costs as a word, and in a given name.
    private let characterWords: [Float]
    private let givens: [Float]
    /// Whether a surname begins with it, and its classes: a byte each, small enough for the fastest cache.
    private let classes: [UInt8]
    /// Full and short names of provinces, prefectures and counties.
    private let places: PackedTable
    /// By hash of the letters: whether a given name, a family name, a word of the language too.
    private let listedWords: ListedWords

    /// What a name costs whose character no given name has.
    static let rareGiven: Float = 11
    /// What a character costs that no word has.
    static let rareCharacter: Float = 17.5

    private init() {
        let surnames = PackedTable(costs: DetectionData.surnames)
        let given = PackedTable(costs: DetectionData.givenCharacters)
        let words = PackedTable(costs: DetectionData.words)
        characterWords = Simplification.range.map { words.cost(UInt64($0)) ?? Self.rareCharacter }
        givens = Simplification.range.map { given.cost(UInt64($0)) ?? Self.rareGiven }
        var classes: [UInt8] = givens.map { $0 < 6 ? 3 : $0 < 8 ? 2 : $0 < Self.rareGiven ? 1 : 0 }
        var isFirst = true
        for scalar in DetectionData.surnames.unicodeScalars where scalar != "\n" {
            if isFirst, Simplification.range.contains(scalar.value) {
                let index = Int(scalar.value - Simplification.range.lowerBound)
                let surnameClass: UInt8 = surnames.cost(UInt64(scalar.value)).map { $0 < 5 ? 3 : $0 < 8 ? 2 : 1 } ?? 1
                classes[index] = 16 | surnameClass << 2 | classes[index] & 3
            }
            isFirst = scalar.value < 128
        }
        (self.surnames, self.words, self.classes) = (surnames, words, classes)
        places = PackedTable(words: Self.placeNames)
        listedWords = ListedWords()
    }

    /// Places with and without their last character: 北京市, 北京.
    private static var placeNames: [[UInt32]] {
        DetectionData.places.split { $0 == " " || $0 == "\n" }.flatMap { name -> [[UInt32]] in
            let units = name.unicodeScalars.map(\.value)
            return units.count > 2 && "省市县区旗".unicodeScalars.contains(name.unicodeScalars.last!) ? [units, units.dropLast()] : [units]
        }
    }

    /// What places begin with.
    static var placeBeginnings: [UInt32] {
        var isFirst = true
        return DetectionData.places.unicodeScalars.compactMap { scalar in
            defer { isFirst = scalar.value <= 0x20 }
            return isFirst ? scalar.value : nil
        }
    }

    /// Whether a surname begins with a character.
    func beginsSurname(_ unit: UInt32) -> Bool { classes(unit) & 16 != 0 }

    /// Whether a surname begins with a character, and its classes; see ``Commonness``.
    @inline(__always)
    func classes(_ unit: UInt32) -> UInt8 {
        Simplification.range.contains(unit) ? classes[Int(unit - Simplification.range.lowerBound)] : 0
    }

    func surname(_ units: ArraySlice<UInt32>) -> Float? { surnames.cost(units) }
    func given(_ unit: UInt32) -> Float { Simplification.range.contains(unit) ? givens[Int(unit - Simplification.range.lowerBound)] : Self.rareGiven }
    func word(_ units: ArraySlice<UInt32>) -> Float? { words.cost(units) }
    func isPlace(_ units: ArraySlice<UInt32>) -> Bool { places.cost(units) != nil }

    /// How common a character is as a surname of its own, and in given names: 0 for not at all, up to 3.
    struct Commonness {
        var surname: UInt32
        var given: UInt32

        @inline(__always)
        init(_ classes: UInt8) { (surname, given) = (UInt32(classes >> 2 & 3), UInt32(classes & 3)) }
    }

    /// What the lists say of a word with a hash: see ``EnglishWords/Listed``.
    @inline(__always)
    func listed(_ hash: UInt32) -> UInt8 { listedWords[hash] }

    /// What the words of one to four characters cost that begin at a place; infinity for what is none.
    ///
    /// A single character always has a cost.
    func words(at place: Int, in units: [UInt32]) -> SIMD4<Float> {
        var costs = SIMD4<Float>(repeating: .infinity)
        costs[0] = Simplification.range.contains(units[place]) ? characterWords[Int(units[place] - Simplification.range.lowerBound)] : Self.rareCharacter
        var key = UInt64(units[place])
        guard key < 0x10000 else { return costs }
        for length in 1..<max(1, min(4, units.count - place)) {
            let unit = units[place + length]
            guard unit < 0x10000 else { break }
            key = key << 16 | UInt64(unit)
            if let cost = words.cost(key) { costs[length] = cost }
            if length == 1, !words.mayGoOn(key) { break }
        }
        return costs
    }
}

/// A hash table from up to four characters to a cost.
private struct PackedTable: Sendable {
    /// A bit for each of so many hashes: small enough for the caches, it tells of most keys that they are absent.
    private var filter: [Presence]
    private var keys: [UInt64]
    private var costs: [UInt8]
    private let shift: UInt64

    /// Beside one another, so that both come into the cache at once.
    private struct Presence {
        var words: UInt64 = 0
        /// The same for the first two characters of longer words.
        var beginnings: UInt64 = 0
    }

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
        filter = Array(repeating: Presence(), count: 1 << (bits - 4))
        for (key, cost) in entries where key != 0 {
            let hash = key &* 0x9E37_79B9_7F4A_7C15
            let bit = hash >> (shift - 2)
            filter[Int(truncatingIfNeeded: bit >> 6)].words |= 1 << (bit & 63)
            var beginning = key
            while beginning >= 1 << 32 { beginning >>= 16 }
            if beginning != key {
                let bit = (beginning &* 0x9E37_79B9_7F4A_7C15) >> (shift - 2)
                filter[Int(truncatingIfNeeded: bit >> 6)].beginnings |= 1 << (bit & 63)
            }
            var slot = Int(truncatingIfNeeded: hash >> shift)
            while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
            (keys[slot], costs[slot]) = (key, cost)
        }
    }

    func cost(_ units: ArraySlice<UInt32>) -> Float? {
        units.count <= 4 ? cost(Self.pack(units)) : nil
    }

    /// - Parameter key: up to four characters, 16 bits each.
    func cost(_ key: UInt64) -> Float? {
        let hash = key &* 0x9E37_79B9_7F4A_7C15
        let bit = hash >> (shift - 2)
        guard key != 0, filter[Int(truncatingIfNeeded: bit >> 6)].words & 1 << (bit & 63) != 0 else { return nil }
        var slot = Int(truncatingIfNeeded: hash >> shift)
        while keys[slot] != 0 {
            if keys[slot] == key { return 1 + 0.3 * Float(costs[slot]) }
            slot = (slot + 1) & (keys.count - 1)
        }
        return nil
    }

    /// False only when no longer word begins with two characters.
    @inline(__always)
    func mayGoOn(_ key: UInt64) -> Bool {
        let bit = (key &* 0x9E37_79B9_7F4A_7C15) >> (shift - 2)
        return filter[Int(truncatingIfNeeded: bit >> 6)].beginnings & 1 << (bit & 63) != 0
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

/// A hash table from a word's hash to the lists that have it: ``EnglishWords/Listed``.
private struct ListedWords: Sendable {
    private struct Slot {
        var hash: UInt32 = 0
        var lists: UInt8 = 0
    }

    private var slots: [Slot]
    private let mask: Int

    init() {
        let bits = 18
        mask = (1 << bits) - 1
        slots = Array(repeating: Slot(), count: 1 << bits)
        addNames(DetectionData.firstNames, EnglishWords.Listed.first)
        addNames(DetectionData.lastNames, EnglishWords.Listed.last)
        addWords(DetectionData.englishWords)
    }

    /// Names with blanks between; those that are words of the language, too, stand before a bar.
    private mutating func addNames(_ text: String, _ list: UInt8) {
        var hash = WordSet.basis
        var flags = list | EnglishWords.Listed.ambiguous
        for byte in text.utf8 {
            if FoldedText.isLatin(UInt32(byte)) {
                hash = WordSet.add(UInt32(byte), to: hash)
            } else {
                if hash != WordSet.basis { add(hash, flags) }
                hash = WordSet.basis
                if byte == UInt8(ascii: "|") { flags = list }
            }
        }
    }

    /// Front-coded words: see ``DetectionData/englishWords``.
    private mutating func addWords(_ bytes: UnsafeBufferPointer<UInt8>) {
        var list = EnglishWords.Listed.common
        /// The hash of each beginning of the word at hand.
        var hashes = [WordSet.basis]
        for byte in bytes {
            if FoldedText.isLatin(UInt32(byte)) {
                hashes.append(WordSet.add(UInt32(byte), to: hashes[hashes.count - 1]))
                continue
            }
            if hashes.count > 1 { add(hashes[hashes.count - 1], list) }
            if byte == UInt8(ascii: "\n") {
                list <<= 1
                hashes.removeLast(hashes.count - 1)
            } else {
                hashes.removeLast(hashes.count - 1 - Int(byte - UInt8(ascii: "A")))
            }
        }
    }

    private mutating func add(_ hash: UInt32, _ flags: UInt8) {
        var slot = Int(hash) & mask
        while slots[slot].lists != 0, slots[slot].hash != hash { slot = (slot + 1) & mask }
        slots[slot].hash = hash
        slots[slot].lists |= flags
    }

    @inline(__always)
    subscript(hash: UInt32) -> UInt8 {
        var slot = Int(hash) & mask
        while slots[slot].lists != 0 {
            if slots[slot].hash == hash { return slots[slot].lists }
            slot = (slot + 1) & mask
        }
        return 0
    }
}

/// Traditional characters and their simplified forms.
package enum Simplification {
    /// The Han characters of the basic plane.
    static let range: Range<UInt32> = 0x3400..<0xA000

    /// By character of ``range``.
    static let table: [UInt16] = {
        var table = range.map { UInt16($0) }
        var traditional: UInt32?
        for scalar in DetectionData.simplified.unicodeScalars where scalar != "\n" {
            if let before = traditional {
                table[Int(before - range.lowerBound)] = UInt16(scalar.value)
                traditional = nil
            } else {
                traditional = scalar.value
            }
        }
        return table
    }()

    /// A text with the simplified forms of its characters.
    package static func simplified(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(range.contains(scalar.value) ? Unicode.Scalar(of(scalar.value)) ?? scalar : scalar) }
        return String(result)
    }

    /// - Parameter unit: in ``range``.
    @inline(__always)
    static func of(_ unit: UInt32) -> UInt32 { UInt32(table[Int(unit - range.lowerBound)]) }
}
