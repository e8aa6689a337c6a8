import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// An analyst who subtracts what a table shows. (Who sees the rows can count them: no guard could keep more from an analyst.) Each attack is shown to succeed where the policy protects nothing.
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

    @Test("the same by a column with two groups only: then nothing is shown", arguments: [true, false])
    func twoGroups(protected: Bool) throws {
        let analyst = try vault(protected: protected).session("analyst")
        let groups = try count(analyst, by: ["rating"])
        #expect(groups == (protected ? [:] : ["1": 1, "4": 36]))
    }
}
