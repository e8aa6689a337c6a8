import AuditLog
import Foundation
import Policy
import Sealing
import Store
import Wire

extension Vault {
    /// Runs `body` in a write transaction together with the entry that it returns.
    func commit<R>(_ room: Room = .ordinary, _ body: (StoreWriter) throws -> (R, AuditEntry)) throws -> (R, receipt: Int64) {
        try commitWithAlerts(room) { writer in
            let (result, entry) = try body(writer)
            return (result, entry, [])
        }
    }

    /// The same, with alerts that the request itself raises.
    func commitWithAlerts<R>(
        _ room: Room = .ordinary, _ body: (StoreWriter) throws -> (R, AuditEntry, [AuditEntry])
    ) throws -> (R, receipt: Int64) {
        let (result, entries) = try store.write(room) { writer in
            let (result, entry, own) = try body(writer)
            return (result, try append(entry, own, to: writer))
        }
        settle(entries)
        return (result, entries[0].seq)
    }

    /// Appends an entry and the alerts that it raises.
    private func append(_ entry: AuditEntry, _ own: [AuditEntry], to writer: StoreWriter) throws -> [AuditEntry] {
        var entries = [entry]
        entries += own
        entries += try alerts(about: entry, in: writer)
        let appended = try trail.append(entries, to: writer, now: clock())
        try tell(of: appended, in: writer)
        return appended
    }

    /// What to do once entries are durable.
    private func settle(_ entries: [AuditEntry]) {
        if entries.contains(where: AuditTrail.mayChange) { pages.clear() }
        copyNewProtections()
        entries.dropFirst().forEach(announce)
        // The entry is durable. If publishing fails, it is made up for later, and verification reports it.
        try? publisher.publishIfDue(size: entries.last!.seq + 1, vault: self)
        traces.look()
    }

    /// Runs `body` together with the entry that it returns, without blocking a thread.
    func commit<R: Sendable>(_ body: @escaping @Sendable (StoreWriter) throws -> (R, AuditEntry)) async throws -> (R, receipt: Int64) {
        let (result, entries) = try await store.write { writer in
            let (result, entry) = try body(writer)
            return (result, try self.append(entry, [], to: writer))
        }
        if entries.contains(where: AuditTrail.mayChange) { pages.clear() }
        if entries.count > 1 || publisher.isDue(size: entries.last!.seq + 1) {
            // Once the answer is there, the log has been published as far as it was due.
            await withCheckedContinuation { continuation in
                DispatchQueue.global(qos: .utility).async { [self] in
                    settle(entries)
                    continuation.resume()
                }
            }
        }
        return (result, entries[0].seq)
    }

    /// Writes a single entry. If the vault is read-only, nothing is done or released that needs one.
    func log(_ entry: AuditEntry) throws {
        guard !store.isReadOnly else { return }
        _ = try commit { _ in ((), entry) }
    }
}

extension Session {
    /// Runs `body` in the write transaction, together with the entry that it returns.
    func commit<R>(_ access: Access, _ room: Room = .ordinary, _ body: (StoreWriter) throws -> (R, AuditEntry)) throws -> (R, receipt: Int64) {
        try commitWithAlerts(access, room) { writer in
            let (result, entry) = try body(writer)
            return (result, entry, [])
        }
    }

    /// The same, with alerts that the request itself raises.
    func commitWithAlerts<R>(
        _ access: Access, _ room: Room = .ordinary, _ body: (StoreWriter) throws -> (R, AuditEntry, [AuditEntry])
    ) throws -> (R, receipt: Int64) {
        let (result, receipt) = try vault.commitWithAlerts(room) { writer in
            try requireGoodToken(writer)
            return try body(writer)
        }
        noteReceipt(receipt)
        return (result, receipt)
    }

    /// The same. A dry run performs `body` and undoes it, so that its result is what doing it now would give; it is logged as
    /// well.
    func commit<R>(
        _ access: Access, dryRun: Bool, _ room: Room = .ordinary, _ body: (StoreWriter) throws -> (R, AuditEntry)
    ) throws -> (R, receipt: Int64) {
        guard dryRun else { return try commit(access, room, body) }
        var done: (R, AuditEntry)?
        do {
            try store.write(room) { writer in
                done = try body(writer)
                throw Undone()
            }
        } catch is Undone {}
        let (result, entry) = done!
        let (_, receipt) = try commit(access, room) { _ in ((), entry.planned) }
        return (result, receipt)
    }

    /// The same without blocking a thread.
    func commit<R: Sendable>(
        _ access: Access, _ body: @escaping @Sendable (StoreWriter) throws -> (R, AuditEntry)
    ) async throws -> (R, receipt: Int64) {
        let (result, receipt) = try await vault.commit { writer in
            try requireGoodToken(writer)
            return try body(writer)
        }
        noteReceipt(receipt)
        return (result, receipt)
    }

    private struct Undone: Error {}

    /// Performs what `access` allows. If that fails, an entry says so.
    ///
    /// - Parameter detail: what else the entry says then.
    func logged<R>(_ access: Access, target: String? = nil, detail: [AuditDetail: String] = [:], _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as VaultError where !error.isLogForked {
            var entry = failure(of: access, target, error)
            for (name, text) in detail { entry.detail[name.rawValue] = text }
            if case .integrity(let what) = error { vault.noteDamage(what, entry) } else { try vault.log(entry) }
            throw error
        } catch StorageError.altered(let what) {
            vault.noteAltered(what, access.entry(.failed, target: loggable(target), detail: [.error: "integrity: \(what)"]))
            throw StorageError.altered(what: what)
        }
    }

    /// The same without blocking a thread.
    func logged<R>(_ access: Access, _ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as VaultError where !error.isLogForked {
            if case .integrity(let what) = error {
                vault.noteDamage(what, failure(of: access, nil, error))
            } else {
                _ = try await vault.commit { _ in ((), failure(of: access, nil, error)) }
            }
            throw error
        } catch StorageError.altered(let what) {
            vault.noteAltered(what, access.entry(.failed, detail: [.error: "integrity: \(what)"]))
            throw StorageError.altered(what: what)
        }
    }

    /// A target that somebody typed, if it is a pseudonym. Anything else may be anything, and stays out of the log.
    func loggable(_ target: String?) -> String? {
        target.flatMap { Base32.decode($0.dropFirst(2)) == nil ? nil : $0 }
    }

    /// The entry of an operation that failed.
    private func failure(of access: Access, _ target: String?, _ error: VaultError) -> AuditEntry {
        let target = loggable(target)
        return switch error {
        case .denied(_, let rule, let hint): access.entry(.denied, rule: "\(rule): \(hint)", target: target)
        case .needsApproval: access.entry(.denied, rule: "a second principal must agree", target: target)
        case .onHold: access.entry(.denied, rule: "legal hold", target: target)
        case .notSignedIn(let obstacle): access.entry(.denied, rule: obstacle, target: target)
        case .conflict: access.entry(.failed, target: target, detail: [.error: "conflict"])
        case .cursorGone: access.entry(.failed, target: target, detail: [.error: "the cursor is too old"])
        case .notFound(let what): access.entry(.failed, target: target, detail: [.error: "\(what) not found"])
        case .integrity(let what): access.entry(.failed, target: target, detail: [.error: "integrity: \(what)"])
        case .needsConfirmation: access.entry(.failed, target: target, detail: [.error: "not confirmed"])
        case .invalid, .keys, .notAnchored, .logForked: access.entry(.failed, target: target, detail: [.error: "invalid request"])
        }
    }
}

extension AuditEntry {
    /// The entry of a dry run. It has an event of its own, so that nothing counts it as done.
    var planned: AuditEntry {
        guard case .request(let action) = event else { return self }
        var entry = self
        entry.action = AuditEvent.plan(action).name
        return entry
    }
}
