import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import Synchronization

/// Translates a condition of the query API into one of the store, within what a grant shows: a field can be compared only in the
/// form in which it is shown, and times by the unit that rows show of them.
struct ConditionBuilder {
    let access: Access
    /// The query's search for words in texts.
    let search: TextSearch
    /// Search words that the condition contains.
    private(set) var searches = 0
    private var times: ShownTimes

    /// - Parameter ofFigures: whether it is about figures, and not about rows.
    init(access: Access, ofFigures: Bool = false) {
        (self.access, search) = (access, TextSearch(access))
        times = ofFigures ? ShownTimes(access.figureTimes, in: access.session.vault.timeZone, ofFigures: true) : access.shownTimes
    }

    private var vault: Vault { access.session.vault }

    /// The caller's condition, the grant's row filter and the time range together. Leaves out records whose processing is
    /// restricted, and those of customers who decided against the purpose.
    mutating func condition(filter: Condition?, since: Timestamp?, until: Timestamp?) throws -> StoredCondition {
        var parts: [StoredCondition] = [.compare(column: "restricted", .equal, .integer(0))]
        if let rows = try vault.rows(of: access.grant, for: access.purpose) { parts.append(rows) }
        return .all(parts + [try part(filter: filter, since: since, until: until)])
    }

    /// Only the caller's condition and the time range.
    mutating func part(filter: Condition?, since: Timestamp?, until: Timestamp?) throws -> StoredCondition {
        try requireOrder(since, until)
        if let filter { try vault.codes.require(in: filter, of: vault.policy.modules) }
        var parts: [StoredCondition] = []
        if let since { parts.append(.compare(column: "occurred_at", .greaterOrEqual, .integer(try beginning(since)))) }
        if let until { parts.append(.compare(column: "occurred_at", .less, .integer(try beginning(until)))) }
        if let filter {
            guard filter.depth <= Condition.maximumDepth else { throw VaultError.invalid("the filter is nested too deeply") }
            do { parts.append(try build(filter)) } catch let mismatch as ComparedField.Mismatch {
                throw VaultError.invalid(mismatch.description)
            }
        }
        return .all(parts)
    }

    private mutating func beginning(_ time: Timestamp) throws -> Int64 {
        times.precision == .exact ? time.milliseconds : try times.unit(beginning: time).start
    }

    /// A comparison of a time as it is shown; nil: of another field, or as exact as it is.
    private mutating func compareTime(_ field: String, _ comparison: Condition.Comparison, _ value: Value) throws -> StoredCondition? {
        guard times.precision != .exact, let builtin = BuiltinField(rawValue: field), builtin.isTime else { return nil }
        // What cannot be a time has its own words.
        let column = try compared(field)
        guard let unit = try times.unit(named: value) else { return try column.compare(comparison, value) }
        func test(_ comparison: StoredCondition.Comparison, _ time: Int64) -> StoredCondition { .compare(column: column.column, comparison, .integer(time)) }
        return switch comparison {
        case .less: test(.less, unit.start)
        case .lessOrEqual: test(.less, unit.end)
        case .greater: test(.greaterOrEqual, unit.end)
        case .greaterOrEqual: test(.greaterOrEqual, unit.start)
        case .equal: .all([test(.greaterOrEqual, unit.start), test(.less, unit.end)])
        case .notEqual: .any([test(.less, unit.start), test(.greaterOrEqual, unit.end)])
        }
    }

    private mutating func build(_ predicate: Condition) throws -> StoredCondition {
        switch predicate {
        case .and(let parts): return .all(try parts.map { try build($0) })
        case .or(let parts): return .any(try parts.map { try build($0) })
        case .not(let part): return .not(try build(part))
        case .isNull(let field): return .isNull(column: try compared(field).column)
        case .contains(let field, let words):
            guard field == BuiltinField.text.rawValue, access.treatment(field) == .mask else {
                throw VaultError.invalid("'contains' works on the redacted text only")
            }
            guard !words.isEmpty else { throw VaultError.invalid("'contains' needs words to look for") }
            searches += 1
            return .residual(try search.number(of: words))
        case .compare(let field, let comparison, let value):
            if let pseudonyms = try pseudonyms(of: field, [value]) {
                guard comparison == .equal || comparison == .notEqual else {
                    throw VaultError.invalid("pseudonyms of '\(field)' have no order; use =, != or in")
                }
                return comparison == .equal ? pseudonyms : .not(pseudonyms)
            }
            if let time = try compareTime(field, comparison, value) { return time }
            return try compared(field).compare(comparison, value)
        case .isIn(let field, let values):
            if let pseudonyms = try pseudonyms(of: field, values) { return pseudonyms }
            let times = try values.compactMap { try compareTime(field, .equal, $0) }
            if !times.isEmpty { return .any(times) }
            return try compared(field).isAmong(values)
        }
    }

    /// That a record or customer is one of those with these pseudonyms; nil for other fields. An invalid pseudonym stands for
    /// nobody.
    private func pseudonyms(of field: String, _ values: [Value]) throws -> StoredCondition? {
        let (kind, column): (Pseudonyms.Kind, String)
        switch BuiltinField(rawValue: field) {
        case .record?: (kind, column) = (.record, "id")
        case .subject?: (kind, column) = (.subject, "subject")
        default: return nil
        }
        guard access.treatment(field) == .pseudonym else { throw notComparable(field) }
        guard !values.isEmpty else { throw VaultError.invalid("'\(field)': the parentheses are empty") }
        let names = try access.session.pseudonyms(access.purpose)
        let numbers = try values.map { value in
            guard case .text(let text) = value else { throw VaultError.invalid("'\(field)' is a pseudonym; write it in quotes") }
            return try names.number(kind, of: text) ?? -1
        }
        // Whoever is one person with a customer is found by either's pseudonym.
        let all = kind == .record ? numbers : try vault.store.read { reader in try numbers.flatMap { try reader.members(of: $0) } }
        return .isIn(column: column, all.map { .integer($0) })
    }

    private func compared(_ field: String) throws -> ComparedField {
        let treatment = access.treatment(field)
        guard let column = vault.layout.column(field, treatment) else { throw notComparable(field) }
        return ComparedField(field, as: treatment, column: column, in: vault.policy)
    }

    private func notComparable(_ field: String) -> VaultError {
        .invalid("'\(field)' cannot be compared or grouped: the policy shows it as \(access.treatment(field).rawValue)")
    }
}
