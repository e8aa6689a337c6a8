import Policy
import RedactedAPI
import Store

/// The condition of a grant's `rows`: on plain fields, with literals of their types.
struct GrantedRows {
    private let policy: PolicySet
    /// The column of a plain field.
    private let column: (String) -> String?
    private var problems: [String] = []

    private init(_ policy: PolicySet, column: @escaping (String) -> String?) { (self.policy, self.column) = (policy, column) }

    /// Why an expression is not such a condition; empty if it is one.
    static func problems(in expression: String, under policy: PolicySet) -> [String] {
        var rows = GrantedRows(policy) { $0 }
        do throws(ExpressionError) { _ = rows.build(try Condition(parsing: expression)) } catch { return ["\(error)"] }
        return rows.problems
    }

    static func condition(_ expression: String, in vault: Vault) throws -> StoredCondition {
        var rows = GrantedRows(vault.policy) { vault.layout.column($0, .reveal) }
        let condition = rows.build(try Condition(parsing: expression))
        if let problem = rows.problems.first { throw VaultError.invalid("a condition of the policy cannot be evaluated: \(problem)") }
        return condition
    }

    /// If there is a problem, the condition matches no row.
    private mutating func build(_ predicate: Condition) -> StoredCondition {
        switch predicate {
        case .and(let parts): .all(parts.map { build($0) })
        case .or(let parts): .any(parts.map { build($0) })
        case .not(let part): .not(build(part))
        case .isNull(let name): field(name) { .isNull(column: $0.column) }
        case .contains(let name, _): refused("it looks for words in '\(name)', which only a query can")
        case .compare(let name, let comparison, let value): field(name) { field throws(ComparedField.Mismatch) in try field.compare(comparison, value) }
        case .isIn(let name, let values): field(name) { field throws(ComparedField.Mismatch) in try field.isAmong(values) }
        }
    }

    private mutating func field(_ name: String, _ body: (ComparedField) throws(ComparedField.Mismatch) -> StoredCondition) -> StoredCondition {
        guard isPlain(name), let column = column(name) else {
            return refused("it uses '\(name)', which is not a plain field\(suggestion(for: name, among: policy.fieldNames))")
        }
        do { return try body(ComparedField(name, as: .reveal, column: column, in: policy)) } catch { return refused(error.description) }
    }

    private mutating func refused(_ problem: String) -> StoredCondition {
        if !problems.contains(problem) { problems.append(problem) }
        return .any([])
    }

    private func isPlain(_ field: String) -> Bool {
        if let builtin = BuiltinField(rawValue: field) { return builtin.treatments.contains(.reveal) && !builtin.isSealed && builtin != .aspect_places }
        return policy.field(field).map { !$0.isSealed } ?? false
    }
}

extension Vault {
    /// The records that a grant covers for a purpose, as far as customers' decisions allow it; nil: all.
    func rows(of grant: Grant, for purpose: String) throws -> StoredCondition? {
        let parts = try [rows(of: grant), need(of: purpose).map { .consented($0) }].compactMap(\.self)
        return parts.isEmpty ? nil : .all(parts)
    }

    /// The records that a grant covers; nil: all.
    func rows(of grant: Grant) throws -> StoredCondition? {
        try grant.rows.map { try GrantedRows.condition($0.expression, in: self) }
    }
}

extension Access {
    /// Whether the grant covers a record, inside the transaction that releases or changes it.
    func isFor(_ record: Int64, in reader: StoreReader) throws -> Bool {
        try session.vault.rows(of: grant).map { try reader.isRecord(record, in: $0) } ?? true
    }
}
