import Detection
import Policy
import RedactedAPI

/// What the policy files say in the query language is checked here, where that language is known.
public enum PolicyCheck {
    /// - Throws: `PolicyError` naming the place of every row filter that cannot be read or uses a
    ///   field that is not stored in clear.
    public static func requireValidExpressions(_ policy: PolicySet) throws {
        var problems: [PolicyError.Problem] = []
        for role in policy.roles.values.sorted(by: { $0.name < $1.name }) {
            for grant in role.grants {
                guard let rows = grant.rows else { continue }
                do throws(ExpressionError) {
                    for field in try Condition(parsing: rows).fields.sorted() where !isPlain(field, policy) {
                        problems.append(
                            .init(
                                file: grant.place.file, line: grant.place.line,
                                message: "row filter of grant '\(grant.name)' uses '\(field)', which is not a plain field"
                                    + suggestion(for: field, among: policy.fieldNames)))
                    }
                } catch {
                    problems.append(
                        .init(
                            file: grant.place.file, line: grant.place.line,
                            message: "row filter of grant '\(grant.name)': \(error)"))
                }
            }
        }
        // An inherited grant is seen once for each role that has it.
        var unique: [PolicyError.Problem] = []
        for problem in problems where !unique.contains(problem) { unique.append(problem) }
        if !unique.isEmpty { throw PolicyError(unique) }
    }

    /// The policy's rules for types of entities, as the detector takes them.
    ///
    /// - Throws: `PolicyError` naming the place of every type that the detector does not know.
    public static func typeRules(_ policy: PolicySet) throws -> [EntityType: TypeRule] {
        var rules: [EntityType: TypeRule] = [:]
        var problems: [PolicyError.Problem] = []
        for rule in policy.redaction {
            guard let type = EntityType(rawValue: rule.type) else {
                problems.append(
                    .init(
                        file: rule.place.file, line: rule.place.line,
                        message: "there is no type '\(rule.type)'\(suggestion(for: rule.type, among: EntityType.allCases.map(\.rawValue)))"))
                continue
            }
            let replacement: RedactionOperator =
                switch rule.replacement {
                case .placeholder: .placeholder
                case .mask(let keepLast): .mask(keepLast: keepLast)
                case .generalize: .generalize
                case .drop: .drop
                }
            rules[type] = TypeRule(threshold: rule.threshold ?? 0.5, replacement: replacement)
        }
        if !problems.isEmpty { throw PolicyError(problems) }
        return rules
    }

    private static func isPlain(_ field: String, _ policy: PolicySet) -> Bool {
        if let builtin = BuiltinField(rawValue: field) { return builtin.treatments.contains(.reveal) && !builtin.isSealed }
        return policy.field(field).map { !$0.isSealed } ?? false
    }
}

extension Session {
    /// What keeps the policy files, as they are now, from being put in force: file, line and message each.
    public func checkPolicies() throws -> [String] {
        let access = try authorize(.doctor, purpose: nil)
        var problems: [String] = []
        do {
            let policy = try PolicySet.load(from: vault.location.policies)
            try PolicyCheck.requireValidExpressions(policy)
            _ = try PolicyCheck.typeRules(policy)
        } catch let error as PolicyError {
            problems = error.problems.map(\.description)
        }
        _ = try commit(access) { _ in ((), access.entry(rows: problems.count, detail: ["report": "policies"])) }
        return problems
    }
}
