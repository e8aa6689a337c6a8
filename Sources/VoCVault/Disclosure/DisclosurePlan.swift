import Policy
import RedactedAPI
import VaultAPI

extension Session {
    /// What a question of a role without rows would cost. Tells what was released, and nothing of the data.
    ///
    /// - Throws: ``VaultError/conflict(_:)`` for a role whose figures are not released from the budgets of days.
    func disclosurePlan(_ query: AggregateQuery) throws -> PlanDisclosure.Reply {
        let fields = query.groupBy.map(\.field) + query.measures.compactMap(\.field) + (query.filter?.fields ?? []).sorted()
        let access = try authorizeFigures(query, distinct(fields))
        return try logged(access) {
            guard access.grant.disclosure.noise == .cells else {
                throw VaultError.conflict("\(access.rule) is not limited by the budgets of days: its noise is '\(access.grant.disclosure.noise.rawValue)'")
            }
            try requireOrder(query.since, query.until)
            let plan = try ReleasePlan(query, access)
            let reply = try store.read { reader in
                let ledger = try ReleaseLedger(reader, vault)
                let periods = try plan.items.map { items in
                    let days = items[0].days
                    let cost = try items.reduce(Int64(0)) { sum, item in try reader.released(item) == nil ? sum + item.cost : sum }
                    func day(_ number: Int64) -> String { String(Timestamp(day: number).description.prefix(10)) }
                    return PlanDisclosure.Period(
                        from: day(days.lowerBound), until: day(days.upperBound + 1), cost: Double(cost) / 1000, left: Double(max(0, ledger.budget - ledger.spent(in: days))) / 1000)
                }
                return PlanDisclosure.Reply(
                    budget: Double(ledger.budget) / 1000, noise: Double(policy.figures.deviation) * Double(plan.summed).squareRoot(), periods: periods)
            }
            _ = try commit(access) { _ in ((), access.entry(rows: 0, detail: [.listed: "disclosure"])) }
            return reply
        }
    }
}
