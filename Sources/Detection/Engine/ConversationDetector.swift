/// Finds what one speaker says over several turns: a number in pieces, each answered with 嗯; an address that is asked for part by part.
enum ConversationDetector {
    /// Names, ages and words are not taken apart, and what is joined would look like one.
    private static let types: Set<EntityType> = Set(EntityType.allCases).subtracting([.person, .age, .organisation, .term])
    /// A piece as short as this is read back in no recognisable way.
    private static let shortest = 4

    /// Adds to the entities of a text what its turns have together.
    ///
    /// - Parameter detect: finds the entities of a text without regard to turns.
    static func complete(_ found: [Entity], in text: [UInt8], detect: ([UInt8]) -> [Entity]) -> [Entity] {
        guard let conversation = Turns(text) else { return found }
        var pieces: [Entity] = []
        for (_, turns) in Dictionary(grouping: conversation.turns, by: \.speaker) where turns.count > 1 {
            var joined: [UInt8] = []
            var places: [(start: Int, content: Range<Int>)] = []
            for turn in turns {
                let content = withoutEnd(turn.content, text)
                places.append((joined.count, content))
                joined += text[content]
            }
            for entity in detect(joined) where types.contains(entity.type) {
                let parts = places.compactMap { start, content -> Range<Int>? in
                    let part = entity.bytes.clamped(to: start..<start + content.count)
                    return part.isEmpty ? nil : part.lowerBound - start + content.lowerBound..<part.upperBound - start + content.lowerBound
                }
                guard parts.count > 1 else { continue }
                pieces += parts.map { Entity(type: entity.type, bytes: $0, score: entity.score, rule: entity.rule + ".turns", key: entity.key) }
            }
        }
        guard !pieces.isEmpty else { return found }
        pieces += readBack(pieces, in: text, conversation)
        let kept = found.filter { entity in !pieces.contains { $0.bytes.overlaps(entity.bytes) && $0.bytes.count >= entity.bytes.count } }
        let added = pieces.filter { piece in !kept.contains { $0.bytes.overlaps(piece.bytes) } }
        return (kept + added).sorted { $0.bytes.lowerBound < $1.bytes.lowerBound }
    }

    /// The content without the punctuation that a transcript puts behind a turn.
    private static func withoutEnd(_ content: Range<Int>, _ text: [UInt8]) -> Range<Int> {
        let marks: [[UInt8]] = [".", ",", ";", "\u{3002}", "\u{FF0C}", "\u{FF1B}", "、", "…"].map { Array($0.utf8) }
        var end = content.upperBound
        while let mark = marks.first(where: { end - content.lowerBound > $0.count && text[end - $0.count..<end].elementsEqual($0) }) { end -= mark.count }
        return content.lowerBound..<end
    }

    /// Where others repeat a piece.
    private static func readBack(_ pieces: [Entity], in text: [UInt8], _ conversation: Turns) -> [Entity] {
        var found: [Entity] = []
        for piece in pieces where piece.bytes.count >= shortest {
            let value = text[piece.bytes]
            for turn in conversation.turns where turn.content.count >= value.count {
                var start = turn.content.lowerBound
                while start + value.count <= turn.content.upperBound {
                    let place = start..<start + value.count
                    if text[place].elementsEqual(value), !(pieces + found).contains(where: { $0.bytes.overlaps(place) }) {
                        found.append(Entity(type: piece.type, bytes: place, score: piece.score, rule: piece.rule, key: piece.key))
                        start = place.upperBound
                    } else {
                        start += 1
                    }
                }
            }
        }
        return found
    }
}
