/// A set of characters of Unicode's basic plane, a bit for each: hashing would cost more than all the rest of a look-up.
struct UnitSet: Sendable {
    private var words = [UInt64](repeating: 0, count: 0x10000 / 64)

    init(_ units: some Sequence<UInt32>) {
        for unit in units { insert(unit) }
    }

    init(_ characters: String) { self.init(characters.unicodeScalars.map(\.value)) }

    mutating func insert(_ unit: UInt32) { words[Int(unit >> 6)] |= 1 << UInt64(unit & 63) }

    func contains(_ unit: UInt32) -> Bool { unit < 0x10000 && words[Int(unit >> 6)] & 1 << UInt64(unit & 63) != 0 }
}
