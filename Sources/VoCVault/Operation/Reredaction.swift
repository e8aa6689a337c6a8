import AuditLog
import Detection
import Policy
import Store

/// Progress of redacting stored texts again.
package struct ReredactionReport: Sendable, Equatable {
    package var done = 0
    /// Records that remain to be done.
    package var left = 0
}

extension Session {
    /// Redacts records of another edition of the detector (an older version, other policies) again with the present one, in bounded batches, each with its audit entry in one
    /// transaction. A killed run continues where it stopped.
    ///
    /// - Parameters:
    ///   - all: also those that the present detector redacted. A run that was killed begins anew.
    ///   - batch: records per transaction.
    ///   - seconds: stops after this long; nil: once nothing is left.
    package func reredact(
        all: Bool = false, batch: Int = 500, seconds: Double? = nil, progress: (ReredactionReport) -> Void = { _ in }
    ) throws -> ReredactionReport {
        let access = try authorize(.reredact, purpose: nil)
        return try logged(access) {
            guard batch > 0 else { throw VaultError.invalid("a batch must have at least 1 record") }
            let deadline = seconds.map { ContinuousClock.now + .seconds($0) }
            let detector = vault.detector
            let stale = all ? .all : StaleTexts(edition: detector.edition, version: Detector.version, versions: DetectorEdition.versions)
            var report = ReredactionReport(left: try store.read { try $0.recordCount(stale) })
            var last: Int64 = 0
            try vault.traces.deleting {
                while report.left > 0, deadline.map({ .now < $0 }) ?? true {
                    let editor = try RecordEditor(vault: vault)
                    let (done, _) = try commit(access) { [last] writer in
                        let records = try writer.reader.sealedRecords(stale, after: last, limit: batch)
                        for record in records {
                            try writer.replaceBody(of: record.id, with: editor.redactedAnew(record), redactionVersion: detector.edition)
                            // What was said of the former text points to other words now.
                            guard record.key != nil, !record.codes.isEmpty else { continue }
                            try writer.setCodes(of: record.id, subject: record.subject, to: editor.codes(of: record) { $0.forgetText() })
                        }
                        return ((count: records.count, last: records.last?.id ?? last), access.entry(rows: records.count, detail: [.detector: String(Detector.version)]))
                    }
                    last = done.last
                    report.done += done.count
                    report.left = done.count == 0 ? 0 : max(0, report.left - done.count)
                    progress(report)
                }
            }
            return report
        }
    }
}
