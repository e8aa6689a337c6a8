import CDetectionData

/// What the module knows of names, words and places: the files of `Sources/CDetectionData/data`, which are compiled in.
///
/// `Tools/build_lexicon.py` and `Tools/TrainNames` write them; NOTICE has their sources and licences.
package enum DetectionData {
    /// Chinese surnames, each with its cost in names; for costs see ``PackedTable/init(costs:)``.
    static var surnames: String { text(CDetectionDataSurnames()) }
    /// Characters of Chinese given names, each with its cost there.
    static var givenCharacters: String { text(CDetectionDataGivenCharacters()) }
    /// Chinese words and characters, each with its cost in running text.
    static var words: String { text(CDetectionDataWords()) }
    /// English given names, those first that are words of the language too, a bar between.
    static var firstNames: String { text(CDetectionDataFirstNames()) }
    /// English family names, in the same form.
    static var lastNames: String { text(CDetectionDataLastNames()) }
    /// Words of English, front-coded: a capital says how many letters a word shares with the one before (A: none), and its other letters follow.
    /// A line each for the most common ones, for others, and for those that are always capitals but name no person.
    static var englishWords: UnsafeBufferPointer<UInt8> { bytes(CDetectionDataEnglishWords()) }
    /// What ``LanguageProfiles`` reads.
    static var languages: String { text(CDetectionDataLanguages()) }
    /// Administrative divisions of the PRC.
    static var places: String { text(CDetectionDataPlaces()) }
    /// Pairs of a traditional character and its simplified form.
    static var simplified: String { text(CDetectionDataSimplified()) }

    /// Weights of ``NameTagger``, as ``SpanWeights/encoded`` gives them.
    static var chineseTagger: UnsafeBufferPointer<UInt8> { bytes(CDetectionDataChineseTagger()) }
    /// Weights of ``EnglishTagger``.
    static var englishTagger: UnsafeBufferPointer<UInt8> { bytes(CDetectionDataEnglishTagger()) }

    /// Each file's content by its name: what a test compares with their published hashes.
    package static var files: [String: [UInt8]] {
        [
            "surnames.txt": CDetectionDataSurnames(), "given-characters.txt": CDetectionDataGivenCharacters(), "words.txt": CDetectionDataWords(),
            "first-names.txt": CDetectionDataFirstNames(), "last-names.txt": CDetectionDataLastNames(), "english-words.txt": CDetectionDataEnglishWords(),
            "languages.txt": CDetectionDataLanguages(), "places.txt": CDetectionDataPlaces(),
            "simplified.txt": CDetectionDataSimplified(), "zh.weights": CDetectionDataChineseTagger(), "en.weights": CDetectionDataEnglishTagger(),
        ].mapValues { Array(bytes($0)) }
    }

    private static func bytes(_ data: CDetectionData) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: data.bytes, count: data.count) }

    private static func text(_ data: CDetectionData) -> String { String(decoding: bytes(data), as: UTF8.self) }
}
