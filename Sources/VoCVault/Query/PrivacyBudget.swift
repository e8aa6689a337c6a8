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
        let budgets = try writer.reader.spentBudgets()
        let spent = budgets.filter { $0.counts(for: holder, on: today, within: Int64(disclosure.period)) }.reduce(0) { $0 + $1.spent }
        func text(_ thousandths: Int) -> String { String(Double(thousandths) / 1000) }
        guard spent + cost <= disclosure.budget else {
            throw VaultError.denied(
                action: Action.query.rawValue, rule: "privacy budget",
                hint: """
                    \(text(max(0, disclosure.budget - spent))) of ε \(text(disclosure.budget)) for any \(disclosure.period) days is left to all tokens of the organisation; \
                    this needs \(text(cost))
                    """)
        }
        let ofToday = budgets.first { $0.principal == holder && $0.purpose == purpose && $0.period == today }?.spent ?? 0
        try writer.spendBudget(principal: holder, purpose: purpose, period: today, amount: cost)
        try session.vault.protect(.spentBudget(principal: holder, purpose: purpose, period: today, spent: ofToday + cost), in: writer)
        return [.epsilon: text(cost), .epsilonLeft: text(disclosure.budget - spent - cost)]
    }
}

extension Session {
    /// Whose privacy budget this one's questions are paid from: the role's, and within it the organisation's, which is what stands behind the last @ of the
    /// principal's name. Principals without one are one organisation.
    var budgetHolder: String {
        SpentBudget.holder(role: role, organisation: principal.lastIndex(of: "@").map { String(principal[principal.index(after: $0)...]) })
    }
}
