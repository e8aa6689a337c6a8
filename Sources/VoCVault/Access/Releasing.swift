import AuditLog
import Policy
import Store

/// What was read was removed or restricted before the release could be recorded.
private struct TakenAway: Error {}

extension Session {
    /// How many snapshots are tried before reading inside the write transaction.
    private static let attempts = 3

    /// Reads what is to be released and records the release, so that nothing is released that an earlier entry took away.
    ///
    /// Reading uses a snapshot and holds up no writer. The transaction that records the release checks whether anything was
    /// erased, corrected, restricted or purged since. If so, it is read again, finally inside that transaction.
    ///
    /// - Parameter record: the entry, with alerts that the request itself raises.
    func releasing<T>(
        _ access: Access, read: (StoreReader) throws -> T, record: (T, StoreWriter) throws -> (AuditEntry, [AuditEntry])
    ) throws -> (value: T, receipt: Int64) {
        for _ in 0..<Self.attempts {
            // Taken before reading: what is known of the log's end is durable, and numbers of entries mean nothing across a
            // decision about a forked log.
            let end = vault.trail.watch.end
            let value = try store.read(read)
            do {
                let (_, receipt) = try commitWithAlerts(access) { writer in
                    guard try !vault.trail.hasTakenAway(since: end, writer) else { throw TakenAway() }
                    let (entry, alerts) = try record(value, writer)
                    return ((), entry, alerts)
                }
                return (value, receipt)
            } catch is TakenAway {
                // Reads again.
            }
        }
        let (value, receipt) = try commitWithAlerts(access) { writer in
            let value = try read(writer.reader)
            let (entry, alerts) = try record(value, writer)
            return (value, entry, alerts)
        }
        return (value, receipt)
    }
}

extension AuditTrail {
    /// Actions after which customer data that was read before must not be released: the beginnings of their entries' canonical
    /// form.
    private static let takingAway = AuditEvent.beginnings { $0.contains(.takesAway) }

    /// Whether, as of this transaction, an entry since `since` says that customer data was removed, changed or restricted, or the
    /// log continues from another head.
    func hasTakenAway(since: LogChange, _ writer: StoreWriter) throws -> Bool {
        let last = try lastChange(writer)
        guard last.decisions == since.decisions else { return true }
        guard last.entry >= since.entry else { return false }
        // Earlier bodies in this transaction may have added entries.
        try store(writer)
        var found = false
        try writer.reader.forEachAuditEntry(from: since.entry) { _, bytes in
            found = Self.takingAway.contains(where: bytes.starts) && AuditEntry(canonicalBytes: bytes)?.outcome == .allowed
            return !found
        }
        return found
    }
}
