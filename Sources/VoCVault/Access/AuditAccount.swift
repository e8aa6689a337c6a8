import AuditLog
import Policy
import Store

/// What the log's entries add up to: rows that come or go without an entry show as a difference.
struct AuditAccount {
    private var records: Int64 = 0
    private var customers: Int64 = 0

    /// The canonical form begins with the action, so that only a few entries need parsing.
    private static let starts = AuditEvent.beginnings { $0.contains(.counts) }

    mutating func add(_ bytes: [UInt8]) {
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
        default:
            if entry[.removes] == RetentionRule.Removal.record.name { records -= entry.rows }
            customers -= count(.customersErased)
        }
    }

    /// - Throws: ``AuditError/countMismatch(what:logged:found:)``.
    func check(_ counts: StoreCounts) throws(AuditError) {
        let found: [(String, Int64, Int64)] = [
            ("records", records, counts.records), ("sealed records", records, counts.sealedBodies),
            ("customers", customers, counts.customers), ("customers without a key", 0, counts.withoutKey),
        ]
        for (what, logged, found) in found where logged != found {
            throw .countMismatch(what: what, logged: logged, found: found)
        }
    }
}
