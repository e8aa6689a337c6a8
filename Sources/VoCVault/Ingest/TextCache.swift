/// Results for short texts, by their bytes: columns repeat the same few texts.
///
/// Two texts with the same place displace each other.
struct TextCache {
    private struct Entry {
        var bytes: [UInt8] = []
        var text = ""
    }

    private var entries = [Entry](repeating: Entry(), count: 1024)

    /// - Parameters:
    ///   - bytes: not empty.
    ///   - make: computes the result if it is not cached.
    mutating func text(_ bytes: ArraySlice<UInt8>, make: (String) -> String) -> String {
        // FNV-1a.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let place = Int(truncatingIfNeeded: hash ^ hash >> 32) & 1023
        if entries[place].bytes.elementsEqual(bytes) { return entries[place].text }
        let text = make(String(decoding: bytes, as: UTF8.self))
        entries[place] = Entry(bytes: Array(bytes), text: text)
        return text
    }
}
