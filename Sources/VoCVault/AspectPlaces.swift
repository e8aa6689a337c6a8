import RedactedAPI

/// Where a record's redacted text says what an aspect says.
///
/// It is stored as a label of the module ``module``: the edition of the redaction, the mark of the text (``Annotation/mark(of:)``), the
/// aspect, and its places, with blanks between them. Programs that do not know the module carry it along.
struct AspectPlaces: Equatable {
    static let module = "aspect.places"

    /// Of the detector that redacted the text.
    var edition: Int
    var mark: String
    var aspect: String
    /// Pairs of a beginning and an end, in Unicode scalars.
    var places: [Int]

    init(edition: Int, mark: String, aspect: String, places: [Int]) {
        (self.edition, self.mark, self.aspect, self.places) = (edition, mark, aspect, places)
    }

    /// Nil for what is no such label.
    init?(_ label: String) {
        let words = label.split(separator: " ")
        guard words.count >= 5, let edition = Int(words[0]) else { return nil }
        let places = words[3...].compactMap { Int($0) }
        guard places.count == words.count - 3, Self.areValid(places) else { return nil }
        self.init(edition: edition, mark: String(words[1]), aspect: String(words[2]), places: places)
    }

    var label: String { "\(edition) \(mark) \(aspect) \(places.map(String.init).joined(separator: " "))" }

    /// As rows show it: `food.taste.negative 4-12 30-33`.
    var description: String {
        aspect + stride(from: 0, to: places.count, by: 2).map { " \(places[$0])-\(places[$0 + 1])" }.joined()
    }

    /// Whether these are pairs, each behind the one before.
    static func areValid(_ places: [Int]) -> Bool {
        !places.isEmpty && places.count % 2 == 0 && places.count <= 2 * Annotation.mostPlaces && places[0] >= 0 && places.last! <= 10_000_000
            && zip(places, places.dropFirst()).enumerated().allSatisfy { $0 % 2 == 0 ? $1.0 < $1.1 : $1.0 <= $1.1 }
    }
}

extension RecordCodes {
    /// The places that are in just this text, as an edition redacted it; of another they would show other words.
    func places(in text: String, edition: Int) -> [AspectPlaces] {
        let known = labels.lazy.filter { $0.module == AspectPlaces.module }.compactMap { AspectPlaces($0.label) }
        let mark = Annotation.mark(of: text)
        let length = text.unicodeScalars.count
        return known.filter { $0.edition == edition && $0.mark == mark && $0.places.last! <= length }
    }

    /// Forgets what depends on how the text was redacted: places, and that it was coded, so that it is coded anew.
    mutating func forgetText() {
        for module in [AspectPlaces.module, "coding"] { set([], of: module) }
    }
}
