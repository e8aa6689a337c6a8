import Policy
import Store
import VaultAPI

/// When the vault was last verified, and what is noted of it.
extension Vault {
    /// Notes that log and tables were verified just now, and perhaps records; and how far the root keys' counters were.
    ///
    /// - Parameter percent: how much of the records was opened; nil: none.
    func noteVerified(_ percent: Int?, in writer: StoreWriter) throws {
        let now = clock()
        try writer.note(VerifiedRow(kind: .full, at: now, percent: 0))
        if let percent { try writer.note(VerifiedRow(kind: percent == 100 ? .deep : .sample, at: now, percent: percent)) }
        try writer.note(store.keys.rootCounts())
    }

    /// - Parameter isWhole: whether log and tables were verified for this examination.
    func examineVerification(isWhole: Bool) throws -> HealthFinding {
        let (rows, made) = try store.read { (try $0.verifications(), try $0.createdAt()) }
        let now = clock()
        func days(_ kind: VerifiedRow.Kind) -> Int64? { rows.first { $0.kind == kind }.map { max(0, now - $0.at) / 86_400_000 } }
        func text(_ days: Int64?) -> String { days.map { $0 == 0 ? "today" : "\($0) days ago" } ?? "never" }
        let (full, deep) = (isWhole ? 0 : days(.full), days(.deep))
        var parts = ["log and tables \(text(full))", "every sealed record \(text(deep))"]
        if let sample = rows.first(where: { $0.kind == .sample }) { parts.append("a sample of \(sample.percent) % \(text(days(.sample)))") }
        let finding = "verified: \(parts.joined(separator: ", "))"
        // What never was is as old as the vault.
        let age = max(0, now - made) / 86_400_000
        if full ?? age > Int64(policy.alerts.verification.fullDays) { return self.finding("verification", finding, .warning, "vocvault audit verify") }
        if deep ?? age > Int64(policy.alerts.verification.deepDays) { return self.finding("verification", finding, .warning, "vocvault audit verify --deep") }
        return self.finding("verification", finding)
    }
}
