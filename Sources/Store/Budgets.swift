/// What was spent of a privacy budget.
package struct SpentBudget: Sendable, Equatable {
    /// Whose it is: `role:partner@acme`. Up to format 6, a principal's name, which has no colon.
    package var principal: String
    package var purpose: String
    /// The day on which it was spent, since 1970 in the policy's time zone. A principal's is the number of a period, which is a day's divided by the
    /// period's length in days.
    package var period: Int64
    /// Thousandths of epsilon.
    package var spent: Int

    private static let prefix = "role:"

    package static func holder(role: String, organisation: String?) -> String { prefix + role + (organisation.map { "@\($0)" } ?? "") }

    /// Whether it counts on a day. What principals spent of their own budgets counts for all until it is over.
    ///
    /// - Parameter days: so many, the last of which is `today`.
    package func counts(for holder: String, on today: Int64, within days: Int64) -> Bool {
        if principal.hasPrefix(Self.prefix) { return principal == holder && period > today - days }
        return period * days + days - 1 > today - days
    }
}

extension StoreReader {
    package func spentBudgets() throws -> [SpentBudget] {
        try checked(.budget, read: { SpentBudget(principal: $0.text(0), purpose: $0.text(1), period: $0.integer(2), spent: $0.int(3)) }, collect: { $0 })
    }

    /// Thousandths of epsilon that somebody has spent for a purpose in a period.
    package func spentBudget(principal: String, purpose: String, period: Int64) throws -> Int {
        try spentBudgets().first { $0.principal == principal && $0.purpose == purpose && $0.period == period }?.spent ?? 0
    }
}

extension StoreWriter {
    package func spendBudget(principal: String, purpose: String, period: Int64, amount: Int) throws {
        // A row of nothing would be taken for none when it is added to.
        guard amount > 0 else { return }
        let sql = """
            INSERT INTO privacy_budget (principal, purpose, period, spent) VALUES (?, ?, ?, ?)
            ON CONFLICT (principal, purpose, period) DO UPDATE SET spent = privacy_budget.spent + excluded.spent
            """
        try accumulating(.budget, adding: [Int64(amount)], from: 3, sql, principal, purpose, period, amount)
    }
}
