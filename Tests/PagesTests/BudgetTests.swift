import Foundation
import Pages
import RedactedAPI
import Reporting
import TestVaults
import Testing

/// What a day's budget of figures has room for, under the policies that come with the vault.
@Suite("Budgets of figures")
struct BudgetTests {
    /// 2026-01-01
    private let start: Int64 = 1_767_225_600_000
    private static let products = (1...8).map { "P\($0)" }

    /// Six records a day, of 700 customers in turn.
    private func feedback(_ vault: TestVault, days: Range<Int>) throws {
        try vault.ingest(
            days.flatMap { day in
                (0..<6).map { number in
                    let customer = (day * 6 + number) % 700
                    return line(
                        id: "\(day)-\(number)", customer: ["id": "C\(customer)"],
                        attributes: ["product": Self.products[customer % 8], "region": ["华东", "华北", "华南"][customer % 3], "rating": customer % 5 + 1, "nps": customer % 11],
                        at: Timestamp(milliseconds: start + Int64(day) * 86_400_000).description)
                }
            })
    }

    @Test("all reports every week, and 40 further tables a month, are never refused")
    func weekly() async throws {
        let vault = try TestVault(start: start + 130 * 86_400_000, edit: TestVault.shipped)
        try feedback(vault, days: 0..<130)
        let reporter = try vault.session("reporting")
        let filters = Self.products.flatMap { product in
            (1...5).map { Condition.and([.compare(field: "product", .equal, .text(product)), .compare(field: "rating", .equal, .integer(Int64($0)))]) }
        }
        try #require(filters.count == 40)
        for week in 0..<6 {
            for template in Template.allCases {
                _ = try await Figures(from: reporter, for: template, purpose: "insight", since: nil, until: nil)
            }
            // Forty in each four weeks, over all months so far.
            for filter in filters[(week % 4) * 10..<(week % 4) * 10 + 10] {
                _ = try reporter.aggregate(
                    AggregateQuery(groupBy: [.field("region")], measures: [.count], filter: filter, inMonths: true, purpose: "insight"))
            }
            vault.clock.advance(days: 7)
            try feedback(vault, days: 130 + week * 7..<137 + week * 7)
        }
    }
}
