import RedactedAPI

/// Recognises feedback that repeats earlier feedback with small edits: copied reviews, forms sent twice, campaigns.
///
/// Texts are compared by their shingles of three characters. MinHash signatures estimate how many shingles two texts share
/// (Broder 1997, "On the resemblance and containment of documents"), and bands of signatures find candidates without comparing
/// every pair (Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", §3.4).
public struct NearDuplicates {
    /// Share of common shingles from which two texts count as the same.
    public static let threshold = 0.75
    private static let rows = 4
    private static let bands = 8
    private static let multipliers: [UInt64] = (1...UInt64(rows * bands)).map { ($0 &* 0x9E37_79B9_7F4A_7C15) | 1 }
    /// Shorter texts count as the same only if they are identical.
    private static let shortest = 12

    private var signatures: [[UInt32]] = []
    /// Originals by band and the rows in it; short ones by their text.
    private var places: [[UInt32]: [Int]] = [:]

    public init() {}

    /// Whether an earlier text says the same. If none does, this text becomes an original.
    public mutating func isCopy(_ text: String) -> Bool {
        let letters = text.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }.map(\.value)
        guard !letters.isEmpty else { return false }
        if letters.count < Self.shortest {
            let key = [UInt32.max] + letters
            defer { places[key] = [] }
            return places[key] != nil
        }
        let signature = Self.signature(letters)
        let keys = (0..<Self.bands).map { band in [UInt32(band)] + signature[band * Self.rows..<(band + 1) * Self.rows] }
        let candidates = Set(keys.flatMap { places[$0] ?? [] })
        if candidates.contains(where: { Self.resemblance(signatures[$0], signature) >= Self.threshold }) { return true }
        signatures.append(signature)
        for key in keys { places[key, default: []].append(signatures.count - 1) }
        return false
    }

    private static func signature(_ letters: [UInt32]) -> [UInt32] {
        var least = [UInt32](repeating: .max, count: rows * bands)
        for start in 0...letters.count - 3 {
            var hash = FNV()
            hash.add(letters[start..<start + 3])
            // The low bits of a product are weak: fold first, then take the high half.
            let folded = hash.value ^ hash.value >> 29
            for (index, multiplier) in multipliers.enumerated() {
                least[index] = min(least[index], UInt32(truncatingIfNeeded: (folded &* multiplier) >> 32))
            }
        }
        return least
    }

    private static func resemblance(_ a: [UInt32], _ b: [UInt32]) -> Double {
        Double(zip(a, b).count { $0 == $1 }) / Double(a.count)
    }

    /// Marks every record of a source as an original or a copy. The oldest of several equal texts is the original.
    ///
    /// Reads all texts since a time, and keeps about 200 bytes of each original.
    ///
    /// - Returns: how many records were read, and how many of them are copies.
    public static func mark(
        _ source: some AnnotatedSource, purpose: String, since: Timestamp? = nil, page: Int = 500
    ) async throws -> (records: Int, copies: Int) {
        var query = Query(select: ["record", "text", "originality"], since: since, limit: page, purpose: purpose)
        var records: [(record: String, text: String, label: String)] = []
        repeat {
            let rows = try await source.page(query)
            records += rows.rows.map { ($0[0].description, $0[1].description, $0[2].description) }
            query.cursor = rows.nextCursor
        } while query.cursor != nil
        var known = NearDuplicates()
        var copies = 0
        var changed: [Annotation] = []
        for (record, text, label) in records.reversed() {
            let found = known.isCopy(text) ? "copy" : "original"
            copies += found == "copy" ? 1 : 0
            if found != label { changed.append(Annotation(record: record, module: "originality", labels: [found: 1])) }
        }
        for start in stride(from: 0, to: changed.count, by: page) {
            _ = try await source.annotate(Array(changed[start..<min(start + page, changed.count)]), purpose: purpose)
        }
        return (records.count, copies)
    }
}
