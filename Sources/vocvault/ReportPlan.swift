import RedactedAPI
import Synchronization
import VaultAPI
import VaultClient
import VoCVault

/// Notes what a report asks for in place of answering it, so that it is known what all of it would cost: of a report that is refused half way, what was charged
/// would be gone.
final class ReportPlan: RedactedSource {
    /// Questions that differ by their measures alone are one.
    private let questions = Mutex<[AggregateQuery]>([])

    func page(_ query: Query) async throws -> Page { Page(columns: query.select, rows: [], nextCursor: nil, receipt: 0) }

    func aggregate(_ query: AggregateQuery) async throws -> AggregateTable {
        questions.withLock { questions in
            let same = questions.firstIndex { known in
                var known = known
                known.measures = query.measures
                return known == query
            }
            if let same {
                questions[same].measures += query.measures.filter { !questions[same].measures.contains($0) }
            } else {
                questions.append(query)
            }
        }
        return AggregateTable(columns: query.columns, rows: [], receipt: 0)
    }

    /// - Throws: ``VaultError/denied(action:rule:hint:)`` if the budget of some days does not cover what the report asks about them. Where figures are not
    ///   released from budgets, nothing.
    func require(of session: some VaultConnection) async throws {
        var periods: [(from: String, until: String, cost: Double, left: Double)] = []
        var epsilon: (cost: Double, left: Double) = (0, .infinity)
        for question in questions.withLock({ $0 }) {
            let asked = PlanDisclosure(
                purpose: question.purpose, groupBy: question.groupBy.map(\.name), measures: question.measures.map(\.name), where: question.filter, since: question.since,
                until: question.until, inMonths: question.inMonths)
            let plan: PlanDisclosure.Reply
            do {
                plan = try await session.perform(asked).reply
            } catch VaultError.conflict {
                return
            } catch let error as VaultClientError where error.failure == .conflict {
                return
            }
            if let planned = plan.epsilon { epsilon = (epsilon.cost + planned.cost, planned.left) }
            for period in plan.periods {
                if let index = periods.firstIndex(where: { $0.from == period.from && $0.until == period.until }) {
                    periods[index].cost += period.cost
                } else {
                    periods.append((period.from, period.until, period.cost, period.left))
                }
            }
        }
        func text(_ cost: Double) -> String { String((cost * 10).rounded() / 10) }
        guard epsilon.cost <= epsilon.left else {
            throw VaultError.denied(
                action: "query", rule: "privacy budget",
                hint:
                    "this report would cost ε \(text(epsilon.cost)), of which \(text(epsilon.left)) is left to the organisation; nothing was charged. Ask for fewer figures, or later"
            )
        }
        guard let short = periods.filter({ $0.cost > $0.left }).max(by: { $0.cost - $0.left < $1.cost - $1.left }) else { return }
        throw VaultError.denied(
            action: "query", rule: "figures budget",
            hint: """
                this report would cost \(text(short.cost)) of the budget of the days from \(short.from) to before \(short.until), of which \(text(short.left)) is left; nothing was charged. \
                Ask for another period, for fewer segments or without --where; 'vocvault disclosure plan' shows what single tables cost
                """)
    }
}
