/// A language that texts are read in beside Chinese and English, as `schema.yaml` names it.
public struct PackName: Sendable, Equatable {
    public var name: String
    public var place: Place
}

/// A type of personal data that only this deployment has, and how it is recognized, as `schema.yaml` says.
public struct RecognizerRule: Sendable, Equatable {
    public enum ChecksumName: String, Sendable, CaseIterable {
        case luhn, mod97
        case mod11_2, mod11_10
        case verhoeff
    }

    public enum Checksum: Sendable, Equatable {
        case named(ChecksumName)
        case weighted([Int], modulus: Int)
    }

    public struct Example: Sendable, Equatable {
        public var text: String
        public var place: Place
    }

    /// As it stands in the placeholder: LOYALTY_NO.
    public var name: String
    public var pattern: String
    public var patternPlace: Place
    public var checksum: Checksum?
    /// Words that stand beside it.
    public var cues: [String] = []
    /// Words beside which it is something else.
    public var against: [String] = []
    /// Within how many characters.
    public var within = 12
    /// How sure a match is, 0 to 1, beside a cue if there are any; and where no cue stands.
    public var score = 0.9
    public var withoutCue = 0.0
    public var replacement = RedactionRule.Replacement.placeholder
    public var examples: [Example] = []
    public var counterexamples: [Example] = []
    public var place: Place

    /// What it finds, and how it is redacted, on one line.
    var summary: String {
        let sum =
            switch checksum {
            case .named(let name)?: " \(name.rawValue)"
            case .weighted(let weights, let modulus)?: " \(weights) mod \(modulus)"
            case nil: ""
            }
        return "\(name)=/\(pattern)/\(sum) \(cues)-\(against) within \(within), \(score) or \(withoutCue), \(replacement)"
    }
}
