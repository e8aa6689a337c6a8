import Detection
import Policy
import RedactedAPI

/// Checks what the policy files say in the query language, which the policy module does not know.
package enum PolicyCheck {
    /// - Throws: `PolicyError` with the place of every row filter that cannot be read, uses a field that is not stored in clear,
    ///   or compares a field with a value of another type.
    package static func requireValidExpressions(_ policy: PolicySet) throws {
        var problems: [PolicyError.Problem] = []
        for role in policy.roles.values.sorted(by: { $0.place.line < $1.place.line }) {
            for grant in role.grants {
                guard let rows = grant.rows else { continue }
                for problem in GrantedRows.problems(in: rows.expression, under: policy) {
                    let message = "row filter of \(owner(of: grant, in: policy))/\(grant.name): \(problem)"
                    problems.append(.init(file: rows.place.file, line: rows.place.line, message: message))
                }
            }
        }
        for rule in policy.retention {
            guard let filter = rule.filter else { continue }
            problems += GrantedRows.problems(in: filter.expression, under: policy).map {
                .init(file: filter.place.file, line: filter.place.line, message: "'where' of rule '\(rule.name)': \($0)")
            }
        }
        // An inherited grant appears once for each role that has it.
        var unique: [PolicyError.Problem] = []
        for problem in problems where !unique.contains(problem) { unique.append(problem) }
        if !unique.isEmpty { throw PolicyError(unique) }
    }

    /// Warnings about values in row filters that records hardly have.
    ///
    /// - Parameter codes: ids of the code frame; nil: there is none.
    package static func warnings(_ policy: PolicySet, codes: [String]?) -> [PolicyError.Problem] {
        let known = ["channel": policy.channels.isEmpty ? nil : policy.channels, "topic": codes]
        var warnings: [PolicyError.Problem] = []
        for rows in policy.roles.values.flatMap(\.grants).compactMap(\.rows) {
            guard let condition = try? Condition(parsing: rows.expression) else { continue }
            for (field, text) in condition.comparedTexts {
                guard let names = known[field] ?? nil, !names.contains(text) else { continue }
                let place = field == "channel" ? "among the channels of schema.yaml" : "a code of codeframe.yaml"
                let warning = PolicyError.Problem(
                    file: rows.place.file, line: rows.place.line, message: "'\(text)' is not \(place)\(suggestion(for: text, among: names)): no record meets that")
                if !warnings.contains(warning) { warnings.append(warning) }
            }
        }
        return warnings.sorted { $0.line < $1.line }
    }

    /// The role that contains a grant: the last one that begins before it.
    private static func owner(of grant: Grant, in policy: PolicySet) -> String {
        policy.roles.values.filter { $0.place.line <= grant.place.line }.max { $0.place.line < $1.place.line }?.name ?? "?"
    }

    /// The detector that the policy asks for.
    ///
    /// - Throws: `PolicyError` with the place of every type and language that the detector does not know, and of every recognizer that cannot
    ///   be used or does not do what its examples say.
    package static func detector(_ policy: PolicySet) throws -> Detector {
        var problems: [PolicyError.Problem] = []
        func collect<T>(_ body: () throws -> T) throws -> T? {
            do { return try body() } catch let error as PolicyError {
                problems += error.problems
                return nil
            }
        }
        let rules = try collect { try typeRules(policy) }
        let packs = try collect { try languages(policy) }
        let own = try collect { try recognizers(policy) }
        guard let rules, let packs, let own else { throw PolicyError(problems) }
        return Detector(rules: rules, never: policy.neverRedact, always: policy.alwaysRedact, things: policy.things, own: own, packs: packs)
    }

    /// The languages that the policy turns on.
    ///
    /// - Throws: `PolicyError` with the place of every one for which there is no pack.
    private static func languages(_ policy: PolicySet) throws -> Set<LanguagePack> {
        var packs: Set<LanguagePack> = []
        var problems: [PolicyError.Problem] = []
        for language in policy.languages {
            guard let pack = LanguagePack(rawValue: language.name) else {
                let known = LanguagePack.allCases.map(\.rawValue)
                let always = ["zh", "en"].contains(language.name) ? "; Chinese and English are read in any case" : ""
                problems.append(
                    .init(
                        file: language.place.file, line: language.place.line,
                        message: "there is no pack for the language '\(language.name)', only for \(known.joined(separator: ", "))\(always)"))
                continue
            }
            packs.insert(pack)
        }
        if !problems.isEmpty { throw PolicyError(problems) }
        return packs
    }

    /// The policy's rules for types of entities, in the detector's form.
    ///
    /// - Throws: `PolicyError` with the place of every type that the detector does not know.
    private static func typeRules(_ policy: PolicySet) throws -> [EntityType: TypeRule] {
        var rules: [EntityType: TypeRule] = [:]
        var problems: [PolicyError.Problem] = []
        for rule in policy.redaction {
            guard let type = EntityType(rawValue: rule.type), type != .own else {
                problems.append(
                    .init(
                        file: rule.place.file, line: rule.place.line,
                        message: "there is no type '\(rule.type)'\(suggestion(for: rule.type, among: EntityType.allCases.filter { $0 != .own }.map(\.rawValue)))"))
                continue
            }
            rules[type] = TypeRule(threshold: rule.threshold ?? 0.5, replacement: RedactionOperator(rule.replacement))
        }
        if !problems.isEmpty { throw PolicyError(problems) }
        return rules
    }
}

extension Condition {
    /// The texts with which fields are compared for equality.
    var comparedTexts: [(field: String, text: String)] {
        switch self {
        case .compare(let field, .equal, .text(let text)): [(field, text)]
        case .isIn(let field, let values): values.compactMap { if case .text(let text) = $0 { (field, text) } else { nil } }
        case .and(let parts), .or(let parts): parts.flatMap(\.comparedTexts)
        case .not(let part): part.comparedTexts
        case .compare, .contains, .isNull: []
        }
    }
}

extension Session {
    /// What keeps the present policy files from taking effect: file, line and message each.
    package func checkPolicies() throws -> [String] {
        let access = try authorize(.doctor, purpose: nil)
        var problems: [String] = []
        do {
            let policy = try PolicySet.load(from: vault.location.policies)
            try PolicyCheck.requireValidExpressions(policy)
            _ = try PolicyCheck.detector(policy)
        } catch let error as PolicyError {
            problems = error.problems.map(\.description)
        }
        _ = try commit(access) { _ in ((), access.entry(rows: problems.count, detail: [.report: "policies"])) }
        return problems
    }
}
