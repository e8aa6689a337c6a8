import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store

/// What is known of the log in the database and of the log whose head was kept.
package struct ForkReport: Sendable, Equatable {
    package struct Head: Sendable, Equatable {
        package var entries: Int64
        /// Base64.
        package var root: String
    }

    /// Nil if the log continues the kept head.
    package var fork: LogFork?
    package var kept: Head?
    package var found: Head
    /// Where the head is kept.
    package var place: String
    /// When the last entry in the database was written.
    package var last: Timestamp?
    /// How many signed entries are missing: at least and at most, as far as the two logs can be compared.
    package var missing: ClosedRange<Int64>
    /// Whether the keys, in a database of their own, are older than the data.
    package var areKeysBehind: Bool
    /// The folder of this machine's own copy of the published log, if it has entries that the database lacks.
    package var publishedCopy: String?
}

extension Vault {
    /// Compares the log in the database with the kept head, whether or not they fit. Changes nothing.
    ///
    /// - Parameter token: of somebody who may verify the log.
    package static func examineFork(
        at location: Location, token: String, client: String, clock: (@Sendable () -> Int64)? = nil
    ) throws -> ForkReport {
        let undecided = try Undecided(location, token: token, client: client, for: .auditVerify, clock: clock)
        return try undecided.report()
    }

    /// Makes the vault continue with the log in the database: an entry in it names both heads, and the kept one is replaced.
    /// Whatever the missing entries recorded is lost.
    ///
    /// If this machine's own copy of the published log has missing entries, it is set aside.
    ///
    /// - Parameter token: of somebody who may decide it.
    package static func acceptFork(
        at location: Location, token: String, client: String, reason: String, clock: (@Sendable () -> Int64)? = nil
    ) throws -> (report: ForkReport, receipt: Int64) {
        guard reason.contains(where: { !$0.isWhitespace }) else { throw VaultError.invalid("give the reason with --reason") }
        let undecided = try Undecided(location, token: token, client: client, for: .auditFork, clock: clock)
        return try undecided.accept(reason)
    }
}

/// A vault whose log awaits a decision: it can be read, and gets no entry except that of the decision.
private struct Undecided {
    let vault: Vault
    let kept: KeptHead
    let access: Access

    init(_ location: Vault.Location, token: String, client: String, for action: Action, clock: (@Sendable () -> Int64)?) throws {
        kept = KeptHead(location)
        vault = try Vault.open(at: location, LogWatch(nil), clock: clock)
        let session = try vault.session(tokenHash: Token.hash(token), client: client, request: nil, logsRefusal: false)
        switch session.access(action, purpose: nil, fields: []) {
        case .granted(let access): self.access = access
        case .denied(let decision, _, _):
            throw VaultError.denied(action: action.rawValue, rule: decision.rule, hint: decision.nearest ?? decision.steps.last ?? "")
        }
    }

    func report() throws -> ForkReport { try compared().report }

    func accept(_ reason: String) throws -> (ForkReport, Int64) {
        var (report, isPublishedTrue) = try compared()
        guard report.fork != nil || report.areKeysBehind else {
            throw VaultError.invalid("the log continues the head that was kept: there is nothing to decide")
        }
        // Before the entry: from then on, publication follows the log that the entry is in.
        report.publishedCopy = isPublishedTrue ? nil : try vault.publisher.setAside()
        var detail: [AuditDetail: String] = [
            .keptEntries: String(report.kept?.entries ?? 0), .foundEntries: String(report.found.entries), .foundRoot: report.found.root,
            .missingAtLeast: String(report.missing.lowerBound), .missingAtMost: String(report.missing.upperBound),
        ]
        detail[.keptRoot] = report.kept?.root
        if report.areKeysBehind { detail[.keysErasedAgain] = String(try vault.store.catchUpKeys(at: vault.clock())) }
        // Customers have the numbers that they had only if nothing else was written meanwhile.
        if report.fork?.reason == .shorter {
            try vault.store.copyProtections()
            let later = try ProtectionJournal(beside: kept).replay(into: vault, acceptsGap: true)
            if !later.isNothing { detail[.journal] = later.description }
        }
        let receipt = try access.session.commit(access) { _ in ((), access.entry(reason: reason, detail: detail)) }.receipt
        // What the keys know and the data lack is newer: erased customers stay erased, and people's protections stay in force.
        if report.areKeysBehind { try vault.protectEverything() }
        try vault.finishErasures()
        try vault.store.copyProtections()
        try vault.replayProtections()
        try kept.decide(for: vault.trail.watch.known!.head, at: vault.clock())
        _ = try vault.publisher.publish(vault)
        return (report, receipt)
    }

    /// - Throws: if the log in the database is inconsistent.
    private func compared() throws -> (report: ForkReport, isPublishedTrue: Bool) {
        var damage: LogFork?
        var record: KeptHead.Record?
        do { record = try kept.read() } catch { damage = error }
        let trail = vault.trail
        let published = try vault.publisher.tiles.checkpoint().flatMap { try? Checkpoint(verifying: $0, keys: trail.logKeys) }
        let areKeysBehind = try vault.store.hasKeysApart && vault.store.keysAreBehind()
        return try vault.store.read { reader in
            guard let row = try reader.auditHead() else { throw AuditError.noLog }
            let head = try trail.signed(row)
            var comparison = LogComparison(kept: record?.head.tree, published: published.map { vault.publisher.tiles.reader(size: $0.size) })
            try reader.forEachAuditEntry { sequence, entry in
                guard sequence == comparison.tree.size else { throw AuditError.sequenceBroken(expected: comparison.tree.size, found: sequence) }
                comparison.add(entry)
                return true
            }
            guard comparison.tree == head.tree else { throw AuditError.rootMismatch(size: head.size) }
            let size = record?.head.size ?? 0
            let shared = comparison.shared
            var fork = damage
            if let record {
                if record.head.origin != trail.origin {
                    fork = LogFork(.foreign, kept: size, found: head.size)
                } else if !comparison.continuesKept {
                    fork = LogFork(head.size < size ? .shorter : .different, kept: size, found: head.size)
                }
            }
            let report = ForkReport(
                fork: fork, kept: record.map { .init(entries: $0.head.size, root: Data($0.head.root).base64EncodedString()) },
                found: .init(entries: head.size, root: Data(head.root).base64EncodedString()), place: kept.path,
                last: Timestamp(milliseconds: row.lastTime), missing: size - shared.upperBound...size - shared.lowerBound,
                areKeysBehind: areKeysBehind,
                publishedCopy: comparison.continuesPublished ? nil : vault.location.home + "/audit")
            return (report, comparison.continuesPublished)
        }
    }
}
