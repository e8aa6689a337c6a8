import Foundation

extension PolicySet {
    /// Reads `schema.yaml`, `purposes.yaml`, `roles.yaml`, `retention.yaml` and, when it is there,
    /// `alerts.yaml`, `forms.yaml`, `outbox.yaml`, `principals.yaml`, `sources.yaml` in `folder`.
    ///
    /// - Throws: ``PolicyError`` with every problem found: unknown keys, wrong types, dangling and
    ///   duplicate names, cycles.
    public static func load(from folder: String) throws -> PolicySet {
        var files: [String: [UInt8]] = [:]
        for name in fileNames { files[name] = FileManager.default.contents(atPath: "\(folder)/\(name)").map { Array($0) } }
        return try load(files, from: folder)
    }

    /// The files of a policy, each of which counts.
    public static let fileNames = [
        "alerts.yaml", "codeframe.yaml", "forms.yaml", "outbox.yaml", "principals.yaml", "purposes.yaml", "retention.yaml", "roles.yaml", "schema.yaml", "sources.yaml",
    ]

    /// The same of files that were read before.
    ///
    /// - Parameters:
    ///   - files: contents by name.
    ///   - folder: where they are, or were.
    public static func load(_ files: [String: [UInt8]], from folder: String) throws -> PolicySet {
        let problems = Problems()
        func read(_ name: String) -> LocatedMapping? {
            let path = folder + "/" + name
            guard let data = files[name] else {
                problems.add(Place(file: path, line: 0), "does not exist or cannot be read")
                return nil
            }
            guard let text = String(validating: data, as: UTF8.self) else {
                problems.add(Place(file: path, line: 0), "is not UTF-8")
                return nil
            }
            return Located.document(text, file: path, problems: problems)
        }
        var loader = PolicyLoader(problems: problems)
        loader.readSchema(read("schema.yaml"))
        loader.readPurposes(read("purposes.yaml"))
        loader.readRoles(read("roles.yaml"))
        loader.readRetention(read("retention.yaml"))
        if files["alerts.yaml"] != nil { loader.readAlerts(read("alerts.yaml")) }
        if files["outbox.yaml"] != nil { loader.readOutbox(read("outbox.yaml"), folder: folder) }
        if files["principals.yaml"] != nil { loader.readIssuers(read("principals.yaml"), folder: folder) }
        if files["sources.yaml"] != nil { loader.readSources(read("sources.yaml"), folder: folder) }
        if files["forms.yaml"] != nil { loader.readForms(read("forms.yaml")) }
        loader.adviseOnWhole(folder)
        guard problems.isEmpty else { throw PolicyError(problems.found) }
        var policy = loader.policy
        policy.files = files
        return policy
    }
}

/// Builds a policy file by file; a file may name what earlier files define.
struct PolicyLoader {
    let problems: Problems
    var fields: [FieldSchema] = []
    var purposes: [String: Purpose] = [:]
    var roles: [String: Role] = [:]
    var retention: [RetentionRule] = []
    var tombstones = TombstonePolicy()
    var csvColumns: [String: String] = [:]
    var channels: [String] = []
    var timeZone = "UTC"
    var country = "CN"
    var linkGapDays = 730
    var caseDeadline = CaseDeadline.month
    var neverRedact: [String] = []
    var alwaysRedact: [String] = []
    var redactionRules: [RedactionRule] = []
    var recognizers: [RecognizerRule] = []
    var languages: [PackName] = []
    var things: [String] = []
    var occurrence = OccurrenceBounds()
    var clock = ClockPolicy()
    var ceiling = RetentionCeiling()
    var alerts = AlertPolicy()
    var outbox: [OutboxEndpoint] = []
    var modules: [LabelModule] = []
    var forms: [FormPolicy] = []
    var hooks: [HookPolicy] = []
    var issuers: [IdentityIssuer] = []
    var tokens = TokenPolicy()
    var figures = FigurePolicy()
    var questionDays = 365
    var logDays: Int?
    var keptDays: [KeptRows: Int] = [:]
    var presets: [SourceRule] = []
    var sources: [String: SourceRule] = [:]

    var definedFields = DefinedNames()
    var definedPurposes = DefinedNames()
    var definedRoles = DefinedNames()

    init(problems: Problems) { self.problems = problems }

    var policy: PolicySet {
        var policy = PolicySet(
            fields: fields, purposes: purposes, roles: roles, retention: retention, tombstones: tombstones, csvColumns: csvColumns,
            channels: channels,
            timeZone: timeZone, caseDeadline: caseDeadline, neverRedact: neverRedact, alwaysRedact: alwaysRedact,
            redaction: redactionRules, occurrence: occurrence, clock: clock, ceiling: ceiling, alerts: alerts, issuers: issuers, tokens: tokens, questionDays: questionDays,
            logDays: logDays,
            warnings: problems.warnings.sorted { ($0.file, $0.line) < ($1.file, $1.line) })
        policy.keptDays = keptDays
        policy.outbox = outbox
        (policy.modules, policy.forms, policy.hooks) = (modules, forms, hooks)
        policy.figures = figures
        (policy.recognizers, policy.languages, policy.things) = (recognizers, languages, things)
        (policy.country, policy.linkGapDays) = (country, linkGapDays)
        (policy.presets, policy.sources) = (presets, sources)
        return policy
    }

    // MARK: purposes.yaml

    mutating func readPurposes(_ file: LocatedMapping?) {
        guard let file else { return }
        file.allowVersioned(["purposes"])
        guard let definitions = file.required("purposes", of: "the file")?.mapping("purposes") else { return }
        definedPurposes.isWhole = true
        for (name, value) in definitions.order {
            definedPurposes.insert(name)
            adviseOnName(name, of: "purpose", at: definitions.place(of: name))
            guard let map = value.mapping("purpose '\(name)'") else { continue }
            map.allow(only: ["description", "basis", "law"])
            purposes[name] = Purpose(
                name: name,
                description: map.required("description", of: "purpose '\(name)'")?.name("the description of purpose '\(name)'") ?? "",
                basis: map.required("basis", of: "purpose '\(name)'").flatMap { readBasis($0, of: name) } ?? "",
                law: map["law"]?.name("the law of purpose '\(name)'"), place: value.place)
        }
    }

    /// One of the words, or an article. What is nearly one of the words would otherwise pass for an article, and customers' decisions would
    /// count for nothing.
    private func readBasis(_ value: Located, of purpose: String) -> String? {
        guard let text = value.name("the basis of purpose '\(purpose)'") else { return nil }
        guard Purpose.Ground(rawValue: text) == nil else { return text }
        let words = Purpose.Ground.allCases.map(\.rawValue)
        let plain = text.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 }
        if !text.contains(where: \.isNumber), let meant = nearestName(to: String(plain), among: words) {
            problems.add(value.place, "the basis of purpose '\(purpose)' must be one of \(words.joined(separator: ", ")), or an article; did you mean '\(meant)'?")
        }
        return text
    }
}
