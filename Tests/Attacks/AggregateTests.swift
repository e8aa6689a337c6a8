import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// An analyst who subtracts. Each attack is shown to succeed where the policy protects nothing.
@Suite("Attacks with figures")
struct AggregateTests {
    /// Twenty customers on X5, nine on X7, seven on Air and one on the prototype.
    private func vault(protected: Bool) throws -> TestVault {
        let vault = try TestVault { name, text in
            name == "roles.yaml" && !protected ? text.replacing("minimum_group: 5", with: "minimum_group: 1") : text
        }
        let counts = [("X5", 20), ("X7", 9), ("Air", 7), ("Proto", 1)]
        var number = 0
        try vault.ingest(counts.flatMap { product, count in
            (0..<count).map { _ in
                number += 1
                return line(id: "\(number)", customer: ["id": "C\(number)"], attributes: ["product": product, "rating": product == "Proto" ? 1 : 4])
            }
        })
        return vault
    }

    private func count(_ session: Session, by keys: [String]) throws -> [String: Int64] {
        let table = try session.aggregate(AggregateQuery(groupBy: keys.map { GroupKey($0) }, measures: [.count], purpose: "insight"))
        let rows = table.rows.map { row -> (String, Int64) in
            guard case .integer(let count) = row.last else { return ("", 0) }
            return (row.dropLast().map(\.description).joined(separator: "/"), count)
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    @Test("the total less the groups that are shown never leaves a group of too few", arguments: [true, false])
    func complement(protected: Bool) throws {
        let analyst = try vault(protected: protected).session("analyst")
        let total = try count(analyst, by: [])[""] ?? 0
        let groups = try count(analyst, by: ["product"])
        let left = total - groups.values.reduce(0, +)
        if protected {
            // The prototype goes, and the smallest of the others with it.
            #expect(groups == ["X5": 20, "X7": 9] && left == 8)
        } else {
            #expect(groups["Proto"] == 1 && left == 0)
        }
    }

    @Test("figures for all but a few are refused, so that nothing can be subtracted from the figures for all", arguments: [true, false])
    func differencing(protected: Bool) throws {
        let analyst = try vault(protected: protected).session("analyst")
        let filters = [
            "product != 'Proto'", "product in ('X5', 'X7', 'Air')", "not product = 'Proto'", "rating > 1", "rating = 4 or product = 'nothing'",
        ]
        for filter in filters {
            let query = AggregateQuery(groupBy: [], measures: [.count, .average("rating")], filter: try Condition(parsing: filter), purpose: "insight")
            if protected {
                let error = #expect(throws: VaultError.self, "\(filter)") { try analyst.aggregate(query) }
                if case .denied(_, "differencing", _) = error {} else { Issue.record("\(String(describing: error))") }
            } else {
                // 36 of 37 with their mean: the missing one's rating follows.
                #expect(try analyst.aggregate(query).rows == [[.integer(36), .decimal(4)]])
            }
        }
        // What leaves out many, or nobody, is answered.
        for (filter, count) in [("product = 'X5'", 20), ("rating >= 1", 37)] as [(String, Int64)] {
            let table = try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], filter: try Condition(parsing: filter), purpose: "insight"))
            #expect(table.rows == [[.integer(count)]])
        }
    }

    @Test("the same where customers are searched for by what they say", arguments: [true, false])
    func searching(protected: Bool) throws {
        let vault = try vault(protected: protected)
        // Twenty of the others and the prototype's customer say it.
        try vault.ingest((1...20).map { line(id: "said-\($0)", customer: ["id": "C\($0)"], attributes: ["product": "X5", "rating": 4], text: "有异味") })
        try vault.ingest([line(id: "said", customer: ["id": "C37"], attributes: ["product": "Proto", "rating": 1], text: "有异味")])
        let analyst = try vault.session("analyst")
        for filter in ["product != 'Proto' and text contains '异味'", "text contains '异味' and rating > 1"] {
            let query = AggregateQuery(groupBy: [], measures: [.count], filter: try Condition(parsing: filter), purpose: "insight")
            if protected {
                let error = #expect(throws: VaultError.self, "\(filter)") { try analyst.aggregate(query) }
                if case .denied(_, "differencing", _)? = error {} else { Issue.record("\(String(describing: error))") }
            } else {
                #expect(try analyst.aggregate(query).rows == [[.integer(20)]])
            }
        }
    }

    @Test("the same by a column with two groups only: then nothing is shown", arguments: [true, false])
    func twoGroups(protected: Bool) throws {
        let analyst = try vault(protected: protected).session("analyst")
        let groups = try count(analyst, by: ["rating"])
        #expect(groups == (protected ? [:] : ["1": 1, "4": 36]))
    }
}
