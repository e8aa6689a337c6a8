import AuditLog
import Policy
import RedactedAPI
import Store

/// How well a combination of fields that a role can see hides customers among each other.
package struct PrivacyRisk: Sendable, Equatable {
    package var fields: [String]
    /// Number of distinct combinations of values, and of the customers who have them.
    package var groups: Int
    package var customers: Int
    /// Number of customers in the smallest group: the data is k-anonymous in these fields for this k (Samarati, Sweeney 1998).
    package var k: Int
    /// Customers in groups smaller than wanted.
    package var exposed: Int
    /// The smallest number of values of the sensitive field in any group (Machanavajjhala et al. 2007); nil if no field was
    /// named.
    package var l: Int?
    /// The best chance of picking the right customer for somebody who knows that the customer is in the data (prosecutor risk).
    /// For somebody who does not know it (journalist risk) it is an upper bound, because people outside the vault are not known
    /// here: El Emam, Dankar 2008, "Protecting Privacy Using k-Anonymity".
    package var prosecutorRisk: Double
    /// Expected share of right guesses for somebody who guesses everybody (marketer risk).
    package var marketerRisk: Double
}

extension Session {
    /// Measures re-identification risk in the present data, riskiest combinations first.
    ///
    /// - Parameters:
    ///   - role: the role whose view is examined, under `purpose`.
    ///   - wanted: the smallest group that is considered safe.
    ///   - fields: which of the role's fields; nil: all that are shown as they are or generalized, except texts and times.
    ///   - size: the largest number of fields in a combination.
    ///   - sensitive: a field whose variety in each group is measured.
    package func privacyCheck(
        role name: String, purpose: String, wanted: Int, fields: [String]? = nil, size: Int = 2, sensitive: String? = nil
    ) throws -> [PrivacyRisk] {
        let access = try authorize(.complianceReport, purpose: nil)
        return try logged(access) {
            guard wanted > 0, (1...4).contains(size) else { throw VaultError.invalid("the wanted group must have 1 customer or more, combinations 1 to 4 fields") }
            guard let role = policy.roles[name] else {
                throw VaultError.invalid("no role '\(name)' in roles.yaml\(suggestion(for: name, among: policy.roles.keys))")
            }
            if let slip = policy.slip(role: name, purpose: purpose, fields: (fields ?? []) + (sensitive.map { [$0] } ?? [])) { throw VaultError.invalid(slip) }
            guard let grant = role.grants.first(where: { $0.actions.contains(.query) && $0.purposes.contains(purpose) }) else {
                throw VaultError.invalid("role '\(name)' may not query for purpose '\(purpose)'")
            }
            let visible = try columns(of: grant, among: fields)
            let variety = try sensitive.map { field in
                guard let column = vault.layout.column(field, grant.fields[field] ?? .deny) else { throw VaultError.invalid("role '\(name)' does not see '\(field)' in groups") }
                return column
            }
            let rows: [StoredCondition] = try [.compare(column: "restricted", .equal, .integer(0))] + (vault.rows(of: grant, for: purpose).map { [$0] } ?? [])
            let risks = try store.read { reader in
                if vault.need(of: purpose) != nil { _ = try reader.consents() }
                return try combinations(of: visible, upTo: size).map { try risk(of: $0, in: .all(rows), variety, wanted, reader) }
            }
            _ = try commit(access) { _ in ((), access.entry(rows: risks.count, detail: [.report: "privacy", .role: name, .forPurpose: purpose])) }
            return risks.filter { $0.groups > 0 }.sorted {
                ($0.exposed, -$0.k, $0.marketerRisk, -$0.fields.count) > ($1.exposed, -$1.k, $1.marketerRisk, -$1.fields.count)
            }
        }
    }

    private typealias Column = (field: String, column: String)

    private func columns(of grant: Grant, among wanted: [String]?) throws -> [Column] {
        let times: Set = [BuiltinField.occurred_at.rawValue, BuiltinField.received_at.rawValue, BuiltinField.coding.rawValue]
        let shown = grant.fields.keys.sorted().filter { !times.contains($0) }.compactMap { field in
            vault.layout.column(field, grant.fields[field]!).map { (field, $0) }
        }
        guard let wanted else { return shown }
        return try wanted.map { field in
            guard let column = shown.first(where: { $0.0 == field }) else { throw VaultError.invalid("the role does not see '\(field)' in groups") }
            return column
        }
    }

    private func combinations(of columns: [Column], upTo size: Int) -> [[Column]] {
        var result: [[Column]] = [[]]
        for column in columns { result += result.filter { $0.count < size }.map { $0 + [column] } }
        return result.filter { !$0.isEmpty }
    }

    private func risk(of combination: [Column], in rows: StoredCondition, _ variety: String?, _ wanted: Int, _ reader: StoreReader) throws -> PrivacyRisk {
        let request = AggregateRequest(
            groupBy: combination.map { .column($0.column) }, measures: [.init(.distinct, "subject")] + (variety.map { [.init(.distinct, $0)] } ?? []),
            condition: rows)
        let rows = try reader.aggregate(request, minimumSubjects: 0, residual: nil).rows
            // A customer who lacks a field cannot be picked by it.
            .filter { !$0.group.contains(.null) }
        func integer(_ value: StoredValue) -> Int { if case .integer(let integer) = value { Int(integer) } else { 0 } }
        let sizes = rows.map { integer($0.measures[0]) }
        let customers = sizes.reduce(0, +)
        let smallest = sizes.min() ?? 0
        return PrivacyRisk(
            fields: combination.map(\.field), groups: sizes.count, customers: customers, k: smallest,
            exposed: sizes.filter { $0 < wanted }.reduce(0, +), l: variety == nil ? nil : rows.map { integer($0.measures[1]) }.min(),
            prosecutorRisk: smallest == 0 ? 0 : 1 / Double(smallest), marketerRisk: customers == 0 ? 0 : Double(sizes.count) / Double(customers))
    }
}
