import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store

extension StoreReader {
    /// When the log's last entry happened, in milliseconds since 1970; nil if there is none.
    func lastEntryTime() throws -> Int64? {
        var time: Int64?
        try forEachAuditEntryBackwards { _, bytes in
            time = AuditEntry(canonicalBytes: bytes).flatMap { Timestamp($0.moment)?.milliseconds }
            return false
        }
        return time
    }
}

extension AuditEntry {
    /// What is not found of an entry of which only the hash is left.
    static func removed(_ sequence: Int64) -> String { "the content of audit entry \(sequence), which a retention run has removed," }

    /// Whether it only records that somebody looked at a page of the console, which was about nobody.
    var isView: Bool { self[.view] != nil && target == nil }

    /// Everything that the entry says it concerns.
    var subjects: Set<String> {
        var found = Set(self[.subjects]?.split(separator: ",").map(String.init) ?? [])
        if let subject = self[.subject] { found.insert(subject) }
        if let target { found.insert(target) }
        return found
    }
}

extension Session {
    /// The pseudonyms, one per purpose, of whatever a pseudonym of some purpose stands for.
    func pseudonymsEverywhere(_ kind: Pseudonyms.Kind, of pseudonym: String) throws -> Set<String> {
        let purposes = try policy.purposes.keys.sorted().map { try pseudonyms($0) }
        for purpose in purposes {
            if let number = try purpose.number(kind, of: pseudonym) {
                return Set(try purposes.map { try $0.name(kind, number) })
            }
        }
        throw VaultError.notFound(kind == .subject ? "the customer" : "the record")
    }
}

/// Result of a successful verification.
package struct AuditVerification: Sendable, Equatable {
    package var entries: Int64
    /// Records that were opened; nil: none were to be.
    package var records: Int?
    /// The signed note of this size. Keep it outside the vault to detect a later rollback.
    package var checkpoint: String
    package var verifierKey: String

    package init(entries: Int64, checkpoint: String, verifierKey: String) {
        (self.entries, self.checkpoint, self.verifierKey) = (entries, checkpoint, verifierKey)
    }
}

extension Session {
    /// Entries, newest first, with the reasons that can be read: as hashed, an entry has a sealed reason instead. Reading the log is
    /// logged too.
    package func auditEntries(_ filter: AuditFilter) throws -> [AuditEntry] {
        let access = try authorize(.auditRead, purpose: nil)
        return try logged(access) {
            try filter.requireKnownNames(self)
            let search = try AuditSearch(filter, session: self)
            var (entries, count): ([AuditEntry], Int) = ([], 0)
            let notes = try CustomerNotes(vault)
            try store.read { reader in
                try reader.forEachAuditEntryBackwards { _, bytes in
                    guard let entry = AuditEntry(canonicalBytes: bytes), search.matches(entry) else { return true }
                    let continues = filter.folds && entry.isView && entries.last.map { $0.isView && $0.principal == entry.principal } ?? false
                    if !continues { count += 1 }
                    guard count <= filter.limit, entries.count < max(filter.limit, AuditFilter.most) else { return false }
                    entries.append(entry.opened(notes))
                    return true
                }
            }
            // Who searched for whom is worth knowing.
            let target = loggable(filter.subject ?? filter.record ?? filter.target)
            _ = try commit(access) { _ in ((), access.entry(target: target, rows: entries.count)) }
            return entries
        }
    }

    /// Passes every entry that matches the filter to `take`, oldest first and as hashed, regardless of `limit`. The entry about this
    /// access comes first.
    package func exportAudit(_ filter: AuditFilter, _ take: (AuditEntry) throws -> Void) throws {
        let access = try authorize(.auditRead, purpose: nil)
        try logged(access) {
            try filter.requireKnownNames(self)
            let search = try AuditSearch(filter, session: self)
            _ = try commit(access) { _ in ((), access.entry(target: loggable(filter.subject ?? filter.record ?? filter.target), detail: [.export: "audit"])) }
            try store.read { reader in
                try reader.forEachAuditEntry { _, bytes in
                    if let entry = AuditEntry(canonicalBytes: bytes), search.matches(entry) { try take(entry) }
                    return true
                }
            }
        }
    }

    /// The canonical bytes of one entry.
    package func auditEntry(_ sequence: Int64) throws -> String {
        let access = try authorize(.auditRead, purpose: nil)
        return try logged(access) {
            guard let found = try storedEntry(sequence) else { throw VaultError.notFound("audit entry \(sequence)") }
            guard !KeptEntry.isRemoved(found) else { throw VaultError.notFound(AuditEntry.removed(sequence)) }
            _ = try commit(access) { _ in ((), access.entry(target: String(sequence), rows: 1)) }
            return String(decoding: found, as: UTF8.self)
        }
    }

    /// An entry as it is kept (``KeptEntry``); nil if there is none of this number.
    func storedEntry(_ sequence: Int64) throws -> [UInt8]? { try store.read { try $0.auditEntry(sequence) } }

    /// A file of the published log: `checkpoint`, or a tile by its path in C2SP `tlog-tiles`, such as `tile/entries/000`.
    package func auditFile(_ path: String) throws -> Data {
        let access = try authorize(.auditRead, purpose: nil)
        return try logged(access) {
            guard TileFolder.isPath(path) else { throw VaultError.notFound("the file of the log") }
            _ = try vault.publisher.publish(vault)
            guard let bytes = vault.publisher.tiles.contents(ofPath: path) else { throw VaultError.notFound("the file of the log") }
            _ = try commit(access) { _ in ((), access.entry(target: path, rows: 1)) }
            return bytes
        }
    }

    /// Recomputes the whole log against its signed checkpoint and, if given, an older one that was kept elsewhere.
    ///
    /// - Parameter deep: opens the sealed records of so many of a hundred portions of the customers, too; nil: of none.
    /// - Throws: `AuditError` with what is wrong.
    package func verifyAudit(against older: String? = nil, deep: Int? = nil) throws -> AuditVerification {
        let access = try authorize(.auditVerify, purpose: nil)
        if let deep, !(1...100).contains(deep) { throw VaultError.invalid("a sample is 1 to 100 percent") }
        var result: AuditVerification
        var detail: [AuditDetail: String] = [:]
        do {
            result = try vault.verifiedAudit(against: older)
            if let deep {
                let extent = try DeepCheck(vault, percent: deep).run()
                var notes = try NoteCheck(vault)
                try notes.run(percent: deep)
                result.records = extent.records
                (detail[.records], detail[.deep]) = (String(extent.records), "\(deep) %")
            }
        } catch StorageError.altered(let what) {
            // Met while records were opened, after their tables had been examined.
            let error = AuditError.alteredTables([what])
            _ = try? commit(access) { _ in ((), access.entry(.failed, detail: [.error: "\(error)"])) }
            throw error
        } catch let error as AuditError {
            // The log may be beyond repair, but the finding is worth an attempt at an entry.
            _ = try? commit(access) { _ in ((), access.entry(.failed, detail: [.error: "\(error)"])) }
            throw error
        }
        try commitIfPossible(access) { [result, detail] writer in
            try vault.noteVerified(deep, in: writer)
            return access.entry(rows: Int(result.entries), detail: detail)
        }
        return result
    }
}

extension Vault {
    /// - Parameter isPublished: whether the log must exist as files, too; a snapshot has none.
    func verifiedAudit(against older: String?, isPublished: Bool = true) throws -> AuditVerification {
        do {
            return try verifiedOnce(against: older, isPublished: isPublished)
        } catch AuditError.publicationMissing {
            guard (try? publisher.isPublishedByNow()) == true else { throw AuditError.publicationMissing }
            return try verifiedOnce(against: older, isPublished: isPublished)
        }
    }

    private func verifiedOnce(against older: String?, isPublished: Bool) throws -> AuditVerification {
        let kept = try older.map { note in try Checkpoint(verifying: note, keys: trail.logKeys) }
        // What this process knows is a beginning of the log that is about to be read.
        let known = trail.watch.known?.head
        let published = try (isPublished ? publisher.tiles.checkpoint() : nil).map { note in try Checkpoint(verifying: note, keys: trail.logKeys) }
        if published != nil { publisher.notePublished() }
        var account = AuditAccount()
        var (result, counts, state) = try store.read { reader in
            guard let head = try reader.auditHead() else { throw AuditError.noLog }
            let checkpoint = try Checkpoint(verifying: head.checkpoint, keys: trail.logKeys)
            guard checkpoint.origin == trail.origin else { throw AuditError.wrongOrigin(checkpoint.origin) }
            guard checkpoint.size == head.size else {
                throw AuditError.truncated(size: checkpoint.size, checkpoint: head.size)
            }
            var verifier = try AuditVerifier(
                checkpoint: checkpoint, older: [kept, published, known.map { Checkpoint(origin: $0.origin, size: $0.size, root: $0.root) }].compactMap { $0 },
                published: published.map { publisher.tiles.reader(size: $0.size) })
            if isPublished, published == nil, head.size >= TileFolder.width, publisher.hasPublished { throw AuditError.publicationMissing }
            var last: [UInt8] = []
            var state = try StateCheck(reader)
            try reader.forEachAuditEntry { sequence, entry in
                try verifier.add(sequence: sequence, entry)
                account.add(sequence, entry)
                state.add(sequence, entry)
                last = entry
                return true
            }
            let tree = try verifier.finish()
            let time = AuditEntry(canonicalBytes: last).flatMap { Timestamp($0.time)?.milliseconds }
            guard tree.frontierBytes == head.frontier, time.map({ $0 / 1000 == head.lastTime / 1000 }) == true else {
                throw AuditError.damagedHead
            }
            return (
                AuditVerification(entries: checkpoint.size, checkpoint: head.checkpoint, verifierKey: verifierKey),
                try reader.counts(at: clock()), state
            )
        }
        // The key store has its own snapshot: a customer who was erased meanwhile is checked again.
        if counts.withoutKey > 0 { counts.withoutKey = try store.read { try $0.counts(at: clock()) }.withoutKey }
        try account.check(counts)
        try state.finish(rowKeeper(), store.keys)
        // Those of a snapshot are checked with it.
        if isPublished { try verifyKeys() }
        return result
    }

    static func day(_ milliseconds: Int64) -> Substring { Timestamp(milliseconds: milliseconds).description.prefix(10) }
}
