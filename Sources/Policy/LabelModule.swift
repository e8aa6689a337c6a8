/// What a module may say of records: labels that are a field of its own, which queries and grants name.
public struct LabelModule: Sendable, Equatable {
    /// Which labels it has.
    public enum Vocabulary: Sendable, Equatable {
        /// These alone.
        case listed([String])
        /// Codes of `codeframe.yaml`.
        case codes
        /// A code, a dot, and one of ``polarities``.
        case aspects
        /// Any that are written as labels are.
        case free
    }

    public var name: String
    public var vocabulary: Vocabulary
    /// Whether a record can have several of them.
    public var isMultiple: Bool
    public var place: Place

    /// More labels of one record say nothing any more.
    public static let mostLabels = 50
    public static let polarities = ["negative", "neutral", "positive"]

    /// How many characters a label may have: an aspect's has a code's and its polarity.
    public var labelLength: Int { vocabulary == .aspects ? 80 : Self.longest }
    public static let longest = 64

    /// Whether a text is written as a label: lower-case letters, digits, dots, hyphens and underscores.
    public static func isLabel(_ text: String, length: Int = longest) -> Bool {
        (1...length).contains(text.utf8.count) && text.utf8.allSatisfy { $0 &- 97 < 26 || $0 &- 48 < 10 || [0x2D, 0x2E, 0x5F].contains($0) }
    }

    /// What the modules that come with the vault may say.
    public static let builtin: [LabelModule] = [
        own("topic", .codes), own("urgency", .codes), own("aspect", .aspects), own("sentiment", .listed(polarities), isMultiple: false),
        own("need", .listed(CodeFrameFile.NeedLevel.allCases.map(\.rawValue)), isMultiple: false), own("point", .listed(["pain", "itch", "delight"])),
        own("emotion", .listed(["anger", "disappointment", "worry", "joy", "gratitude", "none"])),
        own("intent", .listed(["complaint", "question", "request", "praise", "suggestion", "churn"])),
        own("relevance", .listed(["relevant", "spam", "automatic", "irrelevant"]), isMultiple: false),
        own("originality", .listed(["original", "copy"]), isMultiple: false), own("coding", .free, isMultiple: false),
    ]

    private static func own(_ name: String, _ vocabulary: Vocabulary, isMultiple: Bool = true) -> LabelModule {
        LabelModule(name: name, vocabulary: vocabulary, isMultiple: isMultiple, place: Place(file: "", line: 0))
    }
}

extension PolicySet {
    /// The module of a name; nil: there is none.
    public func module(_ name: String) -> LabelModule? { modules.first { $0.name == name } ?? LabelModule.builtin.first { $0.name == name } }

    /// The names of all modules.
    public var moduleNames: [String] { LabelModule.builtin.map(\.name) + modules.map(\.name) }
}

extension PolicyLoader {
    /// Reads `modules` of `schema.yaml`, once its fields have been read.
    mutating func readModules(_ map: LocatedMapping) {
        for (name, value) in map.order {
            if !isFieldName(name) {
                problems.add(value.place, "module name '\(name)' may have only lower-case letters, digits and _, at most 48")
                definedFields.isWhole = false
                continue
            }
            if BuiltinField(rawValue: name) != nil || LabelModule.builtin.contains(where: { $0.name == name }) {
                problems.add(value.place, "'\(name)' is built in and cannot be defined")
                continue
            }
            if definedFields.names.contains(name) {
                problems.add(value.place, "'\(name)' is a field already: give the module another name")
                continue
            }
            definedFields.insert(name)
            guard let module = value.mapping("module '\(name)'") else { continue }
            module.allow(only: ["labels", "several", "description"])
            _ = module["description"]?.string("the description of module '\(name)'")
            let isMultiple = module["several"]?.boolean("several") ?? false
            guard let labels = module.required("labels", of: "module '\(name)'"), let listed = labels.texts("the labels of module '\(name)'", each: "a label") else { continue }
            if listed.isEmpty { problems.add(labels.place, "module '\(name)' has no label") }
            var known: Set<String> = []
            for (label, place) in listed {
                if !LabelModule.isLabel(label) {
                    problems.add(place, "label '\(label)' may have only lower-case letters, digits, dots, hyphens and _, at most \(LabelModule.longest)")
                }
                if !known.insert(label).inserted { problems.add(place, "label '\(label)' stands twice in module '\(name)'") }
            }
            modules.append(LabelModule(name: name, vocabulary: .listed(listed.map(\.text)), isMultiple: isMultiple, place: value.place))
        }
    }
}
