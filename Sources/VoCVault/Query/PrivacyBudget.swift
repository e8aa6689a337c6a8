import AuditLog
import Policy
import Store

extension Access {
    /// Charges ε to the organisation's budget: in any so many days, all tokens of the role and the organisation spend so much together, for whatever purpose.
    ///
    /// - Parameter cost: in thousandths.
    /// - Returns: what the audit entry says about it.
    /// - Throws: ``VaultError/denied(action:rule:hint:)`` if the budget does not cover it.
    func payBudget(_ cost: Int, in writer: StoreWriter) throws -> [AuditDetail: String] {
        let disclosure = grant.disclosure
        let today = Int64(session.vault.localTime().number)
        let holder = session.budgetHolder
        let spent = try spentEpsilon(writer.reader)
        func text(_ thousandths: Int) -> String { String(Double(thousandths) / 1000) }
        guard spent + cost <= disclosure.budget else {
            throw VaultError.denied(
                action: Action.query.rawValue, rule: "privacy budget",
                hint: """
                    \(text(max(0, disclosure.budget - spent))) of ε \(text(disclosure.budget)) for any \(disclosure.period) days is left to all tokens of the organisation; \
                    this needs \(text(cost))
                    """)
        }
        let ofToday = try writer.reader.spentBudget(principal: holder, purpose: purpose, period: today)
        try writer.spendBudget(principal: holder, purpose: purpose, period: today, amount: cost)
        try session.vault.protect(.spentBudget(principal: holder, purpose: purpose, period: today, spent: ofToday + cost), in: writer)
        return [.epsilon: text(cost), .epsilonLeft: text(disclosure.budget - spent - cost)]
    }

    /// What the organisation has spent of the budget that it has today, in thousandths.
    func spentEpsilon(_ reader: StoreReader) throws -> Int {
        let today = Int64(session.vault.localTime().number)
        return try reader.spentBudgets().filter { $0.counts(for: session.budgetHolder, on: today, within: Int64(grant.disclosure.period)) }.reduce(0) { $0 + $1.spent }
    }
}

extension Session {
    /// Whose privacy budget this one's questions are paid from: the role's, and within it the organisation's, which is what stands behind the last @ of the
    /// principal's name. Principals without one are one organisation.
    var budgetHolder: String {
        SpentBudget.holder(role: role, organisation: principal.lastIndex(of: "@").map { String(principal[principal.index(after: $0)...]) })
    }
}
