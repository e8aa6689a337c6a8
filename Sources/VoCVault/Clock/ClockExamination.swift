import Foundation
import RedactedAPI
import VaultAPI

extension Vault {
    /// What `doctor` says about the clock.
    func examineClock() throws -> HealthFinding {
        let (reading, silence) = time.examined(policy.clock)
        let confirm = "set the clock (timedatectl set-ntp true); if it is right: vocvault retention run --confirm-clock"
        if let doubt = reading.doubt {
            // An idle vault is not a fault.
            if case .unwitnessed(let since) = reading.standing, reading.machine >= since { return finding("clock", doubt, .warning, confirm) }
            return finding("clock", doubt, .failure, confirm)
        }
        if let off = reading.off, abs(off) > Self.tolerance {
            let text = "\(Self.length(off)) \(off < 0 ? "behind" : "ahead of") the time that the machine has been up"
            return finding("clock", text, .failure, "set the clock (timedatectl set-ntp true)")
        }
        if let silence { return finding("clock", "the time source is silent: \(silence)", .warning, "repair 'source' of 'clock' in retention.yaml") }
        let last = try store.read { try $0.auditHead()?.lastTime ?? 0 }
        if last - reading.time > Self.tolerance {
            let text = """
                the log's time is \(Self.length(last - reading.time)) ahead, as a clock was wrong once: entries have the clock's own time \
                besides, and are found by it
                """
            return finding("clock", text, .warning, "nothing to do: they agree again from \(Timestamp(milliseconds: last))")
        }
        return finding("clock", policy.clock.source.isEmpty ? "no reason to doubt it" : "agrees with the time source")
    }

    private static let tolerance: Int64 = 60_000

    private static func length(_ milliseconds: Int64) -> String {
        let minutes = abs(milliseconds) / 60_000
        return minutes < 120 ? "\(minutes) minutes" : minutes < 2880 ? "\(minutes / 60) hours" : "\(minutes / 1440) days"
    }
}
