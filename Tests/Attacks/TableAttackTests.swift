import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// Attacks that combine all that one table or many tell: reconstruction of everybody's answers (Dinur, Nissim 2003), cells from totals, averaging over
/// changes of the data. The attacker knows all but what is attacked; each succeeds where figures are exact.
@Suite("Attacks with many tables")
struct TableAttackTests {
    private func vault(_ isProtected: Bool, budget: Int = 170) throws -> TestVault {
        try TestVault { name, text in
            name == "roles.yaml"
                ? text.replacing("budget: 170", with: "budget: \(isProtected ? budget : 100_000)")
                    .replacing("        minimum_group: 10\n", with: "        minimum_group: \(isProtected ? 10 : 1)\n") : text
        }
    }

    private func count(_ session: Session, _ filter: String?, by keys: [String] = []) throws -> [[Value]] {
        try session.aggregate(
            AggregateQuery(
                groupBy: keys.map { GroupKey($0) }, measures: [.count], filter: filter.map { try Condition(parsing: $0) }, since: Timestamp("2026-03-01"),
                until: Timestamp("2026-04-01"), purpose: "insight")
        ).rows
    }

    private func number(_ value: Value?) -> Double? { if case .integer(let integer)? = value { Double(integer) } else { nil } }

    // MARK: Reconstruction

    @Test("everybody's answers cannot be reconstructed from all random subsets that the budget allows", arguments: [true, false])
    func reconstruction(isProtected: Bool) throws {
        let (people, known) = (40, 60)
        var random = SystemRandomNumberGenerator()
        let secrets = (0..<people).map { _ in Bool.random(using: &random) }
        let vault = try vault(isProtected)
        // Stores have one person of interest each; those in S are known, and make every count large enough to be shown.
        try vault.ingest(
            secrets.enumerated().map { line(id: "\($0)", customer: ["id": "C\($0)"], attributes: ["store": "T\($0)", "rating": $1 ? 1 : 5], at: "2026-03-09T12:00:00Z") }
                + (0..<known).map { line(id: "k\($0)", customer: ["id": "K\($0)"], attributes: ["store": "S", "rating": 1], at: "2026-03-09T12:00:00Z") })
        let reporting = try vault.session("reporting")
        var (subsets, answers): ([[Int]], [Double]) = ([], [])
        for _ in 0..<120 {
            let subset = (0..<people).filter { _ in Bool.random(using: &random) }
            let stores = (subset.map { "'T\($0)'" } + ["'S'"]).joined(separator: ", ")
            guard let rows = try? count(reporting, "rating <= 2 and store in (\(stores))") else { break }
            guard let answer = number(rows.first?.first) else { continue }
            subsets.append(subset)
            answers.append(answer - Double(known))
        }
        #expect(isProtected ? (60...85).contains(answers.count) : answers.count == 120, "\(answers.count)")
        let guesses = Self.leastSquares(subsets, answers, people).map { $0 > 0.5 }
        let right = zip(guesses, secrets).count { $0 == $1 }
        // By chance half of them; 32 or more of 40 in less than one of 10⁴ cases.
        #expect(isProtected ? right < 36 : right == people, "\(right) of \(people)")
    }

    /// Values between 0 and 1 whose sums over subsets are as near to answers as can be: projected gradient descent.
    private static func leastSquares(_ subsets: [[Int]], _ answers: [Double], _ count: Int) -> [Double] {
        var values = [Double](repeating: 0.5, count: count)
        let step = 1 / Double(max(1, subsets.count * count)) * 2
        for _ in 0..<600 {
            var slope = [Double](repeating: 0, count: count)
            for (subset, answer) in zip(subsets, answers) {
                let residual = subset.reduce(0) { $0 + values[$1] } - answer
                for member in subset { slope[member] += residual }
            }
            for index in values.indices { values[index] = min(1, max(0, values[index] - step * slope[index])) }
        }
        return values
    }

    // MARK: Cells from totals

    @Test("a cell too small to be shown does not follow from totals, by whatever whole numbers fit best", arguments: [true, false])
    func complementaryCells(isProtected: Bool) throws {
        // Where small cells are left out and the rest is exact, without others left out for them.
        let vault = try vault(isProtected, budget: 1000)
        let (products, regions) = (8, 3)
        var sizes = (0..<products).map { _ in (0..<regions).map { _ in Int.random(in: 90...110) } }
        for product in 0..<products { sizes[product][product % regions] = Int.random(in: 1...9) }
        var lines: [String] = []
        for product in 0..<products {
            for region in 0..<regions {
                for _ in 0..<sizes[product][region] {
                    let id = String(lines.count)
                    lines.append(line(id: id, customer: ["id": "C\(id)"], attributes: ["product": "P\(product)", "region": "R\(region)", "rating": 3], at: "2026-03-09T12:00:00Z"))
                }
            }
        }
        try vault.ingest(lines)
        let reporting = try vault.session("reporting")
        func table(_ keys: [String]) throws -> [String: Double] {
            Dictionary(uniqueKeysWithValues: try count(reporting, nil, by: keys).map { row in (row.dropLast().map(\.description).joined(separator: " "), number(row.last) ?? 0) })
        }
        let (cells, byProduct, byRegion) = (try table(["product", "region"]), try table(["product"]), try table(["region"]))
        var exact = 0
        for product in 0..<products {
            let region = product % regions
            let shown = (0..<regions).filter { $0 != region }.compactMap { cells["P\(product) R\($0)"] }
            guard isProtected, cells["P\(product) R\(region)"] == nil, shown.count == regions - 1, let whole = byProduct["P\(product)"] else {
                // Exact figures show the cell itself.
                if let cell = cells["P\(product) R\(region)"], Int(cell) == sizes[product][region] { exact += 1 }
                continue
            }
            // Of all whole numbers the one with the smallest error, given its row; the column has two unknown cells.
            let best = (0...9).min { abs(Double($0) + shown.reduce(0, +) - whole) < abs(Double($1) + shown.reduce(0, +) - whole) }!
            if best == sizes[product][region] { exact += 1 }
        }
        #expect(!byRegion.isEmpty)
        // One in nine by chance; six or more of eight hardly ever (10⁻⁴).
        #expect(isProtected ? exact < 6 : exact == products, "\(exact) of \(products)")
    }

    // MARK: Changes of the data

    @Test("a hundred changes of the data average nothing away: what was released stays, and what is asked anew has a budget", arguments: [true, false])
    func forcedChanges(isProtected: Bool) throws {
        let vault = try vault(isProtected)
        try vault.ingest((0..<200).map { line(id: "\($0)", customer: ["id": "C\($0)"], attributes: ["product": "X5", "rating": $0 % 5 + 1], at: "2026-03-09T12:00:00Z") })
        let reporting = try vault.session("reporting")
        var estimates: [Double] = []
        for change in 0..<100 {
            try vault.ingest([line(id: "forced-\(change)", customer: ["id": "F\(change)"], attributes: ["product": "X5", "rating": 3], at: "2026-03-10T12:00:00Z")])
            if let answer = number(try? count(reporting, "product = 'X5'").first?.first) { estimates.append(answer - Double(change + 1)) }
        }
        let released = Set(estimates.enumerated().map { $1 + Double($0 + 1) })
        if isProtected {
            #expect(released.count == 1 && estimates.count == 100, "the first answer is given a hundred times")
        } else {
            #expect(estimates.allSatisfy { $0 == 200 })
        }
    }
}
