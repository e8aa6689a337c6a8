import Detection
import Policy

extension PolicyCheck {
    /// The policy's own recognizers, in the detector's form, tried on their examples.
    ///
    /// - Throws: `PolicyError` with the place of every pattern that cannot be read, name that is taken, and example that proves wrong. An
    ///   example may be a customer's words: no message repeats it.
    static func recognizers(_ policy: PolicySet) throws -> [Recognizer] {
        var problems: [PolicyError.Problem] = []
        func add(_ place: Place, _ message: String) { problems.append(.init(file: place.file, line: place.line, message: message)) }
        let recognizers = policy.recognizers.compactMap { rule -> Recognizer? in
            if EntityType(rawValue: rule.name) != nil {
                add(rule.place, "recognizer '\(rule.name)' has the name of a type that the vault finds itself; give it another, such as OWN_\(rule.name)")
                return nil
            }
            do throws(Pattern.Failure) {
                return try Recognizer(
                    name: rule.name, pattern: rule.pattern, checksum: rule.checksum.map(OwnChecksum.init), cues: rule.cues, against: rule.against, reach: rule.within,
                    score: rule.score,
                    scoreAlone: rule.withoutCue, replacement: RedactionOperator(rule.replacement))
            } catch {
                add(rule.patternPlace, "the pattern of recognizer '\(rule.name)' cannot be used: \(error.description)")
                return nil
            }
        }
        for recognizer in recognizers {
            guard let rule = policy.recognizers.first(where: { $0.name == recognizer.name }) else { continue }
            for (number, example) in rule.examples.enumerated() where !recognizer.finds(in: example.text) {
                add(example.place, "example \(number + 1) of recognizer '\(rule.name)' is not found: nothing in it has the pattern\(rule.conditions)")
            }
            for (number, example) in rule.counterexamples.enumerated() where recognizer.finds(in: example.text) {
                add(example.place, "counterexample \(number + 1) of recognizer '\(rule.name)' is found, and would be redacted")
            }
        }
        if !problems.isEmpty { throw PolicyError(problems) }
        return recognizers
    }
}

extension RecognizerRule {
    /// What a match needs beyond its pattern, as a message goes on.
    fileprivate var conditions: String {
        let needs = [
            checksum == nil ? nil : "a right checksum", cues.isEmpty || withoutCue >= 0.5 ? nil : "a cue within \(within) characters",
            against.isEmpty ? nil : "no word of 'against' beside it",
        ]
        let list = needs.compactMap { $0 }
        return list.isEmpty ? "" : " with " + list.joined(separator: ", ")
    }
}

extension OwnChecksum {
    init(_ rule: RecognizerRule.Checksum) {
        switch rule {
        case .named(.luhn): self = .luhn
        case .named(.mod97): self = .mod97
        case .named(.mod11_2): self = .mod11_2
        case .named(.mod11_10): self = .mod11_10
        case .named(.verhoeff): self = .verhoeff
        case .weighted(let weights, let modulus): self = .weighted(weights, modulus: modulus)
        }
    }
}

extension RedactionOperator {
    init(_ replacement: RedactionRule.Replacement) {
        switch replacement {
        case .placeholder: self = .placeholder
        case .mask(let keepLast): self = .mask(keepLast: keepLast)
        case .generalize: self = .generalize
        case .drop: self = .drop
        }
    }
}
