import AuditLog
import Policy
import RedactedAPI
import Store
import VaultAPI

/// What somebody confirms before a retention run.
package struct RetentionConsent: Sendable, Equatable {
    /// That the machine's clock is right.
    package var clock: Bool
    /// How many records it may remove, if more than the policy's ceiling.
    package var records: Int?

    package init(clock: Bool = false, records: Int? = nil) { (self.clock, self.records) = (clock, records) }
}

extension Session {
    /// What a run with `consent` would do, and whether it would stop.
    func forecast(_ consent: RetentionConsent) throws -> RetentionForecast {
        let reading = vault.time.reading(policy.clock)
        var forecast = try vault.retentionForecast(at: consent.clock ? reading.machine : reading.time)
        forecast.obstacle = consent.clock ? nil : reading.obstacle
        if forecast.obstacle == nil { forecast.obstacle = try obstacle(to: forecast.records, consent) }
        return forecast
    }

    /// Checks the time source and the policy's ceiling before a run.
    ///
    /// - Returns: the time by which records are due.
    /// - Throws: ``VaultError/needsConfirmation(_:)``.
    func requireConsent(_ consent: RetentionConsent, _ access: Access) throws -> Int64 {
        let (reading, _) = vault.time.examined(policy.clock)
        var now = reading.time
        if let doubt = reading.doubt, let obstacle = reading.obstacle {
            guard consent.clock else { throw VaultError.needsConfirmation(obstacle) }
            let detail: [AuditDetail: String] = [.clockConfirmed: Timestamp(milliseconds: reading.machine).description, .doubt: doubt]
            _ = try commit(access, .reserve) { _ in ((), access.entry(detail: detail)) }
            vault.time.confirm()
            now = reading.machine
        }
        let due = try store.read { try $0.retentionCounts(vault.retentionSteps(at: now).map(\.scope)).records }
        if let obstacle = try obstacle(to: due, consent) { throw VaultError.needsConfirmation(obstacle) }
        return now
    }

    /// Why a run that would remove `due` records stops; nil if it does not. A confirmed number replaces the policy's ceiling,
    /// whether higher or lower.
    private func obstacle(to due: Int, _ consent: RetentionConsent) throws -> String? {
        let reason: String
        if let confirmed = consent.records {
            guard due > confirmed else { return nil }
            reason = "the run would take \(due) records, and \(confirmed) were confirmed"
        } else {
            let all = try store.read { try $0.recordCount() }
            guard policy.ceiling.isExceeded(by: due, of: all) else { return nil }
            let share = all == 0 ? 100 : due * 100 / all
            reason = "the run would take \(due) of \(all) records (\(share) %), which is beyond the ceiling of retention.yaml"
        }
        return "\(reason): see 'vocvault retention plan', then confirm the number with 'vocvault retention run --confirm \(due)'"
    }

    /// Checks again in the transaction that deletes: the clock can be set during a run.
    func requireSoundClock() throws {
        if let obstacle = vault.time.reading(policy.clock).obstacle { throw VaultError.needsConfirmation(obstacle) }
    }
}

extension VaultClock.Reading {
    /// Why a retention run stops, and how to confirm the clock; nil if nothing speaks against it.
    fileprivate var obstacle: String? {
        doubt.map { "\($0); if it is right, confirm it with 'vocvault retention run --confirm-clock'" }
    }

    /// Why nothing is deleted on the word of the machine's clock; nil if nothing speaks against it.
    var doubt: String? {
        let machine = Timestamp(milliseconds: machine)
        switch standing {
        case .sound: return nil
        case .wrong(.uptime, let actual):
            return """
                the machine's clock says \(machine), but by the time that the machine has been up it is about \
                \(Timestamp(milliseconds: actual)): nothing is deleted by a clock that was set
                """
        case .wrong(.source, let actual):
            return "the machine's clock says \(machine), but the time source says \(Timestamp(milliseconds: actual)): nothing is deleted by such a clock"
        case .unwitnessed(let since) where self.machine < since:
            return "the machine's clock says \(machine), but the vault has seen \(Timestamp(milliseconds: since)) already: nothing is deleted by such a clock"
        case .unwitnessed(let since):
            return """
                the machine's clock says \(machine), and the vault saw the time last at \(Timestamp(milliseconds: since)), \
                \((self.machine - since) / 86_400_000) days before: nothing tells whether the vault was idle or the clock was \
                set, so nothing is deleted by it
                """
        }
    }
}
