import Policy
import RedactedAPI
import Store
import VaultAPI

extension Session {
    /// What a question of a role without rows would cost. Tells what was released and spent, and nothing of the data.
    ///
    /// - Throws: ``VaultError/conflict(_:)`` for a role whose figures are paid from no budget.
    func disclosurePlan(_ query: AggregateQuery) throws -> PlanDisclosure.Reply {
        let fields = query.groupBy.map(\.field) + query.measures.compactMap(\.field) + (query.filter?.fields ?? []).sorted()
        let access = try authorizeFigures(query, distinct(fields))
        return try logged(access) {
            let disclosure = access.grant.disclosure
            guard disclosure.noise == .cells || disclosure.isBudgeted else {
                throw VaultError.conflict("\(access.rule) has no budget: its noise is '\(disclosure.noise.rawValue)'")
            }
            try requireOrder(query.since, query.until)
            let reply = access.isReleased(query) ? try plan(ofReleased: query, access) : try plan(ofFresh: query, access)
            _ = try commit(access) { _ in ((), access.entry(rows: 0, detail: [.listed: "disclosure"])) }
            return reply
        }
    }

    private func plan(ofReleased query: AggregateQuery, _ access: Access) throws -> PlanDisclosure.Reply {
        let plan = try ReleasePlan(query, access)
        let maker = try ReleaseMaker(plan, access)
        return try store.read { reader in
            let ledger = try ReleaseLedger(reader, vault)
            let periods = try plan.items.map { items in
                let cost = try items.reduce(Int64(0)) { sum, item in try reader.released(item) == nil ? sum + item.cost : sum }
                return PlanDisclosure.Period(items[0].days, cost: cost, ledger)
            }
            return PlanDisclosure.Reply(
                budget: Double(ledger.budget) / 1000, noise: maker.deviation, periods: periods,
                epsilon: access.grant.disclosure.isBudgeted ? try access.plannedEpsilon(maker.isPaid(reader) ? 0 : access.grant.disclosure.epsilon, reader) : nil)
        }
    }

    private func plan(ofFresh query: AggregateQuery, _ access: Access) throws -> PlanDisclosure.Reply {
        let noise = try FigureNoise(access, query.measures.map { try Figure($0, access) }, query)
        return try store.read { reader in
            let ledger = try ReleaseLedger(reader, vault)
            return try PlanDisclosure.Reply(
                budget: Double(ledger.budget) / 1000, noise: noise.standardDeviation, periods: [PlanDisclosure.Period(noise.days, cost: noise.daysCost, ledger)],
                epsilon: access.plannedEpsilon(noise.epsilonCost, reader))
        }
    }
}

extension Access {
    /// Whether figures are released once and given again, or else drawn for each question.
    func isReleased(_ query: AggregateQuery) -> Bool { grant.disclosure.noise == .cells || isContinual(query) }

    /// - Parameter cost: in thousandths.
    fileprivate func plannedEpsilon(_ cost: Int, _ reader: StoreReader) throws -> PlanDisclosure.Epsilon {
        let disclosure = grant.disclosure
        return try PlanDisclosure.Epsilon(
            cost: Double(cost) / 1000, left: Double(max(0, disclosure.budget - spentEpsilon(reader))) / 1000, budget: Double(disclosure.budget) / 1000, days: disclosure.period)
    }
}

extension PlanDisclosure.Period {
    /// - Parameter cost: in thousandths.
    fileprivate init(_ days: ClosedRange<Int64>, cost: Int64, _ ledger: ReleaseLedger) {
        func day(_ number: Int64) -> String { String(Timestamp(day: number).description.prefix(10)) }
        self.init(
            from: day(days.lowerBound), until: day(days.upperBound + 1), cost: Double(cost) / 1000, left: Double(max(0, ledger.budget - ledger.spent(in: days))) / 1000)
    }
}
