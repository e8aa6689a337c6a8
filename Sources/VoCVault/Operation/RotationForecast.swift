import AuditLog
import Policy
import Store

extension Session {
    /// What ``rotateRootKey(batch:progress:)`` would do now.
    ///
    /// - Parameter newRoot: whether to assume that a new root key has been added to the key file and made the active one.
    package func rootRotationForecast(newRoot: Bool) throws -> RotationReport {
        try planned(.keysRotate, rotation: "root key") {
            let leaving = try vault.keyState().filter { newRoot || !$0.isActive }
            var report = RotationReport()
            report.subjectKeys = leaving.reduce(0) { $0 + $1.subjectKeys }
            report.dataKeys = leaving.reduce(0) { $0 + $1.dataKeys }
            report.retired = leaving.map(\.id)
            return report
        }
    }

    /// What ``resealRecords(batch:retireNow:reason:progress:)`` would do now.
    package func resealingForecast(retireNow: Bool) throws -> ResealingReport {
        try planned(.keysRotate, rotation: "reseal") {
            let versions = try store.keys.subjectKeyVersions()
            let keys = try store.keys.subjectKeyCountsByVersion().reduce(0) { $0 + $1.count }
            let isUnfinished = versions.behind > 0 || versions.superseded > 0
            var report = ResealingReport()
            report.version = isUnfinished ? versions.current : versions.current + 1
            report.customers = isUnfinished ? versions.behind : keys - versions.superseded
            let (records, resealed, backedUp) = try store.read { reader in
                (try reader.recordCount(keyBefore: report.version), try reader.resealedAt() ?? 0, try reader.backedUpAt())
            }
            report.records = records
            let former = versions.superseded + report.customers
            // Records that move are newer than every backup.
            let isBackedUp = backedUp.map { $0 > (records > 0 ? Int64.max : resealed) } ?? true
            if retireNow || isBackedUp { report.retired = former } else { report.kept = former }
            return report
        }
    }

    /// What ``rotateIndexKeys(batch:progress:)`` would do now.
    package func reindexingForecast() throws -> ReindexingReport {
        try planned(.keysRotate, rotation: "indexes") {
            try store.read { reader in
                let fields = try reader.indexedFields()
                let former = fields.filter { $0.state == .former }
                var report = ReindexingReport()
                // An index that is already in force builds nothing; only its former one is removed.
                report.fields = (former.isEmpty ? fields.filter { $0.state == .current && policy.field($0.name) != nil } : former).map(\.name)
                return report
            }
        }
    }

    /// Finds out what an operation would do, and logs that somebody asked.
    private func planned<R>(_ action: Action, rotation: String, _ look: () throws -> R) throws -> R {
        let access = try authorize(action, purpose: nil)
        return try logged(access) {
            let found = try look()
            _ = try commit(access) { _ in ((), access.entry(detail: [.rotation: rotation]).planned) }
            return found
        }
    }
}
