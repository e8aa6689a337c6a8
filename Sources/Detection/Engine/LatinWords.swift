/// The words of a text in the letters a to z; whatever else stands between two of them.
struct LatinWords {
    private(set) var units: [Range<Int>] = []
    /// See ``WordSet``.
    private(set) var hashes: [UInt32] = []

    init(of text: FoldedText) {
        guard text.hasLatin else { return }
        units.reserveCapacity(text.count / 6 + 4)
        hashes.reserveCapacity(text.count / 6 + 4)
        var index = text.next(.latin, from: 0)
        while index < text.count {
            let start = index
            var hash = WordSet.basis
            while index < text.count, text.traits[index].contains(.latin) {
                hash = WordSet.add(text.units[index], to: hash)
                index += 1
            }
            units.append(start..<index)
            hashes.append(hash)
            index = text.next(.latin, from: index)
        }
    }

    var count: Int { units.count }
}
