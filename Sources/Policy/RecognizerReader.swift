extension PolicyLoader {
    /// The longest pattern, and the most recognizers: each text is read once for each.
    private static let longestPattern = 500
    private static let mostRecognizers = 50

    mutating func readRecognizers(_ value: Located) {
        guard let map = value.mapping("recognizers") else { return }
        if map.order.count > Self.mostRecognizers { problems.add(value.place, "there may be at most \(Self.mostRecognizers) recognizers, not \(map.order.count)") }
        recognizers = map.order.compactMap { readRecognizer($0.key, $0.value, at: map.place(of: $0.key)) }
    }

    private func readRecognizer(_ name: String, _ value: Located, at place: Place) -> RecognizerRule? {
        let isName =
            (2...32).contains(name.utf8.count) && name.utf8.allSatisfy { $0 == 95 || (65...90).contains($0) || (48...57).contains($0) }
            && name.utf8.first.map { (65...90).contains($0) } == true
        guard isName else {
            problems.add(place, "the name of recognizer '\(name)' must have 2 to 32 capital letters, digits and _, such as LOYALTY_NO")
            return nil
        }
        guard let map = value.mapping("recognizer '\(name)'") else { return nil }
        let known = problems.count
        map.allow(only: ["pattern", "checksum", "cues", "against", "within", "score", "without_cue", "replace", "examples", "counterexamples"])
        let pattern = map.required("pattern", of: "recognizer '\(name)'")
        var rule = RecognizerRule(name: name, pattern: pattern?.name("the pattern of recognizer '\(name)'") ?? "", patternPlace: pattern?.place ?? place, place: place)
        if rule.pattern.unicodeScalars.count > Self.longestPattern {
            problems.add(rule.patternPlace, "the pattern of recognizer '\(name)' must have at most \(Self.longestPattern) characters")
        }
        rule.checksum = map["checksum"].flatMap(readChecksum)
        rule.cues = words(map["cues"], "cues")
        rule.against = words(map["against"], "against")
        rule.within = map["within"]?.integer("within", in: 1...100) ?? rule.within
        rule.score = map["score"]?.decimal("score", in: 0...1) ?? rule.score
        rule.withoutCue = map["without_cue"]?.decimal("without_cue", in: 0...1) ?? rule.withoutCue
        rule.replacement = map["replace"].flatMap { readReplacement($0, among: ["placeholder", "drop"]) } ?? rule.replacement
        rule.examples = examples(map.required("examples", of: "recognizer '\(name)'"), "examples")
        rule.counterexamples = examples(map["counterexamples"], "counterexamples")
        if let list = map["examples"], rule.examples.isEmpty, problems.count == known { problems.add(list.place, "recognizer '\(name)' must have an example of what it finds") }
        if map["without_cue"] != nil, rule.cues.isEmpty { problems.warn(map.place(of: "without_cue"), "recognizer '\(name)' has no cues: 'without_cue' has no effect") }
        if rule.score < 0.5, problems.count == known { problems.warn(map.place(of: "score"), "what recognizer '\(name)' finds scores below 0.5 and stays") }
        return problems.count == known ? rule : nil
    }

    private func words(_ value: Located?, _ what: String) -> [String] {
        (value?.texts(what, each: "a word") ?? []).compactMap { word, place in
            guard word.contains(where: { !$0.isWhitespace }) else {
                problems.add(place, "an entry of '\(what)' is empty")
                return nil
            }
            return word
        }
    }

    private func examples(_ value: Located?, _ what: String) -> [RecognizerRule.Example] {
        (value?.texts(what, each: "an example") ?? []).map { RecognizerRule.Example(text: $0.text, place: $0.place) }
    }

    private func readChecksum(_ value: Located) -> RecognizerRule.Checksum? {
        guard case .mapping = value.node else { return value.choice("checksum", RecognizerRule.ChecksumName.self).map { .named($0) } }
        guard let map = value.mapping("checksum"), map.allow(only: ["weights", "modulus"]) else { return nil }
        let weights = map.required("weights", of: "checksum")?.list("weights")?.compactMap { $0.integer("a weight", in: -1000...1000) }
        guard let modulus = map.required("modulus", of: "checksum")?.integer("modulus", in: 2...1000), let weights else { return nil }
        guard (2...64).contains(weights.count) else {
            problems.add(map.place(of: "weights"), "weights must have 2 to 64 numbers, one for each digit, the check digit's too")
            return nil
        }
        return .weighted(weights, modulus: modulus)
    }
}
