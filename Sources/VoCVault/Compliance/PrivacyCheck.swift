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

/// What a check found.
package struct PrivacyReport: Sendable {
    /// Combinations of fields, the riskiest first.
    package var risks: [PrivacyRisk]
    /// Customers in the smallest group of any; nil: nothing is shown that could tell anybody from others.
    package var k: Int?
    /// Customers, and those of them who are in groups smaller than wanted.
    package var customers, exposed: Int
    /// What rows would have to show in coarser forms, or leave out, so that groups are as large as wanted: of all choices the one that loses least.
    /// Empty: nothing. Nil: no choice is enough.
    package var proposal: [PrivacyChange]?
}

extension PrivacyReport {
    /// Takes in what was found about another grant's rows.
    mutating func add(_ other: PrivacyReport) {
        risks = (risks + other.risks).sorted { ($0.exposed, -$0.k, $0.marketerRisk, -$0.fields.count) > ($1.exposed, -$1.k, $1.marketerRisk, -$1.fields.count) }
        k = [k, other.k].compactMap(\.self).min()
        (customers, exposed) = (max(customers, other.customers), max(exposed, other.exposed))
        proposal = proposal.flatMap { changes in other.proposal.map { changes + $0 } }
    }
}

/// A field in a coarser form.
package struct PrivacyChange: Sendable, Equatable {
    package var field: String
    /// `generalize`, `suppress`, or of times `day`, `week` or `month`.
    package var form: String
    /// What of the field's information goes, between 0 and 1.
    package var loss: Double
}

extension Session {
    /// Measures re-identification risk in the present data, riskiest combinations first. All records are read once.
    ///
    /// Times count in the form in which rows show them, whether or not they do: questions can be about them. Labels of texts do not count where
    /// the texts themselves are shown.
    ///
    /// - Parameters:
    ///   - role: the role whose view is examined, under `purpose`.
    ///   - wanted: the smallest group that is considered safe.
    ///   - fields: which of the role's fields; nil: all that are shown as they are or generalized, except texts.
    ///   - size: the largest number of fields in a combination.
    ///   - sensitive: a field whose variety in each group is measured.
    ///   - progress: told how many of how many steps are done.
    package func privacyCheck(
        role name: String, purpose: String, wanted: Int, fields: [String]? = nil, size: Int = 2, sensitive: String? = nil, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> PrivacyReport {
        let access = try authorize(.complianceReport, purpose: nil)
        return try logged(access) {
            guard wanted > 0, (1...4).contains(size) else { throw VaultError.invalid("the wanted group must have 1 customer or more, combinations 1 to 4 fields") }
            guard let role = policy.roles[name] else {
                throw VaultError.invalid("no role '\(name)' in roles.yaml\(suggestion(for: name, among: policy.roles.keys))")
            }
            if let slip = policy.slip(role: name, purpose: purpose, fields: (fields ?? []) + (sensitive.map { [$0] } ?? [])) { throw VaultError.invalid(slip) }
            let grants = role.grants.filter { $0.actions.contains(.query) && $0.purposes.contains(purpose) }
            guard !grants.isEmpty else { throw VaultError.invalid("role '\(name)' may not query for purpose '\(purpose)'") }
            // Figures without rows have a protection of their own.
            let showing = grants.filter { $0.pageLimit > 0 }
            let views = try showing.map { try PrivacyView($0, fields: fields, sensitive: sensitive, in: vault) }
            let report = try store.read { reader in
                if vault.need(of: purpose) != nil { _ = try reader.consents() }
                return try zip(showing, views).reduce(into: PrivacyReport(risks: [], k: nil, customers: 0, exposed: 0, proposal: [])) { whole, part in
                    let rows: [StoredCondition] = try [.compare(column: "restricted", .equal, .integer(0))] + (vault.rows(of: part.0, for: purpose).map { [$0] } ?? [])
                    whole.add(try part.1.report(.all(rows), wanted: wanted, size: size, reader, progress))
                }
            }
            _ = try commit(access) { _ in ((), access.entry(rows: report.risks.count, detail: [.report: "privacy", .role: name, .forPurpose: purpose])) }
            return report
        }
    }
}
