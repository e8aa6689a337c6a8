/// Finds telephone numbers as they are dialled within a country, by its plan (``PhonePlans``).
struct PlanNumbers {
    private struct Chunk {
        var units: Range<Int>
        /// What stands before it, if nothing but a mark or two does.
        var isJoined: Bool
    }

    private let place: PackText
    private let regions: [PhonePlans.Region]
    private let cues: Cues
    private var text: FoldedText { place.text }

    static func detect(in place: PackText, _ cues: Cues, regions: [String], into found: inout [Entity]) {
        guard place.text.digitCount >= 7 else { return }
        PlanNumbers(place: place, regions: regions.compactMap(PhonePlans.shared.region), cues: cues).scan(&found)
    }

    /// Marks between the groups of a number.
    private static let marks = UnitSet(" -./()\u{2013}")
    private static let (shortest, longest) = (8, 13)

    private func scan(_ found: inout [Entity]) {
        let chunks = chunks()
        var first = 0
        /// Behind the last number.
        var free = 0
        while first < chunks.count {
            // Groups before it belong to it: 86 095 742 718 has no telephone in it.
            let isInside = first > free && chunks[first].isJoined
            guard !isInside, place.isReadable(chunks[first].units.lowerBound), let last = last(from: first, chunks) else {
                first += 1
                continue
            }
            let hasBracket = chunks[first].units.lowerBound > 0 && text.units[chunks[first].units.lowerBound - 1] == 0x28
            let range = chunks[first].units.lowerBound - (hasBracket ? 1 : 0)..<chunks[last].units.upperBound
            found.append(place.entity(.phone, range, first == last ? 0.65 : 0.85, "phone.plan"))
            first = last + 1
            free = first
        }
    }

    private func chunks() -> [Chunk] {
        var chunks: [Chunk] = []
        var end = 0
        while true {
            let start = text.next(.digit, from: end)
            guard start < text.count else { return chunks }
            let gap = end..<start
            end = text.end(of: .digit, from: start)
            chunks.append(Chunk(units: start..<end, isJoined: !gap.isEmpty && gap.count <= 3 && gap.allSatisfy { Self.marks.contains(text.units[$0]) }))
        }
    }

    /// The last chunk of the longest number that begins with one.
    private func last(from first: Int, _ chunks: [Chunk]) -> Int? {
        let start = chunks[first].units.lowerBound
        guard start == 0 || !FoldedText.isLetter(text.units[start - 1]) && text.units[start - 1] != 0x2B else { return nil }
        var digits: [UInt8] = []
        var best: Int?
        for index in first..<min(chunks.count, first + 6) {
            if index > first, !chunks[index].isJoined { break }
            digits += chunks[index].units.map { UInt8(text.units[$0] - 48) }
            if digits.count > Self.longest { break }
            let end = chunks[index].units.upperBound
            if digits.count >= Self.shortest, end == text.count || !FoldedText.isLetter(text.units[end]), isNumber(digits, chunks[first...index]) { best = index }
        }
        return best
    }

    private func isNumber(_ digits: [UInt8], _ chunks: ArraySlice<Chunk>) -> Bool {
        guard !isDate(chunks) else { return false }
        return regions.contains { region in
            // Where nothing is dialled before it, groups or a word must tell a number.
            let isDialled = region.hasTrunkZero ? digits[0] == 0 && digits[1] != 0 : digits.count == 9 && (chunks.count > 1 || isCued(chunks.first!.units.lowerBound))
            return isDialled && PhonePlans.shared.number(digits[...], isInternational: false, in: region) != nil
        }
    }

    private func isCued(_ start: Int) -> Bool { cues.before(start, within: 16) { $0 == .phone } != nil }

    /// 01.02.2024 and what stands behind it.
    private func isDate(_ chunks: ArraySlice<Chunk>) -> Bool {
        let sizes = chunks.prefix(3).map(\.units.count)
        guard sizes.count == 3 else { return false }
        return sizes[0] <= 2 && sizes[1] <= 2 && sizes[2] == 4 || sizes[0] == 4 && sizes[1] <= 2 && sizes[2] <= 2 && text.units[chunks.first!.units.lowerBound] != 0x30
    }
}
