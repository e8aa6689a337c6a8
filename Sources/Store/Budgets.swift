extension StoreReader {
    /// What principals have spent of their budgets, in thousandths of epsilon.
    package func spentBudgets() throws -> [(principal: String, purpose: String, period: Int64, spent: Int)] {
        try checked(.budget, read: { ($0.text(0), $0.text(1), $0.integer(2), $0.int(3)) }, collect: { $0 })
    }

    /// Thousandths of epsilon that a principal has spent for a purpose in a period.
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
