/// Codes redacted feedback: topics of a code frame, sentiment, urgency.
///
/// Imports nothing but the values of the redacted query API, so plaintext cannot get here.
public struct CodeFrame: Sendable, Equatable {
    /// A topic, or a reason to hurry.
    public struct Code: Sendable, Equatable {
        /// Lower case, with levels joined by dots: `delivery.speed`.
        public var id: String
        public var chinese: String
        public var english: String
        /// The department responsible.
        public var department: String
        /// Whether it is a reason to hurry rather than a topic.
        public var isUrgent: Bool
        /// What a need with this code means for satisfaction, unless a phrase says otherwise.
        public var need: Need?
        /// Words and phrases that indicate the code, in upper or lower case; for gaps and stems see ``PhraseMatcher``.
        public var phrases: [String]
        /// Phrases that indicate the code where their clause mentions nothing else: "很快" may be said of a courier, or of a computer.
        public var hints: [String]
        /// Phrases within which those that indicate the code do not: `方面` for `面`.
        public var exclusions: [String]
        /// Whether it counts only where no other topic does: a verdict on nothing in particular.
        public var isAlone: Bool
        /// The pack of a trade that it comes from; nil for what all trades share.
        public var trade: String?
        /// Texts that must get the code, and texts that must not.
        public var examples: [String] = []
        public var counterexamples: [String] = []

        public init(
            id: String, chinese: String, english: String, department: String, isUrgent: Bool, need: Need? = nil, phrases: [String], hints: [String] = [],
            exclusions: [String] = [], isAlone: Bool = false
        ) {
            (self.id, self.chinese, self.english, self.department) = (id, chinese, english, department)
            (self.isUrgent, self.need, self.isAlone) = (isUrgent, need, isAlone)
            (self.phrases, self.hints, self.exclusions) = (phrases, hints, exclusions)
        }
    }

    public var codes: [Code]
    /// Phrases that show the level of a need by themselves.
    public var needPhrases: [Need: [String]]
    /// Phrases that express a wish.
    public var wishes: [String]

    public init(codes: [Code], needPhrases: [Need: [String]] = [:], wishes: [String] = []) {
        (self.codes, self.needPhrases, self.wishes) = (codes, needPhrases, wishes)
    }

    /// Changes with every change of the frame.
    public var fingerprint: String {
        var hash = FNV()
        var parts: [String] = []
        for code in codes {
            parts += [code.id, code.isUrgent ? "!" : code.isAlone ? "1" : "", code.need?.rawValue ?? "", code.trade ?? ""] + code.phrases
            parts += code.hints.map { "?" + $0 } + code.exclusions.map { "-" + $0 }
        }
        for need in Need.allCases { parts += [need.rawValue] + (needPhrases[need] ?? []) }
        for part in parts + wishes { hash.add(part.unicodeScalars.map(\.value) + [0]) }
        return String(hash.value, radix: 16)
    }
}

/// Fowler–Noll–Vo 1a, 64 bits: for features and fingerprints, never for secrets.
struct FNV {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ units: some Sequence<UInt32>) {
        for unit in units {
            for shift in [0, 8, 16] as [UInt32] { value = (value ^ UInt64(unit >> shift & 0xFF)) &* 0x100_0000_01B3 }
        }
    }
}
