import AuditLog
import Policy
import Store

/// What was read was taken away before it could be recorded.
private struct TakenAway: Error {}

extension Session {
    /// Snapshots that are tried before the writer is held while reading.
    private static let attempts = 3

    /// Reads what is to be released, and records it, so that nothing is released that an entry before has taken away.
    ///
    /// Reading takes a snapshot and holds up no writer. Whether something was erased, corrected, restricted or purged since
    /// is asked in the transaction that records the release; then it is read anew, and at last inside that transaction.
    ///
    /// - Parameter record: the entry, with alerts that the request itself raises.
    func releasing<T>(
        _ access: Access, read: (StoreReader) throws -> T, record: (T, StoreWriter) throws -> (AuditEntry, [AuditEntry])
    ) throws -> (value: T, receipt: Int64) {
        for _ in 0..<Self.attempts {
            // Before it is read: what is known of the log's end is durable, and numbers of entries mean nothing across a decision on a
            // log that forked.
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
                // Read anew.
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
    /// Actions after which what was read of customers before must not be released: how their entries' canonical form begins.
    private static let takingAway = AuditEvent.beginnings { $0.contains(.takesAway) }

    /// Whether an entry from that of `since` on, as of this transaction, tells that something of customers went, changed or may not be used
    /// any more, or the log goes on from another head.
    func hasTakenAway(since: LogChange, _ writer: StoreWriter) throws -> Bool {
        let last = try lastChange(writer)
        guard last.decisions == since.decisions else { return true }
        guard last.entry >= since.entry else { return false }
        // Bodies before in this transaction may have added entries.
        try store(writer)
        var found = false
        try writer.reader.forEachAuditEntry(from: since.entry) { _, bytes in
            found = Self.takingAway.contains(where: bytes.starts) && AuditEntry(canonicalBytes: bytes)?.outcome == .allowed
            return !found
        }
        return found
    }
}
