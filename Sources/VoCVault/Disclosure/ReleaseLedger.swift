import Policy
import RedactedAPI
import Store

/// What was released of each day of data, for the whole organisation, against the policy's budget.
///
/// The noise of a figure with a cost of 1 is ρ-zero-concentrated for one customer's record of a day, with ρ = 1/2σ² (Bun, Steinke 2016); costs add
/// up, and releases about other days cost a day nothing (block composition: Lécuyer et al. 2019, "Sage"; Luo et al. 2021, "PrivateKube").
/// What is refused depends on what was asked, and on no data.
struct ReleaseLedger {
    private let releases: [(days: ClosedRange<Int64>, cost: Int64)]
    /// In thousandths.
    let budget: Int64

    init(_ reader: StoreReader, _ vault: Vault) throws {
        budget = Int64(vault.policy.figures.budget) * 1000
        let released = try reader.releasedPeriods()
        let others = Set(released.map(\.zone)).subtracting([vault.policy.timeZone])
        let zones = Dictionary(uniqueKeysWithValues: others.compactMap { name in vault.offsets(of: name).map { (name, $0) } })
        releases = released.map { ($0.zone == vault.policy.timeZone ? $0.days : Self.days(of: $0, zones[$0.zone], in: vault.zoneOffsets), $0.cost) }
    }

    /// No two zones are further apart.
    private static let farthest: Int64 = 2

    /// All days of the vault's zone that have a moment of a release about days of another. A record of one of them may be among those that were
    /// counted, so that none of them is charged less than it should be.
    ///
    /// - Parameter zone: the other one; nil: this system does not know it any more.
    private static func days(of release: ReleasedPeriod, _ zone: AggregateRequest.ZoneOffsets?, in present: AggregateRequest.ZoneOffsets) -> ClosedRange<Int64> {
        guard let zone else { return release.days.lowerBound - farthest...release.days.upperBound + farthest }
        let first = present.day(of: zone.start(of: release.days.lowerBound))
        return first...max(first, present.day(of: zone.start(of: release.days.upperBound + 1) - 1))
    }

    /// What was spent of the day of a period of which most was.
    func spent(in days: ClosedRange<Int64>) -> Int64 {
        var changes: [(day: Int64, cost: Int64)] = []
        for release in releases where release.days.overlaps(days) {
            changes.append((max(release.days.lowerBound, days.lowerBound), release.cost))
            changes.append((release.days.upperBound + 1, -release.cost))
        }
        // What ends with a day goes before what begins with the next.
        changes.sort { ($0.day, $0.cost) < ($1.day, $1.cost) }
        var (now, most): (Int64, Int64) = (0, 0)
        for change in changes {
            now += change.cost
            most = max(most, now)
        }
        return most
    }

    /// - Parameter wanted: not among the releases.
    /// - Throws: ``VaultError/denied(action:rule:hint:)`` if the budget of a day does not cover it.
    func require(_ wanted: [ReleasePlan.Item]) throws {
        for (days, items) in Dictionary(grouping: wanted, by: \.days).sorted(by: { $0.key.lowerBound < $1.key.lowerBound }) {
            try require(items.reduce(0) { $0 + $1.cost }, about: days)
        }
    }

    /// The same.
    func require(_ cost: Int64, about days: ClosedRange<Int64>) throws {
        let left = max(0, budget - spent(in: days))
        guard cost > left else { return }
        func text(_ day: Int64) -> Substring { Timestamp(day: day).description.prefix(10) }
        throw VaultError.denied(
            action: Action.query.rawValue, rule: "figures budget",
            hint: """
                figures about \(text(days.lowerBound)) to \(text(days.upperBound)) would cost \(Self.text(cost)) of a budget of \(Self.text(budget)), \
                of which \(Self.text(left)) is left; what was released before is still answered
                """)
    }

    static func text(_ thousandths: Int64) -> String { String(Double(thousandths) / 1000) }
}
