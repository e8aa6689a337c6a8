import Foundation
import TestVaults
import Testing
import VoCVault

/// Pairs of customers as real sources write them (`Samples/identity-pairs.jsonl`), each one person or two.
@Suite("Identity, pair by pair")
struct IdentityPairTests {
    private struct Pair {
        var isSame: Bool
        var why: String
        var a: [String: Any]
        var b: [String: Any]
    }

    private static func pairs() throws -> [Pair] {
        let file = Bundle.module.url(forResource: "Samples/identity-pairs", withExtension: "jsonl")!
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            return Pair(
                isSame: try #require(object["same"] as? Bool), why: try #require(object["why"] as? String), a: try #require(object["a"] as? [String: Any]),
                b: try #require(object["b"] as? [String: Any]))
        }
    }

    private func line(_ id: String, _ customer: [String: Any]) throws -> String {
        let record: [String: Any] = ["id": id, "occurred_at": "2026-03-04T12:37:39+08:00", "channel": "hotline", "text": "ok", "customer": customer]
        return String(decoding: try JSONSerialization.data(withJSONObject: record), as: UTF8.self)
    }

    @Test("no two people become one, and at least 98 of 100 who are one do, in one run and in two")
    func pairs() throws {
        let pairs = try Self.pairs()
        #expect(pairs.count >= 200)
        for inOneRun in [true, false] {
            let vault = try TestVault()
            var (wrong, missed): ([String], [String]) = ([], [])
            for (number, pair) in pairs.enumerated() {
                let lines = [try line("\(number)a", pair.a), try line("\(number)b", pair.b)]
                let new = inOneRun ? try vault.ingest(lines).report.newCustomers : try lines.reduce(0) { $0 + (try vault.ingest([$1]).report.newCustomers) }
                if pair.isSame, new != 1 { missed.append("\(number + 1): \(pair.why)") }
                if !pair.isSame, new != 2 { wrong.append("\(number + 1): \(pair.why)") }
            }
            let same = pairs.count { $0.isSame }
            #expect(wrong.isEmpty, "\(wrong)")
            #expect(Double(missed.count) <= 0.02 * Double(same), "\(missed)")
        }
    }

    @Test("each pair is the same the other way round")
    func reversed() throws {
        let vault = try TestVault()
        var odd: [String] = []
        for (number, pair) in try Self.pairs().enumerated() {
            let new = try vault.ingest([try line("\(number)b", pair.b), try line("\(number)a", pair.a)]).report.newCustomers
            if new != (pair.isSame ? 1 : 2) { odd.append("\(number + 1): \(pair.why)") }
        }
        #expect(odd.count <= 2, "\(odd)")
    }
}
