import AuditLog
import Policy
import Store

/// What the log's entries add up to: rows that come or go without an entry show as a difference.
struct AuditAccount {
    private(set) var records: Int64 = 0
    private(set) var customers: Int64 = 0
    /// The last entry of which only the hash is left.
    private var lastRemoved: Int64?
    /// Before which entry retention runs have removed bodies; what those added up to stands in the entries of these runs.
    private var removedUntil: Int64 = 0

    /// The canonical form begins with the action, so that only a few entries need parsing.
    private static let starts = AuditEvent.beginnings { $0.contains(.counts) }

    mutating func add(_ sequence: Int64, _ bytes: [UInt8]) {
        if KeptEntry.isRemoved(bytes) {
            lastRemoved = sequence
            return
        }
        guard Self.starts.contains(where: bytes.starts), let entry = AuditEntry(canonicalBytes: bytes), entry.outcome == .allowed
        else { return }
        func count(_ detail: AuditDetail) -> Int64 { entry[detail].flatMap { Int64($0) } ?? 0 }
        switch entry.event {
        case .request(.ingest):
            records += entry.rows
            customers += count(.newCustomers)
        case .request(.subjectErase):
            records -= entry.rows
            customers -= entry[.customers].flatMap { Int64($0) } ?? 1
        case .request(.retentionRun) where entry[.entriesUntil] != nil:
            removedUntil = max(removedUntil, count(.entriesUntil))
            (records, customers) = (count(.records), count(.customers))
        default:
            if entry[.removes] == RetentionRule.Removal.record.name { records -= entry.rows }
            customers -= count(.customersErased)
        }
    }

    /// - Throws: ``AuditError/bodyMissing(_:)``, ``AuditError/countMismatch(what:logged:found:)``.
    func check(_ counts: StoreCounts) throws(AuditError) {
        if let lastRemoved, lastRemoved >= removedUntil { throw .bodyMissing(lastRemoved) }
        let found: [(String, Int64, Int64)] = [
            ("records", records, counts.records), ("sealed records", records, counts.sealedBodies),
            ("customers", customers, counts.customers), ("customers without a key", 0, counts.withoutKey),
        ]
        for (what, logged, found) in found where logged != found {
            throw .countMismatch(what: what, logged: logged, found: found)
        }
    }
}
