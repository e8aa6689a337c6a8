import Foundation

/// `codeframe.yaml`: what feedback can be about.
public struct CodeFrameFile: Sendable {
    public struct Code: Sendable {
        /// What the file may say of a code.
        static let keys = [
            "id", "zh", "en", "department", "urgent", "need", "effort", "journey", "phrases", "hints", "unless", "alone", "examples", "counterexamples",
            "definition", "area",
        ]

        public var id: String
        public var chinese: String
        public var english: String
        public var department: String
        /// What counts as it and what does not, for people who code by hand.
        public var definition: String
        public var area: Area?
        public var isUrgent: Bool
        public var need: NeedLevel?
        /// Cost of an improvement, from 1 (little) to 5.
        public var effort: Int
        public var journey: JourneyStage?
        public var phrases: [String]
        /// Phrases that indicate it where their clause mentions nothing else.
        public var hints: [String]
        /// Phrases within which the others do not count.
        public var exclusions: [String]
        /// Whether it counts only where no other topic does.
        public var isAlone: Bool
        /// Texts that must get the code, and texts that must not.
        public var examples: [String]
        public var counterexamples: [String]
        /// The pack of one trade that it comes from.
        public var trade: FramePack?
        public var place: Place
    }

    /// Who can do something about it.
    public enum Area: String, Sendable, CaseIterable {
        case technical, service, market
    }

    /// What a need means for satisfaction (Kano, Seraku, Takahashi, Tsuji 1984, "Attractive Quality and Must-Be Quality").
    public enum NeedLevel: String, Sendable, CaseIterable {
        /// Taken for granted: annoys when missing, goes unnoticed when there.
        case basic
        /// The more, the better.
        case performance
        /// Not expected: delights when there.
        case delight
    }

    /// Where in a customer's journey something belongs.
    public enum JourneyStage: String, Sendable, CaseIterable {
        case discover, buy, receive, use, service, leave
    }

    /// Exponents in the formula of priorities.
    public struct Weights: Sendable {
        public var reach = 1.0
        public var severity = 1.0
        public var trend = 1.0
        public var effort = 1.0
    }

    public var codes: [Code] = []
    /// Phrases that show the level of a need by themselves.
    public var needPhrases: [NeedLevel: [String]] = [:]
    /// Phrases that express a wish.
    public var wishes: [String] = []
    /// Terms that `classify discover` does not propose again.
    public var rejected: [String] = []
    public var weights = Weights()
    /// Warnings about what is allowed, but probably not intended.
    public var warnings: [PolicyError.Problem] = []

    /// - Throws: ``PolicyError`` with every problem found.
    public static func load(_ path: String) throws -> CodeFrameFile {
        let problems = Problems()
        guard let text = FileManager.default.contents(atPath: path).flatMap({ String(data: $0, encoding: .utf8) }) else {
            problems.add(Place(file: path, line: 0), "does not exist or is not UTF-8")
            throw PolicyError(problems.found)
        }
        return try read(text, file: path)
    }

    /// Reads a file's text.
    public static func read(_ text: String, file path: String) throws -> CodeFrameFile {
        let problems = Problems()
        var frame = CodeFrameFile()
        if let file = Located.document(text, file: path, problems: problems) {
            file.allowVersioned(["codes", "extends", "without", "needs", "wishes", "rejected", "priority"])
            let codes = file.required("codes", of: "the file")?.list("codes")
            let packs = file["extends"]?.list("extends")?.choices("a pack", FramePack.self, of: "extends") ?? []
            if codes?.isEmpty == true, packs.isEmpty { problems.warn(file.place(of: "codes"), "there is no code: no feedback will ever get a topic") }
            for value in codes ?? [] {
                guard let code = read(value, problems) else { continue }
                if let other = frame.codes.first(where: { $0.id == code.id }) {
                    problems.add(code.place, "code '\(code.id)' is defined twice (\(other.place))")
                }
                frame.codes.append(code)
            }
            for pack in packs { frame.extend(with: pack, problems) }
            for (code, place) in file["without"]?.texts("without", each: "a code") ?? [] {
                if !frame.codes.contains(where: { $0.id == code }) {
                    problems.add(place, "there is no code '\(code)'\(suggestion(for: code, among: frame.codes.map(\.id)))")
                }
                frame.codes.removeAll { $0.id == code }
            }
            if let needs = file["needs"]?.mapping("needs") {
                needs.allow(only: NeedLevel.allCases.map(\.rawValue))
                for level in NeedLevel.allCases {
                    let found = phrases(needs[level.rawValue], problems)
                    for (other, phrases) in frame.needPhrases {
                        for phrase in phrases where found.contains(phrase) {
                            problems.warn(needs.place(of: level.rawValue), "phrase '\(phrase)' stands under both '\(other.rawValue)' and '\(level.rawValue)'")
                        }
                    }
                    frame.needPhrases[level] = found
                }
            }
            frame.wishes = phrases(file["wishes"], problems)
            frame.rejected = phrases(file["rejected"], problems)
            if let weights = file["priority"]?.mapping("priority") {
                weights.allow(only: ["reach", "severity", "trend", "effort"])
                func weight(_ name: String) -> Double { weights[name]?.decimal(name, in: 0...10) ?? 1 }
                frame.weights = Weights(reach: weight("reach"), severity: weight("severity"), trend: weight("trend"), effort: weight("effort"))
            }
        }
        guard problems.isEmpty else { throw PolicyError(problems.found) }
        frame.warnings = problems.warnings
        return frame
    }

    private static func read(_ value: Located, _ problems: Problems) -> Code? {
        guard let map = value.mapping("a code") else { return nil }
        map.allow(only: Code.keys)
        guard let id = map.required("id", of: "a code")?.name("the id of a code") else { return nil }
        let isName = (1...64).contains(id.utf8.count) && id.utf8.allSatisfy { $0 &- 97 < 26 || $0 &- 48 < 10 || [0x2D, 0x2E, 0x5F].contains($0) }
        if !isName { problems.add(value.place, "code '\(id)' may have only lower-case letters, digits, dots, hyphens and _, at most 64") }
        let what = "code '\(id)'"
        return Code(
            id: id, chinese: map.required("zh", of: what)?.name("the name of \(what)") ?? "", english: map.required("en", of: what)?.name("the name of \(what)") ?? "",
            department: map["department"]?.string("department") ?? "", definition: map["definition"]?.string("definition") ?? "",
            area: map["area"]?.choice("area", Area.self), isUrgent: map["urgent"]?.boolean("urgent") ?? false,
            need: map["need"]?.choice("need", NeedLevel.self), effort: map["effort"]?.integer("effort", in: 1...5) ?? 3,
            journey: map["journey"]?.choice("journey", JourneyStage.self),
            phrases: phrases(map.required("phrases", of: what), problems, of: map["hints"] == nil ? what : nil), hints: phrases(map["hints"], problems),
            exclusions: phrases(map["unless"], problems), isAlone: map["alone"]?.boolean("alone") ?? false, examples: phrases(map["examples"], problems),
            counterexamples: phrases(map["counterexamples"], problems), place: value.place)
    }

    /// Adds the codes of a pack. To one that is there already it adds phrases; how it is named and who owns it stays.
    private mutating func extend(with pack: FramePack, _ problems: Problems) {
        let file = "\(pack.rawValue).yaml"
        for value in Located.document(pack.text, file: file, problems: problems)?["codes"]?.list("codes") ?? [] {
            guard var code = Self.read(value, problems) else { continue }
            code.trade = pack == .general ? nil : pack
            if let index = codes.firstIndex(where: { $0.id == code.id }) {
                codes[index].add(code)
            } else {
                codes.append(code)
            }
        }
    }

    private static func phrases(_ value: Located?, _ problems: Problems, of code: String? = nil) -> [String] {
        let phrases = value?.texts("phrases", each: "a phrase") ?? []
        for (phrase, place) in phrases where phrase.allSatisfy(\.isWhitespace) { problems.add(place, "a phrase is empty") }
        if let value, let code, phrases.isEmpty { problems.warn(value.place, "\(code) has no phrase: no feedback will ever get this code") }
        return phrases.map(\.text)
    }
}
