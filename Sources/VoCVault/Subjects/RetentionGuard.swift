import AuditLog
import Policy
import RedactedAPI
import Storage

/// What somebody says of a retention run beforehand.
public struct RetentionConsent: Sendable, Equatable {
    /// That the machine's clock is right.
    public var clock: Bool
    /// How many records it may take, where that is more than the policy's ceiling.
    public var records: Int?

    public init(clock: Bool = false, records: Int? = nil) { (self.clock, self.records) = (clock, records) }
}

extension Session {
    /// Asks the time source and the policy's ceiling before a run.
    ///
    /// - Returns: the time by which records are due.
    /// - Throws: ``VaultError/needsConfirmation(_:)``.
    func requireConsent(_ consent: RetentionConsent, _ access: Access) throws -> Int64 {
        let (reading, _) = vault.time.examined(policy.clock)
        var now = reading.time
        if let doubt = reading.doubt {
            guard consent.clock else {
                throw VaultError.needsConfirmation("\(doubt); if it is right, confirm it with 'vocvault retention run --confirm-clock'")
            }
            let detail = ["clock_confirmed": Timestamp(milliseconds: reading.machine).description, "doubt": doubt]
            _ = try commit(access, .reserve) { _ in ((), access.entry(detail: detail)) }
            vault.time.confirm()
            now = reading.machine
        }
        try requireCeiling(consent, at: now)
        return now
    }

    private func requireCeiling(_ consent: RetentionConsent, at now: Int64) throws {
        let scopes = policy.retention.map { vault.scope(of: $0, at: now) }
        let (due, all) = try store.read { try $0.retentionTotal(scopes) }
        guard policy.ceiling.isExceeded(by: due, of: all), due > consent.records ?? 0 else { return }
        let share = all == 0 ? 100 : due * 100 / all
        throw VaultError.needsConfirmation(
            """
            the run would take \(due) of \(all) records (\(share) %), which is beyond the ceiling of retention.yaml: see \
            'vocvault retention plan', then confirm the number with 'vocvault retention run --confirm \(due)'
            """)
    }

    /// Asks again in the transaction that deletes: a clock can be set while a run is under way.
    func requireSoundClock() throws {
        guard let doubt = vault.time.reading(policy.clock).doubt else { return }
        throw VaultError.needsConfirmation("\(doubt); if it is right, confirm it with 'vocvault retention run --confirm-clock'")
    }
}

extension VaultClock.Reading {
    /// Why nothing is deleted by the machine's clock; nil when nothing speaks against it.
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
