import AuditLog
import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI

/// Retention of what the log's entries say: of old ones, only the hashes stay.
///
/// One entry of the run says up to where, and what the removed ones added up to; it commits before anything goes. Bodies then go in portions,
/// and their published bundles last. A run that is killed is finished by the next one.
struct LogRetention {
    private static let portion: Int64 = 5000

    let vault: Vault

    /// How many entries have come to their end, from the first that still has its content, and before which day; nil: they are kept for ever.
    func forecast(at now: Int64) throws -> KeptPlanRow? {
        guard let days = vault.policy.logDays else { return nil }
        let due = try vault.store.read { try ended($0, before: end(days, now)) }
        return KeptPlanRow(kind: "log", due: Int(due.count), before: String(Vault.day(end(days, now))))
    }

    /// - Returns: of how many entries the content was removed.
    func run(_ session: Session, _ access: Access, at now: Int64) throws -> Int {
        guard let days = vault.policy.logDays else { return 0 }
        var removed = 0
        if try !vault.store.read({ try ended($0, before: end(days, now)).isEmpty }),
            let due = try session.ending(
                access, rule: "content of the log at its end",
                { writer -> (Range<Int64>, [AuditDetail: String])? in
                    let due = try ended(writer.reader, before: end(days, now))
                    guard !due.isEmpty else { return nil }
                    let account = try account(writer)
                    let detail: [AuditDetail: String] = [
                        .kind: "log", .ended: String(due.count), .entriesUntil: String(due.upperBound), .records: String(account.records), .customers: String(account.customers),
                    ]
                    return (due, detail)
                })
        {
            let sha = SHA256()
            for first in stride(from: due.lowerBound, to: due.upperBound, by: Int(Self.portion)) {
                let until = min(first + Self.portion, due.upperBound)
                _ = try vault.store.write(.reserve) { try $0.removeAuditBodies(from: first, until: until) { KeptEntry.removed($0, using: sha) } }
            }
            removed = due.count
        }
        // Also those that a killed run has left.
        if let first = try vault.store.read({ try firstWithBody($0) }) { try vault.publisher.removeBundles(before: first) }
        return removed
    }

    private func end(_ days: Int, _ now: Int64) -> Int64 { now - Int64(days) * 86_400_000 }

    /// The log's account of the tables, which they must agree with: what was not verified is evidence, and stays.
    private func account(_ writer: StoreWriter) throws -> AuditAccount {
        try vault.trail.store(writer)
        var account = AuditAccount()
        try writer.reader.forEachAuditEntry { sequence, entry in
            account.add(sequence, entry)
            return true
        }
        var counts = try writer.reader.counts(at: vault.clock())
        // Keys are destroyed after the transaction that says so.
        counts.withoutKey = 0
        try account.check(counts)
        return account
    }

    /// The entries that still have their content and were written before `time`, as many as fill whole tiles.
    private func ended(_ reader: StoreReader, before time: Int64) throws -> Range<Int64> {
        guard let first = try firstWithBody(reader), let size = try reader.auditHead()?.size else { return 0..<0 }
        // The log's time never goes back.
        let later = try partition(first..<size) { number in try reader.auditEntry(number).flatMap(Self.time).map { $0 >= time } ?? true }
        return first..<max(first, later / TileFolder.width * TileFolder.width)
    }

    /// The first entry that has its content; nil: there is no log.
    private func firstWithBody(_ reader: StoreReader) throws -> Int64? {
        guard let size = try reader.auditHead()?.size else { return nil }
        return try partition(0..<size) { number in try reader.auditEntry(number).map { !KeptEntry.isRemoved($0) } ?? true }
    }

    /// The first number of a range from which on something holds.
    private func partition(_ range: Range<Int64>, _ holds: (Int64) throws -> Bool) rethrows -> Int64 {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if try holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func time(_ bytes: [UInt8]) -> Int64? { AuditEntry(canonicalBytes: bytes).flatMap { Timestamp($0.time)?.milliseconds } }
}
