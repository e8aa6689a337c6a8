import Foundation
import RedactedAPI
import Reporting
import Synchronization
import TestVaults
import Testing
import VoCVault

/// One customer of a store each, of March 2026, who is content or not: what ``GainTests`` attack.
struct GainTarget {
    private static let stores = 20
    /// Customers of one vault, all of whom are targets.
    static let perVault = 40
    /// How often the data are changed, by records of the attacker's own.
    private static let changes = 100

    let number: Int
    private let day: Int
    private let store: Int
    private let isUnhappy: Bool
    private let vault: TestVault
    private var random: Numbers

    init(number: Int, seed: Int, vault: TestVault) {
        (self.number, self.vault) = (number, vault)
        (day, store, isUnhappy) = (Self.day(number), number % Self.stores, Self.isUnhappy(number, of: vault))
        random = Numbers(state: UInt64(seed) &* 77 &+ 5)
    }

    private static func day(_ number: Int) -> Int { 5 + number % 20 }
    private static func isUnhappy(_ number: Int, of vault: TestVault) -> Bool { answers.value(vault.folder.path)[number] }

    /// What was drawn for each vault, and who asks it.
    private static let answers = Answers()

    /// A vault of targets and others, of whom everything is known: each store has 60 good and 60 bad answers a month.
    static func vault<R>(isProtected: Bool, _ body: (TestVault) async throws -> R) async throws -> R {
        let vault = try TestVault { name, text in
            guard name == "roles.yaml" else { return text }
            return text.replacing("budget: 170", with: "budget: 100000").replacing(
                "        minimum_group: 10\n", with: isProtected ? "        minimum_group: 10\n" : "        minimum_group: 1\n")
        }
        let unhappy = (0..<perVault).map { _ in Bool.random() }
        let sessions = try ["reporting", "manager", "improver"].map { ($0, try vault.session($0)) }
        answers.set(unhappy, Dictionary(uniqueKeysWithValues: sessions), vault.folder.path)
        var lines: [String] = []
        for number in 0..<perVault { lines.append(line("target-\(number)", store: number, isUnhappy: unhappy[number], day: day(number))) }
        for number in 0..<stores * 120 {
            lines.append(line("other-\(number)", store: number, isUnhappy: number / stores % 2 == 0, day: 1 + number / 40 % 30))
        }
        try vault.ingest(lines)
        defer { try? FileManager.default.removeItem(at: vault.folder) }
        return try await body(vault)
    }

    private static func line(_ id: String, store number: Int, isUnhappy: Bool, day: Int) -> String {
        let attributes: [String: Any] = ["store": "S\(number % stores)", "rating": isUnhappy ? 1 : 5]
        return TestVaults.line(id: id, customer: ["id": id], attributes: attributes, at: String(format: "2026-03-%02dT12:00:00Z", day))
    }

    // MARK: What the attacker knows and asks

    /// Bad answers, other than the customer's own, in some stores and on some days.
    private func known(where isMeant: (_ store: Int, _ day: Int) -> Bool) -> Int {
        var known = 0
        for other in 0..<Self.stores * 120 where other / Self.stores % 2 == 0 && isMeant(other % Self.stores, 1 + other / 40 % 30) { known += 1 }
        for other in 0..<Self.perVault where other != number && isMeant(other % Self.stores, Self.day(other)) && Self.isUnhappy(other, of: vault) { known += 1 }
        return known
    }

    private func known(stores: Set<Int>, days: Range<Int>) -> Int { known { stores.contains($0) && days.contains($1) } }

    private static func date(_ day: Int) -> String { day == 32 ? "2026-04-01" : String(format: "2026-03-%02d", day) }
    private static func names(_ stores: Set<Int>) -> String { stores.sorted().map { "'S\($0)'" }.joined(separator: ", ") }

    /// What a role says of the number of bad answers, less those known: of records, and of customers.
    private func answer(_ role: String, where filter: String, known: Int, days: Range<Int> = 1..<32) throws -> [Double] {
        let row =
            try Self.answers.session(role, vault.folder.path).aggregate(
                AggregateQuery(
                    groupBy: [], measures: [.count, .distinct("subject")], filter: Condition(parsing: "rating <= 2 and (\(filter))"), since: Timestamp(Self.date(days.lowerBound)),
                    until: Timestamp(Self.date(days.upperBound)), purpose: "insight")
            ).rows.first ?? []
        return row.compactMap { if case .integer(let integer) = $0 { Double(integer - Int64(known)) } else { nil } }
    }

    private func answer(_ role: String, stores: Set<Int>, days: Range<Int> = 1..<32) throws -> [Double] {
        try answer(role, where: "store in (\(Self.names(stores)))", known: known(stores: stores, days: days), days: days)
    }

    /// Half of the others' stores and the customer's own.
    private mutating func someStores() -> Set<Int> { Set((0..<Self.stores).filter { _ in Bool.random(using: &random) }).union([store]) }

    // MARK: Attacks

    func isFound(by attack: GainTests.Attack) async throws -> Bool {
        var copy = self
        let estimates = try await copy.estimates(by: attack)
        guard !estimates.isEmpty else { return Bool.random() == isUnhappy }
        return (estimates.reduce(0, +) / Double(estimates.count) > 0.5) == isUnhappy
    }

    /// Of whether the customer's answer is bad, 0 or 1 but for noise.
    private mutating func estimates(by attack: GainTests.Attack) async throws -> [Double] {
        let all = Set(0..<Self.stores)
        switch attack {
        case .tenQuestions:
            let sets = (0..<10).map { _ in someStores() }
            return try sets.enumerated().flatMap { try answer(["reporting", "manager", "improver"][$0 % 3], stores: $1).prefix(1) }
        case .wholeBudget:
            // A question of two figures costs 2 of 170.
            let sets = (0..<85).map { _ in someStores() }
            return try sets.flatMap { try answer("reporting", stores: $0) }
        case .threeWindows:
            let (whole, before, after) = try (
                answer("reporting", stores: all), answer("manager", stores: all, days: 1..<day), answer("improver", stores: all, days: day + 1..<32)
            )
            return zip(whole, zip(before, after)).map { $0 - $1.0 - $1.1 }
        case .slidingWindows:
            // Each window that has the day at an end, less the same without it; of three days and more, so that they are shown.
            let windows = (1...max(1, day - 3)).suffix(5).map { ($0..<day + 1, $0..<day) } + (day + 4...32).prefix(5).map { (day..<$0, day + 1..<$0) }
            return try windows.flatMap { with, without in try zip(answer("reporting", stores: all, days: with), answer("manager", stores: all, days: without)).map(-).prefix(1) }
        case .tracker:
            // Schlörer's general tracker (Denning, Denning, Schwartz 1979): no question is about the customer's cell alone.
            let cell = "store = 'S\(store)' and occurred_at >= \(Self.date(day)) and occurred_at < \(Self.date(day + 1))"
            let knownAll = known { _, _ in true }
            return try (0..<10).flatMap { _ -> [Double] in
                let tracker = someStores().subtracting([store])
                let names = Self.names(tracker.isEmpty ? [(store + 1) % Self.stores] : tracker)
                let isTracked = { (other: Int) in names.contains("'S\(other)'") }
                let with = try answer("reporting", where: "(\(cell)) or store in (\(names))", known: known { [day, store] in isTracked($0) || $0 == store && $1 == day })
                let without = try answer("manager", where: "(\(cell)) or not store in (\(names))", known: known { other, _ in !isTracked(other) })
                let whole = try answer("improver", where: "store is not null", known: knownAll)
                return zip(zip(with, without), whole).map { $0.0 + $0.1 - $1 }
            }
        case .reports: return try await reportEstimates()
        case .dayAgainstMonth:
            let days = try Self.answers.session("reporting", vault.folder.path).aggregate(
                AggregateQuery(
                    groupBy: [.time("occurred_at", .day)], measures: [.count], filter: Condition(parsing: "rating <= 2"), since: Timestamp("2026-03-01"),
                    until: Timestamp("2026-04-01"), purpose: "insight")
            ).rows
            let others = days.filter { $0[0] != .text(Self.date(day)) }
            let whole = try answer("reporting", stores: all)[0] + Double(known(stores: all, days: 1..<32))
            let sum = others.reduce(0.0) { if case .integer(let count) = $1[1] { $0 + Double(count) } else { $0 } }
            return others.count == 29 ? [whole - sum - Double(known(stores: all, days: day..<day + 1))] : []
        case .forcedChanges: preconditionFailure("the same changes are for all targets: see found(byChanging:)")
        }
    }

    /// From a report about everybody and one without the customer's store: the cell of bad ratings, and what averages say of it.
    private func reportEstimates() async throws -> [Double] {
        func report(_ filter: Condition?) async throws -> [Double] {
            let figures = try await Figures(
                from: Self.answers.session("reporting", vault.folder.path), fields: ["occurred_at", "subject", "rating"], where: filter, purpose: "insight",
                since: Timestamp("2026-03-01"), until: Timestamp("2026-04-01"))
            guard let bad = figures.count(["rating"], "1"), let total = figures.total, let average = total.rating else { return [] }
            return [bad, total.customers * (5 - average) / 4]
        }
        let (whole, rest) = try await (report(nil), report(.compare(field: "store", .notEqual, .text("S\(store)"))))
        let known = Double(known(stores: [store], days: 1..<32))
        return zip(whole, rest).map { $0 - $1 - known }
    }

    /// Each asks the same after each of a hundred changes of the data in what they ask about, and averages what differs.
    ///
    /// - Returns: how many are found.
    static func found(byChanging vault: TestVault, _ targets: [GainTarget]) throws -> Int {
        var targets = targets
        let sets = targets.indices.map { targets[$0].someStores().union([0]) }
        var answers: [[Double]] = targets.map { _ in [] }
        var estimates = answers
        for change in 1...changes {
            try vault.ingest([line("forced-\(change)", store: 0, isUnhappy: true, day: 1)])
            for (index, target) in targets.enumerated() {
                guard let answer = try target.answer("reporting", where: "store in (\(names(sets[index])))", known: 0).first, !answers[index].contains(answer) else { continue }
                answers[index].append(answer)
                estimates[index].append(answer - Double(target.known(stores: sets[index], days: 1..<32) + change))
            }
        }
        return zip(targets, estimates).count { target, estimates in
            guard !estimates.isEmpty else { return Bool.random() == target.isUnhappy }
            return (estimates.reduce(0, +) / Double(estimates.count) > 0.5) == target.isUnhappy
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
