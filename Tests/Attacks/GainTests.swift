import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

/// How often somebody who knows everything but one customer's answer finds it, under the default policy and under one that protects nothing.
///
/// The answer is good or bad with even chances, so that guessing succeeds in half of all trials; what is more is the gain. A sample by default;
/// `make attack` sets `ATTACK_TRIALS` and writes what it finds into docs/ANALYSIS.md.
@Suite("Attacks with figures: what is gained", .serialized)
struct GainTests {
    enum Attack: String, CaseIterable {
        case tenQuestions = "ten questions about sets that overlap in the customer, by three principals"
        case threeWindows = "a window less the two parts of it before and after the customer's day"
        case slidingWindows = "ten windows with the customer's day at an end, each less the same without it"
        case tracker = "ten general trackers of the customer's store and day"
        case dayAgainstMonth = "a month less its other days"
        case reports = "a report about everybody, less one without the customer's store"
        case forcedChanges = "the same question after each of a hundred forced changes of the data"
        case wholeBudget = "everything that the budget of a day allows, on the one customer"

        /// All, or those that ATTACK_ONLY names: `ATTACK_ONLY=tracker,wholeBudget`.
        static let chosen: [Attack] = {
            guard let names = ProcessInfo.processInfo.environment["ATTACK_ONLY"]?.split(separator: ",") else { return allCases }
            return allCases.filter { names.contains(Substring("\($0)")) }
        }()

        /// What may be gained at most, in points.
        var bound: Double {
            switch self {
            case .tenQuestions, .slidingWindows, .tracker: 8
            case .threeWindows, .reports: 5
            case .dayAgainstMonth, .forcedChanges: 3
            case .wholeBudget: 25
            }
        }

        /// Trials of a sample: some take a hundred questions each.
        var sample: Int { self == .wholeBudget || self == .forcedChanges ? 4 : 20 }
    }

    private static let trials = ProcessInfo.processInfo.environment["ATTACK_TRIALS"].flatMap { Int($0) }

    // Figures are the same on both stores, as others show: `TwoStoresTests`, `ConformanceTests`.
    @Test("the gain over guessing is bounded; where figures are exact, every attack succeeds", .onFiles, arguments: Attack.chosen, [true, false])
    func gain(attack: Attack, isProtected: Bool) async throws {
        let wanted = isProtected ? Self.trials ?? attack.sample : min(Self.trials ?? attack.sample, attack.sample)
        var (found, done) = (0, 0)
        while done < wanted {
            let (count, first) = (min(GainTarget.perVault, wanted - done), done)
            found += try await GainTarget.vault(isProtected: isProtected) { vault in
                let targets = (0..<count).map { GainTarget(number: $0, seed: first + $0, vault: vault) }
                guard attack != .forcedChanges else { return try GainTarget.found(byChanging: vault, targets) }
                var found = 0
                for target in targets where try await target.isFound(by: attack) { found += 1 }
                return found
            }
            done += count
        }
        let gain = 100 * Double(found) / Double(done) - 50
        if isProtected {
            // Three standard deviations beyond what the noise allows.
            #expect(gain <= attack.bound + 150 / Double(done).squareRoot(), "\(attack.rawValue): \(gain)")
        } else {
            #expect(gain == 50, "\(attack.rawValue): \(gain)")
        }
        try Self.note(attack.rawValue, isProtected, trials: done, found: found)
    }

    /// Outside of the attacks' own run, no clock decides anything.
    @Test("what the time that a new figure takes tells of whether one customer matches", .onFiles, .enabled(if: trials != nil))
    func timing() throws {
        func vault(_ isThere: Bool) throws -> TestVault {
            let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("budget: 170", with: "budget: 100000") : text }
            let others = (0..<2000).map { line(id: "\($0)", customer: ["id": "C\($0)"], attributes: ["product": "P\($0 % 8)", "rating": $0 % 5 + 1], at: "2026-03-09T12:00:00Z") }
            try vault.ingest(others + [line(id: "target", customer: ["id": "T"], attributes: ["product": isThere ? "Proto" : "P1", "rating": 1], at: "2026-03-09T12:00:00Z")])
            return vault
        }
        let vaults = (try vault(false), try vault(true))
        let sessions = (try vaults.0.session("reporting"), try vaults.1.session("reporting"))
        var number = 0
        /// How long a question takes that nobody asked before.
        func time(_ isThere: Bool) throws -> Duration {
            number += 1
            let query = AggregateQuery(
                groupBy: [], measures: [.count], filter: try Condition(parsing: "product = 'Proto' and rating != \(number + 10)"), since: Timestamp("2026-03-01"),
                until: Timestamp("2026-04-01"), purpose: "insight")
            return try ContinuousClock().measure { _ = try (isThere ? sessions.1 : sessions.0).aggregate(query) }
        }
        // The attacker has two vaults of their own to learn from.
        var learned: [[Duration]] = [[], []]
        for round in 0..<2000 { learned[round % 2].append(try time(round % 2 == 1)) }
        let (usual, matched) = (learned[0].sorted()[500], learned[1].sorted()[500])
        let between = (usual + matched) / 2
        let trials = max(Self.trials ?? 0, 7000)
        var found = 0
        for _ in 0..<trials {
            let isThere = Bool.random()
            let isSlow = try time(isThere) > between
            if (isSlow == (matched > usual)) == isThere { found += 1 }
        }
        try Self.note("how long a question about the customer's cell takes that nobody asked before", true, trials: trials, found: found)
    }

    private static func note(_ attack: String, _ isProtected: Bool, trials: Int, found: Int) throws {
        guard let path = ProcessInfo.processInfo.environment["ATTACK_RESULTS"] else { return }
        let line = "{\"attack\": \"\(attack)\", \"protected\": \(isProtected), \"trials\": \(trials), \"found\": \(found)}\n"
        if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(line.utf8))
        try file.close()
    }
}
