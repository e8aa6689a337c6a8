import Foundation
import RedactedAPI
import Synchronization
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
        case dayAgainstMonth = "a month less its other days"
        case wholeBudget = "everything that the budget of a day allows, on the one customer"
    }

    private static let trials = ProcessInfo.processInfo.environment["ATTACK_TRIALS"].flatMap { Int($0) }
    private static let stores = 20
    /// Trials in one vault, whose customers all are targets.
    private static let targets = 40

    // Figures are the same on both stores, as others show: `TwoStoresTests`, `ConformanceTests`.
    @Test("the gain over guessing is bounded; where figures are exact, every attack succeeds", .onFiles, arguments: Attack.allCases, [true, false])
    func gain(attack: Attack, isProtected: Bool) throws {
        let wanted = Self.trials ?? (attack == .wholeBudget ? 4 : 20)
        var (found, done) = (0, 0)
        while done < (isProtected ? wanted : min(wanted, attack == .wholeBudget ? 4 : 20)) {
            let count = min(Self.targets, (isProtected ? wanted : min(wanted, attack == .wholeBudget ? 4 : 20)) - done)
            found += try Target.vault(isProtected: isProtected) { vault in
                try (0..<count).count { try Target(number: $0, seed: done + $0, vault: vault).isFound(by: attack) }
            }
            done += count
        }
        let gain = 100 * Double(found) / Double(done) - 50
        // Three standard deviations beyond what the noise allows.
        let bounds: [Attack: Double] = [.tenQuestions: 8, .threeWindows: 5, .dayAgainstMonth: 3, .wholeBudget: 25]
        if isProtected {
            #expect(gain <= bounds[attack]! + 150 / Double(done).squareRoot(), "\(attack.rawValue): \(gain)")
        } else {
            #expect(gain == 50, "\(attack.rawValue): \(gain)")
        }
        if let path = ProcessInfo.processInfo.environment["ATTACK_RESULTS"] {
            let line = "{\"attack\": \"\(attack.rawValue)\", \"protected\": \(isProtected), \"trials\": \(done), \"found\": \(found)}\n"
            if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Data(line.utf8))
            try file.close()
        }
    }

    /// One customer of a store each, of March 2026, who is content or not.
    private struct Target {
        let number: Int
        let day: Int
        let store: Int
        let isUnhappy: Bool
        private let vault: TestVault
        private var random: Numbers

        init(number: Int, seed: Int, vault: TestVault) {
            (self.number, self.vault) = (number, vault)
            (day, store, isUnhappy) = (Self.day(number), number % GainTests.stores, Self.isUnhappy(number, of: vault))
            random = Numbers(state: UInt64(seed) &* 77 &+ 5)
        }

        private static func day(_ number: Int) -> Int { 5 + number % 20 }
        private static func isUnhappy(_ number: Int, of vault: TestVault) -> Bool { answers.value(vault.folder.path)[number] }

        /// What was drawn for each vault, and who asks it.
        private static let answers = Answers()

        /// A vault of targets and others, of whom everything is known: each store has 60 good and 60 bad answers a month.
        static func vault<R>(isProtected: Bool, _ body: (TestVault) throws -> R) throws -> R {
            let vault = try TestVault { name, text in
                guard name == "roles.yaml" else { return text }
                return text.replacing("budget: 170", with: "budget: 100000").replacing(
                    "        minimum_group: 10\n", with: isProtected ? "        minimum_group: 10\n" : "        minimum_group: 1\n")
            }
            let unhappy = (0..<GainTests.targets).map { _ in Bool.random() }
            let sessions = try ["reporting", "manager", "improver"].map { ($0, try vault.session($0)) }
            answers.set(unhappy, Dictionary(uniqueKeysWithValues: sessions), vault.folder.path)
            func line(_ id: String, store number: Int, isUnhappy: Bool, day: Int) -> String {
                let attributes: [String: Any] = ["store": "S\(number % GainTests.stores)", "rating": isUnhappy ? 1 : 5]
                return TestVaults.line(id: id, customer: ["id": id], attributes: attributes, at: String(format: "2026-03-%02dT12:00:00Z", day))
            }
            var lines: [String] = []
            for number in 0..<GainTests.targets { lines.append(line("target-\(number)", store: number, isUnhappy: unhappy[number], day: day(number))) }
            for number in 0..<GainTests.stores * 120 {
                lines.append(line("other-\(number)", store: number, isUnhappy: number / GainTests.stores % 2 == 0, day: 1 + number / 40 % 30))
            }
            try vault.ingest(lines)
            defer { try? FileManager.default.removeItem(at: vault.folder) }
            return try body(vault)
        }

        /// Bad answers in stores and on days, other than the customer's own: what the attacker knows.
        private func known(stores: Set<Int>, days: Range<Int>) -> Int {
            var known = 0
            for other in 0..<GainTests.stores * 120 where other / GainTests.stores % 2 == 0 && stores.contains(other % GainTests.stores) && days.contains(1 + other / 40 % 30) {
                known += 1
            }
            for other in 0..<GainTests.targets where other != number && stores.contains(other % GainTests.stores) && days.contains(Self.day(other)) {
                if Self.isUnhappy(other, of: vault) { known += 1 }
            }
            return known
        }

        /// What a role says of the number of bad answers, less those known.
        private func answer(_ role: String, stores: Set<Int>, days: Range<Int> = 1..<32) throws -> [Double] {
            let names = stores.sorted().map { "'S\($0)'" }.joined(separator: ", ")
            func time(_ day: Int) -> Timestamp { Timestamp(day == 32 ? "2026-04-01" : String(format: "2026-03-%02d", day))! }
            let row =
                try Self.answers.session(role, vault.folder.path).aggregate(
                    AggregateQuery(
                        groupBy: [], measures: [.count, .distinct("subject")], filter: Condition(parsing: "rating <= 2 and store in (\(names))"), since: time(days.lowerBound),
                        until: time(days.upperBound), purpose: "insight")
                ).rows.first ?? []
            let known = Double(known(stores: stores, days: days))
            return row.compactMap { if case .integer(let integer) = $0 { Double(integer) - known } else { nil } }
        }

        /// Half of the others' stores and the customer's own.
        private mutating func someStores() -> Set<Int> { Set((0..<GainTests.stores).filter { _ in Bool.random(using: &random) }).union([store]) }

        func isFound(by attack: Attack) throws -> Bool {
            var copy = self
            let all = Set(0..<GainTests.stores)
            let estimates: [Double]
            switch attack {
            case .tenQuestions:
                let sets = (0..<10).map { _ in copy.someStores() }
                estimates = try sets.enumerated().flatMap { try answer(["reporting", "manager", "improver"][$0 % 3], stores: $1).prefix(1) }
            case .wholeBudget:
                // A question of two figures costs 2 of 170.
                let sets = (0..<85).map { _ in copy.someStores() }
                estimates = try sets.flatMap { try answer("reporting", stores: $0) }
            case .threeWindows:
                let (whole, before, after) = try (
                    answer("reporting", stores: all), answer("manager", stores: all, days: 1..<day), answer("improver", stores: all, days: day + 1..<32)
                )
                estimates = zip(whole, zip(before, after)).map { $0 - $1.0 - $1.1 }
            case .dayAgainstMonth:
                let days = try Self.answers.session("reporting", vault.folder.path).aggregate(
                    AggregateQuery(
                        groupBy: [.time("occurred_at", .day)], measures: [.count], filter: Condition(parsing: "rating <= 2"), since: Timestamp("2026-03-01"),
                        until: Timestamp("2026-04-01"),
                        purpose: "insight")
                ).rows
                let others = days.filter { $0[0] != .text(String(format: "2026-03-%02d", day)) }
                let whole = try answer("reporting", stores: all)[0] + Double(known(stores: all, days: 1..<32))
                let sum = others.reduce(0.0) { if case .integer(let count) = $1[1] { $0 + Double(count) } else { $0 } }
                estimates = others.count == 29 ? [whole - sum - Double(known(stores: all, days: day..<day + 1))] : []
            }
            guard !estimates.isEmpty else { return Bool.random() == isUnhappy }
            return (estimates.reduce(0, +) / Double(estimates.count) > 0.5) == isUnhappy
        }
    }

    private final class Answers: Sendable {
        private let values = Mutex<[String: (answers: [Bool], sessions: [String: Session])]>([:])
        func set(_ answers: [Bool], _ sessions: [String: Session], _ key: String) { values.withLock { $0[key] = (answers, sessions) } }
        func value(_ key: String) -> [Bool] { values.withLock { $0[key]!.answers } }
        func session(_ role: String, _ key: String) -> Session { values.withLock { $0[key]!.sessions[role]! } }
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
