/// Words of at most 16 bytes, compared by their bytes: ingest looks several up in every record, and making strings of them costs more.
struct ShortWords: Sendable {
    private let keys: Set<UInt128>

    init(_ words: some Sequence<String>) { keys = Set(words.map { Self.key($0.utf8)! }) }

    func contains(_ bytes: some Collection<UInt8>) -> Bool { Self.key(bytes).map(keys.contains) ?? false }

    /// Whether the letters of an ASCII text are one of the words, which are in lower case.
    func containsLetters(of bytes: some Collection<UInt8>) -> Bool {
        var (key, count): (UInt128, Int) = (0, 0)
        for byte in bytes where (byte | 0x20) &- 97 < 26 {
            count += 1
            guard count <= Self.longest else { return false }
            key = key << 8 | UInt128(byte | 0x20)
        }
        return keys.contains(key)
    }

    private static let longest = 16

    /// The bytes as a number; nil if there are too many. No word has a byte of 0, so that none is another's with zeros in front.
    private static func key(_ bytes: some Collection<UInt8>) -> UInt128? {
        bytes.count > longest ? nil : bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }
}
