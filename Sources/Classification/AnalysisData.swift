import CAnalysisData

/// What the module knows of words: the files of `Sources/CAnalysisData/data`, which are compiled in.
///
/// The lexicons are written by hand, `Tools/SentimentData` writes the rest; NOTICE has sources and licences.
package enum AnalysisData {
    /// Pairs of a traditional character and its simplified form.
    static var simplified: String { text(CAnalysisDataSimplified()) }
    /// What judges in Chinese; for the form see ``Lexicon``.
    static var chineseLexicon: String { text(CAnalysisDataChineseLexicon()) }
    /// What judges in English.
    static var englishLexicon: String { text(CAnalysisDataEnglishLexicon()) }
    /// Words of VADER with their weights, in the same form.
    static var englishWords: String { text(CAnalysisDataEnglishWords()) }
    /// ``LinearModel/text`` of the label `positive`.
    static var chineseWeights: String { text(CAnalysisDataChineseWeights()) }
    static var englishWeights: String { text(CAnalysisDataEnglishWeights()) }
    /// What shows feelings and wants, in both languages; for the form see ``Cues``.
    static var opinionLexicon: String { text(CAnalysisDataOpinionLexicon()) }

    /// Each file's content by its name: what a test compares with their published hashes.
    package static var files: [String: [UInt8]] {
        [
            "zh.lexicon": CAnalysisDataChineseLexicon(), "en.lexicon": CAnalysisDataEnglishLexicon(), "en.words": CAnalysisDataEnglishWords(),
            "zh.weights": CAnalysisDataChineseWeights(), "en.weights": CAnalysisDataEnglishWeights(), "opinions.lexicon": CAnalysisDataOpinionLexicon(),
        ].mapValues { Array(bytes($0)) }
    }

    private static func bytes(_ data: CAnalysisData) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: data.bytes, count: data.count) }

    private static func text(_ data: CAnalysisData) -> String { String(decoding: bytes(data), as: UTF8.self) }
}
