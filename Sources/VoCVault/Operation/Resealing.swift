import AuditLog
import Policy
import Store

/// Progress of replacing the customers' keys.
package struct ResealingReport: Sendable, Equatable {
    /// The version of the keys that customers get.
    package var version = 0
    /// Customers who got a key.
    package var customers = 0
    /// Records that were sealed under the new keys.
    package var records = 0
    /// Former keys that nothing refers to, and that were destroyed.
    package var retired = 0
    /// Former keys that still exist, because the newest backup can be read only with them.
    package var kept = 0
}

extension Session {
    /// Gives every customer a new key and seals all records again under it, in bounded batches while the vault is in use. A
    /// killed run continues where it stopped; a run after a finished one starts over.
    ///
    /// First all keys are made durable. Then records move, each together with the version of its key in one transaction, so that
    /// a reader always finds the matching key. A former key is destroyed once no record refers to it: immediately in a vault
    /// without backups, otherwise once a newer backup exists, because older snapshots cannot be read without it.
    ///
    /// - Parameters:
    ///   - batch: customers or records per transaction.
    ///   - retireNow: destroys former keys although older snapshots need them, as a leak demands.
    ///   - reason: why, for the log, without personal data.
    ///   - progress: receives the report so far.
    package func resealRecords(
        batch: Int = 500, retireNow: Bool = false, reason: String? = nil, progress: (ResealingReport) -> Void = { _ in }
    ) throws -> ResealingReport {
        let access = try authorize(.keysRotate, purpose: nil)
        return try logged(access) {
            guard batch > 0 else { throw VaultError.invalid("a batch must have at least 1 record") }
            var report = ResealingReport()
            if let reason { try requireReason(reason) }
            let note = { (stage: String, rows: Int, version: Int) in
                access.entry(rows: rows, reason: reason, detail: [.resealing: stage, .version: String(version)])
            }
            report.version = try versionToReach()
            _ = try commit(access) { _ in ((), note("begun", 0, report.version)) }
            try makeKeys(&report, batch, progress)
            // A batch of an ingest that took its keys before this entry is sealed again before it is stored.
            _ = try commit(access) { _ in ((), note("keys made", report.customers, report.version)) }
            try moveRecords(&report, batch, access, note, progress)
            try retire(&report, now: retireNow, batch)
            _ = try commit(access) { _ in
                var entry = note("done", report.records, report.version)
                entry[.retired] = String(report.retired)
                entry[.kept] = String(report.kept)
                return ((), entry)
            }
            return report
        }
    }

    /// The version that an unfinished run was working towards, or a new one.
    private func versionToReach() throws -> Int {
        let versions = try store.keys.subjectKeyVersions()
        if versions.behind > 0 || versions.superseded > 0 { return versions.current }
        return try store.keys.beginSubjectKeyVersion()
    }

    private func makeKeys(_ report: inout ResealingReport, _ batch: Int, _ progress: (ResealingReport) -> Void) throws {
        let keys = SubjectKeys(keyring: vault.keyring, vaultID: store.vaultID)
        var last: Int64 = 0
        while let made = try store.keys.addSubjectKeys(
            version: report.version, after: last, limit: batch, root: vault.keyring.activeRoot,
            wrap: { [version = report.version] in try keys.make(for: $0, version: version).1 })
        {
            last = made.last
            report.customers += made.count
            progress(report)
        }
    }

    private func moveRecords(
        _ report: inout ResealingReport, _ batch: Int, _ access: Access, _ note: (String, Int, Int) -> AuditEntry,
        _ progress: (ResealingReport) -> Void
    ) throws {
        var last: Int64 = 0
        while true {
            let editor = try RecordEditor(vault: vault)
            let (done, _) = try commit(access) { [version = report.version, last] writer in
                let records = try writer.reader.sealedRecords(keyBefore: version, after: last, limit: batch)
                let keys = try store.keys.subjectKeys(Set(records.map(\.subject)).sorted())
                for record in records {
                    // A customer who is being erased: the rows are about to be deleted.
                    guard let key = keys[record.subject] else { continue }
                    try writer.replaceBody(of: record.id, with: editor.resealed(record, under: key), keyVersion: key.version)
                    if !record.codes.isEmpty { try writer.setCodes(of: record.id, subject: record.subject, to: editor.codes(of: record, under: key)) }
                }
                if !records.isEmpty { try writer.setResealed(at: vault.clock()) }
                return ((count: records.count, last: records.last?.id ?? last), note(records.isEmpty ? "records moved" : "batch", records.count, version))
            }
            guard done.count > 0 else { return try renewNotes(report.version, access, note) }
            last = done.last
            report.records += done.count
            progress(report)
        }
    }

    /// Seals notes under the new keys as well, but for those that entries of the log have.
    private func renewNotes(_ version: Int, _ access: Access, _ note: (String, Int, Int) -> AuditEntry) throws {
        _ = try commit(access) { writer in
            try NoteRenewal(vault).run(in: writer)
            return ((), note("notes moved", 0, version))
        }
    }

    /// Destroys former keys that nothing refers to any more, once every record has been opened with its new key.
    private func retire(_ report: inout ResealingReport, now: Bool, _ batch: Int) throws {
        // As long as a reader exists that began before the records moved, their old bodies are on disk, and the keys stay.
        guard try vault.traces.empty() else {
            report.kept = try store.keys.subjectKeyVersions().superseded
            return
        }
        let behind = try store.read { try $0.recordCount(keyBefore: report.version) }
        if behind == 0, try now || isBackedUp() {
            try readBack(through: report.version, batch)
            let keys = SubjectKeys(keyring: vault.keyring, vaultID: store.vaultID)
            let root = vault.keyring.activeRoot
            while try store.keys.keepNoteKeys(before: report.version, limit: batch, root: root, derive: { try keys.noteKey(inPlaceOf: $1, of: $0) }) > 0 {}
            report.retired = try vault.traces.deleting { try store.keys.retireSubjectKeys(before: report.version) }
        }
        report.kept = try store.keys.subjectKeyVersions().superseded
    }

    /// The canonical form begins with the action, so that few entries need parsing.
    private static let aboutBackups = [AuditEvent.request(.backup), .request(.keysRotate)].map(\.beginning)

    /// Whether the newest snapshot has the records under their present keys, or no snapshot needs the former ones.
    ///
    /// The log decides, not the clock: a snapshot's name ends in the size of its log.
    private func isBackedUp() throws -> Bool {
        try store.read { reader in
            guard try reader.backedUpAt() != nil else { return true }
            var (held, moved): (Int64, Int64) = (-1, -1)
            try reader.forEachAuditEntryBackwards { _, bytes in
                guard Self.aboutBackups.contains(where: bytes.starts), let entry = AuditEntry(canonicalBytes: bytes), entry.outcome == .allowed else { return true }
                if entry.event == .request(.backup), let size = entry[.snapshot].flatMap(SnapshotName.size) { held = max(held, size) }
                guard entry[.resealing] == "batch" else { return true }
                moved = entry.seq
                return false
            }
            return held > moved
        }
    }

    private func readBack(through version: Int, _ batch: Int) throws {
        let opener = try RecordOpener(vault: vault)
        var last: Int64 = 0
        while case let records = try store.read({ try $0.sealedRecords(keyBefore: version + 1, after: last, limit: batch) }), let end = records.last {
            for record in records {
                let opened = try opener.open(body: record.body[...], key: record.key, subject: record.subject, record: record.uid)
                for compartment in Compartment.allCases { _ = try opened?.fields(compartment) }
                _ = try opener.codes(record.codes[...], key: record.key, subject: record.subject, record: record.uid)
            }
            last = end.id
        }
    }
}
