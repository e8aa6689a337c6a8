import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// Vaults with the same keys that differ in one customer's answer are asked the same by a role without rows. What does not contain a charged figure is the
/// same, byte for byte: rows, errors, headers, plans, and what the log says of the questions.
///
/// Files only: two databases of the same keys are two homes. A handful of pairs; `make attack` sets `ATTACK_PAIRS`.
@Suite("Neighbouring vaults answer alike", .onFiles)
struct NeighbourTests {
    private static let pairs = ProcessInfo.processInfo.environment["ATTACK_PAIRS"].flatMap { Int($0) } ?? 4

    @Test("a question about few answers as one about nobody; where figures are exact, it does not", arguments: [true, false])
    func alike(isProtected: Bool) async throws {
        var (asked, different, shown) = (0, 0, 0)
        for seed in 0..<(isProtected ? Self.pairs : 2) {
            let pair = try Pair(seed: UInt64(seed), isProtected)
            // A thousand of them would fill a disk.
            defer { pair.remove() }
            let (one, other) = (try await pair.answers(0), try await pair.answers(1))
            #expect(one.count == other.count)
            for (first, second) in zip(one, other) {
                asked += 1
                // A cell of few is shown with a probability of at most 10⁻³.
                if isProtected, first.isShown || second.isShown {
                    shown += 1
                } else if first.text != second.text {
                    different += 1
                    if isProtected { Issue.record("seed \(seed): \(first.text) | \(second.text)") }
                }
            }
        }
        #expect(isProtected ? different == 0 && shown <= max(2, asked / 100) : different > 10, "\(different) and \(shown) of \(asked)")
    }

    private struct Answer {
        var text: String
        var isShown = false
    }

    /// Two homes of one vault, in which one customer says different things.
    private struct Pair {
        private let origin: TestVault
        private let vaults: [Vault]
        private var folders: [URL] = []
        private let token, second, officer: String
        private var questions: [[String: Any]] = []
        /// Whatever a rule can watch of questions.
        private static let alerts = """
            version: 1
            rules:
              - {name: nothing-found, frequency: {count: 3, minutes: 60}, outcome: empty, actions: [query]}
              - {name: left-out, frequency: {count: 1, minutes: 60}, outcome: suppressed, actions: [query]}
              - {name: refused, frequency: {count: 2, minutes: 60}, outcome: denied}
              - {name: much, frequency: {count: 10, minutes: 60}, actions: [query]}
            """

        init(seed: UInt64, _ isProtected: Bool) throws {
            var random = Numbers(state: seed &* 31 &+ 7)
            origin = try TestVault(alerts: Self.alerts) { name, text in
                guard name == "roles.yaml" else { return text }
                return text.replacing("budget: 170", with: "budget: 24").replacing(
                    "        minimum_group: 10\n", with: isProtected ? "        minimum_group: 10\n" : "        minimum_group: 1\n")
            }
            func day() -> String { String(format: "2026-03-%02dT12:00:00Z", Int.random(in: 1...28, using: &random)) }
            try origin.ingest(
                (0..<40).map { number in
                    line(
                        id: "\(number)", customer: ["id": "C\(number)"],
                        attributes: ["product": "P\(number % 8)", "region": "R\(number % 10)", "rating": Int.random(in: 1...5, using: &random)], at: day())
                })
            (token, second, officer) = (try origin.token("reporting", named: "mei"), try origin.token("manager", named: "lin"), try origin.token("compliance"))
            // What needs a key makes it at its first use: both are to have the same.
            _ = try origin.session("reporting", named: "first").aggregate(
                AggregateQuery(groupBy: [], measures: [.count], since: Timestamp("2025-01-01"), until: Timestamp("2025-02-01"), purpose: "insight"))
            _ = try origin.session("compliance", named: "reader").auditEntries(.init(limit: 1))
            let loader = try origin.token("ingest")
            let time = day()
            let answers = [
                ["product": "Proto", "region": "西藏", "rating": 1], ["product": "P\(Int.random(in: 0..<8, using: &random))", "region": "R3", "rating": 5],
            ]
            folders = answers.map { [origin] _ in origin.folder.deletingLastPathComponent().appendingPathComponent("neighbour-\(UUID().uuidString)") }
            vaults = try zip(answers, folders).map { [origin] answer, folder in
                try FileManager.default.copyItem(at: origin.folder, to: folder)
                for name in ["vault.db-shm", "keystore.db-shm"] { try? FileManager.default.removeItem(at: folder.appendingPathComponent("vault/\(name)")) }
                let location = Vault.Location(
                    home: folder.appendingPathComponent("vault").path, keys: folder.appendingPathComponent("keys").path, policies: folder.appendingPathComponent("policies").path)
                let vault = try Vault.open(at: location, clock: { [clock = origin.clock] in clock.now }, uptime: { [clock = origin.clock] in clock.uptime })
                try origin.ingest([line(id: "target", customer: ["id": "T"], attributes: answer, at: time)], by: vault.session(token: loader))
                return vault
            }
            let filters = [
                "product = 'Proto'", "region = '西藏'", "rating <= 2 and product = 'Proto'", "product in ('Proto', 'P3')", "rating = 1", "not rating >= 2",
                "region = 'R3' or region = '西藏'", "product = 'never'", "rating = 'one'", "subject = 's_x'", "text contains 'x'", "occurred_at >= 2026-03-05T10:00:00Z",
                "prodct = 'P1'",
            ]
            let keys: [[String]] = [[], ["product"], ["rating", "region"], ["day(occurred_at)"], ["month(occurred_at)"]]
            for _ in 0..<14 {
                var question: [String: Any] = [
                    "purpose": "insight", "where": filters.randomElement(using: &random)!, "group_by": keys.randomElement(using: &random)!,
                    "measures": [["count"], ["count", "avg(rating)"], ["distinct(subject)"], ["max(rating)"], ["median(rating)", "stddev(rating)"], ["percentile(rating, 10)"]]
                        .randomElement(using: &random)!,
                ]
                if Bool.random(using: &random) {
                    (question["since"], question["until"]) = ("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: question["compare"] = true
                    case 1: question["order_by"] = ["\((question["measures"] as! [String])[0]) desc"]
                    case 2: question["having"] = "\((question["measures"] as! [String])[0]) >= 1"
                    default: break
                    }
                }
                questions.append(question)
            }
        }

        func remove() { for folder in folders { try? FileManager.default.removeItem(at: folder) } }

        /// Through HTTP, two principals in turn; then what the log says of them.
        func answers(_ number: Int) async throws -> [Answer] {
            let (vault, questions, token, second, officer) = (vaults[number], Asked(value: questions), token, second, officer)
            return try await withRouter(vault: origin, serving: vault) { server in
                var answers: [Answer] = []
                for (index, question) in questions.value.enumerated() {
                    for path in ["/v1/disclosure/plan", "/v1/aggregate", "/v1/aggregate"] {
                        let asked = path == "/v1/aggregate" ? question : question.filter { !["compare", "order_by", "having"].contains($0.key) }
                        let reply = try await server.send("POST", path, token: index % 2 == 0 ? token : second, json: asked)
                        let headers = reply.headers.map { "\($0.name.lowercased()): \($0.value)" }.filter { header in
                            !["date:", "vault-audit-checkpoint:", "vault-request:"].contains { header.hasPrefix($0) }
                        }.sorted()
                        // Entries have the same numbers; the log's hashes and signatures differ with what is sealed in it.
                        let body = reply.text.replacing(/"(instance|checkpoint)":"([^"\\]|\\.)*"/, with: "")
                        answers.append(
                            Answer(text: "\(path) \(reply.status) \(headers) \(body)", isShown: path == "/v1/aggregate" && (reply.json["rows"] as? [Any])?.isEmpty == false))
                    }
                }
                let entries = try vault.session(token: officer).auditEntries(.init(action: "query", limit: 200)).filter { ["mei", "lin"].contains($0.principal) }
                for entry in entries {
                    let detail = entry.detail.filter { !$0.key.hasPrefix("question") }.sorted { $0.key < $1.key }
                    answers.append(
                        Answer(text: "\(entry.principal) \(entry.outcome) \(entry.rule) \(entry.fields) \(entry.rows) \(detail)", isShown: entry.rows > 0))
                }
                // Where no figure was shown, alerts tell nothing either.
                let isShown = answers.contains(where: \.isShown)
                let alerts = try vault.session(token: officer).auditEntries(.init(action: "alert", limit: 200)).map {
                    "\($0.principal) \($0.rule) \($0.detail.sorted { $0.key < $1.key })"
                }
                answers.append(Answer(text: "alerts \(alerts)", isShown: isShown))
                return answers
            }
        }
    }

    /// Values of JSON, which are read only.
    private struct Asked: @unchecked Sendable {
        let value: [[String: Any]]
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }
}
