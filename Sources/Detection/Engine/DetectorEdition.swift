/// What stored texts were redacted by: the detector's version in the low sixteen bits, a digest of its configuration above them.
public enum DetectorEdition {
    private static let versionBits = 16
    private static let digestBits = 40

    static func of(_ rules: [EntityType: TypeRule], _ never: [String], _ always: [String], _ things: [String], _ own: [Recognizer], _ packs: [LanguagePack]) -> Int {
        guard !(rules.isEmpty && never.isEmpty && always.isEmpty && things.isEmpty && own.isEmpty && packs.isEmpty) else { return Detector.version }
        let types = rules.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value.threshold) \($0.value.replacement)" }
        // What came later stands last, and is nothing where it is not used: such deployments' texts stay as they are.
        let later = (things.isEmpty ? "" : " things \(things.sorted())") + (packs.isEmpty ? "" : " packs \(packs.map(\.rawValue))")
        let text = "\(types) \(never.sorted()) \(always.sorted()) \(own.map(\.definition).sorted())\(later)"
        // FNV-1a: two configurations in a row must differ, and nobody gains from making them alike.
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return Int(max(1, hash >> UInt64(64 - digestBits))) << versionBits | Detector.version
    }

    /// The version of an edition that a record has.
    public static func version(_ edition: Int) -> Int { edition & (1 << versionBits - 1) }

    /// The modulus by which a store reads the version of an edition.
    public static let versions = 1 << versionBits
}
