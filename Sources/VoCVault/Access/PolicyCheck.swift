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

    private static func isPlain(_ field: String, _ policy: PolicySet) -> Bool {
        if let builtin = BuiltinField(rawValue: field) { return builtin.treatments.contains(.reveal) && !builtin.isSealed }
        return policy.field(field).map { !$0.isSealed } ?? false
    }
}
