import Foundation
import Policy
import RedactedAPI
import Sealing
import Storage
import Synchronization

/// Translates a condition of the query API into one of the store, under what a grant shows: a
/// field can be compared only as it would be seen.
struct ConditionBuilder {
    let access: Access
    /// What the query looks for in texts.
    let search: TextSearch
    /// Search words that were built in.
    private(set) var searches = 0

    init(access: Access, search: TextSearch? = nil) { (self.access, self.search) = (access, search ?? TextSearch(access)) }

    var usesSearch: Bool { searches > 0 }

    private var vault: Vault { access.session.vault }

    /// The caller's condition, the grant's row filter and the time range together; records whose
    /// processing is restricted are left out.
    mutating func condition(filter: Condition?, since: Timestamp?, until: Timestamp?) throws -> StoredCondition {
        var parts: [StoredCondition] = [.compare(column: "restricted", .equal, .integer(0))]
        if let rows = access.grant.rows {
            parts.append(try build(Condition(parsing: rows), asPolicy: true))
        }
        return .all(parts + [try part(filter: filter, since: since, until: until)])
    }

    /// The caller's condition and the time range alone.
    mutating func part(filter: Condition?, since: Timestamp?, until: Timestamp?) throws -> StoredCondition {
        var parts: [StoredCondition] = []
        if let since { parts.append(.compare(column: "occurred_at", .greaterOrEqual, .integer(since.milliseconds))) }
        if let until { parts.append(.compare(column: "occurred_at", .less, .integer(until.milliseconds))) }
        if let filter { parts.append(try build(filter, asPolicy: false)) }
        return .all(parts)
    }

    private mutating func build(_ predicate: Condition, asPolicy: Bool) throws -> StoredCondition {
        switch predicate {
        case .and(let parts): return .all(try parts.map { try build($0, asPolicy: asPolicy) })
        case .or(let parts): return .any(try parts.map { try build($0, asPolicy: asPolicy) })
        case .not(let part): return .not(try build(part, asPolicy: asPolicy))
        case .isNull(let field): return .isNull(column: try column(field, asPolicy))
        case .contains(let field, let words):
            guard field == BuiltinField.text.rawValue, !asPolicy, access.treatment(field) == .mask else {
                throw VaultError.invalid("'contains' works on the redacted text only")
            }
            searches += 1
            return .residual(try search.number(of: words))
        case .compare(let field, let comparison, let value):
            if let number = try pseudonymNumber(field, value, asPolicy) {
                guard comparison == .equal || comparison == .notEqual else { throw noOrder(field) }
                let column = field == BuiltinField.record.rawValue ? "id" : "subject"
                return .compare(column: column, comparison == .equal ? .equal : .notEqual, .integer(number))
            }
            return .compare(
                column: try column(field, asPolicy), Self.comparison(comparison), try stored(value, field))
        case .isIn(let field, let values):
            let numbers = try values.compactMap { try pseudonymNumber(field, $0, asPolicy) }
            if !numbers.isEmpty {
                let column = field == BuiltinField.record.rawValue ? "id" : "subject"
                return .isIn(column: column, numbers.map { .integer($0) })
            }
            return .isIn(column: try column(field, asPolicy), try values.map { try stored($0, field) })
        }
    }

    private func noOrder(_ field: String) -> VaultError { .invalid("pseudonyms of '\(field)' have no order; use = or in") }

    /// The number behind a pseudonym; one that is none stands for nothing, and gives -1.
    private func pseudonymNumber(_ field: String, _ value: Value, _ asPolicy: Bool) throws -> Int64? {
        let kind: Pseudonyms.Kind
        switch BuiltinField(rawValue: field) {
        case .record?: kind = .record
        case .subject?: kind = .subject
        default: return nil
        }
        guard !asPolicy, access.treatment(field) == .pseudonym else { throw notComparable(field) }
        guard case .text(let text) = value else { throw VaultError.invalid("'\(field)' is compared with a pseudonym in quotes") }
        return try access.session.pseudonyms(access.purpose).number(kind, of: text) ?? -1
    }

    private func column(_ field: String, _ asPolicy: Bool) throws -> String {
        let treatment = asPolicy ? Treatment.reveal : access.treatment(field)
        guard let column = vault.layout.column(field, treatment) else { throw notComparable(field) }
        return column
    }

    private func notComparable(_ field: String) -> VaultError {
        .invalid("'\(field)' cannot be compared or grouped: the policy shows it as \(access.treatment(field).rawValue)")
    }

    /// A literal in the column's type.
    private func stored(_ value: Value, _ field: String) throws -> StoredValue {
        let isTime = [BuiltinField.occurred_at.rawValue, BuiltinField.received_at.rawValue].contains(field)
        switch value {
        case .time(let time):
            if isTime { return .integer(time.milliseconds) }
            let text = time.description
            return .text(text.hasSuffix("T00:00:00Z") ? String(text.prefix(10)) : text)
        case .text(let text):
            guard isTime else { return .text(text) }
            guard let time = Timestamp(text) else { throw VaultError.invalid("'\(field)' is compared with a date such as 2026-03-04") }
            return .integer(time.milliseconds)
        case .integer(let integer): return .integer(integer)
        case .decimal(let decimal): return .real(decimal)
        case .boolean(let boolean): return .integer(boolean ? 1 : 0)
        case .null: return .null
        }
    }

    private static func comparison(_ comparison: Condition.Comparison) -> StoredCondition.Comparison {
        switch comparison {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        }
    }
}
