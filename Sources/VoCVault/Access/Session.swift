import AuditLog
import Detection
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import Synchronization
import Wire

/// A signed-in principal at work. Every operation first asks the policy, and leaves an audit entry.
public struct Session: Sendable {
    let vault: Vault
    public let principal: String
    public let role: String
    /// Where it was opened from, for the audit log.
    public let client: String
    /// The only actions that its token allows; nil: all of the role's.
    let scope: Set<Action>?
    /// The same in all entries of one server request; nil: each operation has its own number.
    let request: String?
    /// What the principal signed in with, as entries name it: see ``AuditEntry/token``.
    let credential: String
    /// SHA-256 of its token; nil if another authority vouches for the principal.
    private let tokenHash: [UInt8]?
    /// Number of the last entry.
    private let last = LastReceipt()
    /// What somebody looks at, if this only fills a page of the console.
    private(set) var view: String?

    init(vault: Vault, principal: String, credential: String, role: String, client: String, scope: Set<Action>?, request: String?, tokenHash: [UInt8]? = nil) {
        (self.vault, self.principal, self.credential, self.role, self.client) = (vault, principal, credential, role, client)
        (self.scope, self.request, self.tokenHash) = (scope, request, tokenHash)
    }

    init(vault: Vault, token: TokenRow, hash: [UInt8], client: String, request: String?) {
        self.init(vault: vault, principal: token.principal, credential: token.id, role: token.role, client: client, scope: token.actions, request: request, tokenHash: hash)
    }

    /// - Throws: ``VaultError/notSignedIn(_:)`` if the token is no longer valid as of this transaction.
    func requireGoodToken(_ writer: StoreWriter) throws {
        guard let tokenHash, let obstacle = vault.obstacle(to: try writer.token(hash: tokenHash)) else { return }
        throw VaultError.notSignedIn(obstacle)
    }

    /// Number of the audit entry of this session's last operation; nil before the first.
    package var lastReceipt: Int64? { last.number.withLock { $0 } }

    /// The same session while it fills a page: its entries say so, and lists fold them.
    package func viewing(_ name: String) -> Session {
        var session = self
        session.view = name
        return session
    }

    var store: VaultStore { vault.store }
    var policy: PolicySet { vault.policy }
    /// The policy in force.
    public var policies: PolicySet { policy }

    /// What policy and token allow its principal to do.
    public var capabilities: Capabilities { policy.capabilities(of: role, scope: scope) }

    /// Pseudonyms under a purpose.
    func pseudonyms(_ purpose: String) throws -> Pseudonyms {
        try Pseudonyms(keys: vault.keyring.keys(.pseudonym(purpose: purpose), now: vault.clock()))
    }
}

private final class LastReceipt: Sendable {
    let number = Mutex<Int64?>(nil)
    /// Why the last finding has no entry.
    let obstacle = Mutex<StorageError?>(nil)
}

extension Session {
    /// Called before an operation, so that what it leaves is its own.
    func forgetReceipt() { last.number.withLock { $0 = nil } }

    /// Remembers the entry that an operation just wrote.
    package func noteReceipt(_ receipt: Int64) { last.number.withLock { $0 = receipt } }

    /// Like ``commit(_:_:_:)``, for an examination whose finding is reported even if nothing can be written, because the disk is
    /// full or read-only. This holds only on the vault's own machine: through a server, the examination fails.
    func commitIfPossible(_ access: Access, _ body: (StoreWriter) throws -> AuditEntry) throws {
        do {
            _ = try commit(access) { writer in ((), try body(writer)) }
        } catch let error as StorageError where error.isUnwritable && request == nil {
            last.obstacle.withLock { $0 = error }
        }
    }

    /// Notices for the people who work with the vault, besides the results.
    public var notices: [String] {
        var notices: [String] = []
        if let obstacle = last.obstacle.withLock({ $0 }) { notices.append("this is not in the audit log: \(obstacle)") }
        if vault.traces.isPending { notices.append(DeletedTraces.notice) }
        return notices
    }

    /// Why nothing is deleted on the word of the machine's clock; nil if nothing speaks against it.
    public var clockDoubt: String? { vault.time.reading(policy.clock).doubt }

    /// Whether the write-ahead log still contains what was deleted.
    package var hasTraces: Bool { vault.traces.isPending }
}

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
        return try trail.append(entries, to: writer, now: clock())
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

    /// Signs a principal in by token.
    ///
    /// - Parameter client: the origin of the request, such as a network address.
    /// - Throws: ``VaultError/notSignedIn(_:)``; the audit log has the attempt.
    public func session(token: String, client: String = "local") throws -> Session {
        try session(tokenHash: Token.hash(token), client: client, request: nil)
    }

    /// The same for a caller that has only the token's SHA-256.
    ///
    /// - Parameters:
    ///   - request: number of a server's request, which its entries carry.
    ///   - logsRefusal: false if so many attempts fail that logging them would be the attack.
    package func session(tokenHash: [UInt8], client: String, request: String?, logsRefusal: Bool = true) throws -> Session {
        let row: TokenRow?
        do {
            row = try store.token(hash: tokenHash)
        } catch StorageError.altered(let what) {
            if logsRefusal { noteAlteredSignIn(what, client: client, request: request) }
            throw StorageError.altered(what: what)
        }
        if let obstacle = obstacle(to: row) {
            if logsRefusal { try logRefusedSignIn(obstacle, token: row, client: client, request: request) }
            throw VaultError.notSignedIn(obstacle)
        }
        tokens.note(row!, hash: tokenHash)
        return Session(vault: self, token: row!, hash: tokenHash, client: client, request: request)
    }

    /// A session of a token that was valid before, without checking it again; nil if none is remembered.
    package func presumedSession(tokenHash: [UInt8], client: String, request: String) -> PresumedSession? {
        PresumedSession(self, tokenHash: tokenHash, client: client, request: request)
    }

    /// Why a stored token signs nobody in; nil if it does.
    func obstacle(to row: TokenRow?) -> String? {
        let now = clock()
        return switch row {
        case nil: "the token is not known"
        case let row? where row.revokedAt != nil: "the token was revoked"
        case let row? where row.expiresAt.map { $0 <= now } ?? false: "the token has expired"
        case let row? where row.expiresAt != nil && row.createdAt > now + policy.clock.jump:
            "the token was issued under a clock that was ahead, so that it would expire too late"
        case let row? where row.approval?.state == .waiting: "the token waits until a second person agrees to it"
        case let row? where policy.roles[row.role] == nil: "the token's role is no longer in the policy"
        default: nil
        }
    }

    /// A session for somebody whom another authority identified, such as an OpenID provider. A role that the policy lacks is
    /// denied everything.
    /// - Parameter credential: the authority, and whom its token names.
    package func session(vouchedFor principal: String, by credential: String, role: String, client: String, request: String?) -> Session {
        Session(vault: self, principal: principal, credential: credential, role: role, client: client, scope: nil, request: request)
    }

    /// Logs an attempt to sign in.
    package func logRefusedSignIn(_ obstacle: String, client: String, request: String?) throws {
        try logRefusedSignIn(obstacle, token: nil, client: client, request: request)
    }

    private func logRefusedSignIn(_ obstacle: String, token row: TokenRow?, client: String, request: String?) throws {
        try log(refusedSignIn(obstacle, token: row, client: client, request: request))
    }

    func refusedSignIn(_ obstacle: String, token row: TokenRow?, client: String, request: String?) -> AuditEntry {
        AuditEntry(
            principal: row?.principal ?? "unknown", token: row?.id, role: row?.role ?? "none", purpose: "none", action: AuditEvent.vault(.signIn).name,
            outcome: .denied, rule: obstacle, target: row?.id, request: request ?? Token.requestID(), client: client,
            software: Self.software)
    }
}

/// A request that the policy has allowed.
struct Access: Sendable {
    let session: Session
    let action: Action
    let purpose: String
    let fields: [String]
    let grant: Grant
    let rule: String
    let request: String

    /// How the grant treats a field, whether or not this request names it.
    func treatment(_ field: String) -> Treatment { grant.fields[field] ?? .deny }

    /// The audit entry of this request. A reason that is about a customer belongs into ``entry(_:rule:target:rows:reason:about:detail:)``.
    func entry(
        _ outcome: AuditEntry.Outcome = .allowed, rule: String? = nil, target: String? = nil, rows: Int = 0,
        reason: String? = nil, detail: [AuditDetail: String] = [:]
    ) -> AuditEntry {
        var detail = detail
        if outcome == .allowed, let view = session.view { detail[.view] = view }
        return AuditEntry(
            principal: session.principal, token: session.credential, role: session.role, purpose: purpose, action: action.rawValue,
            outcome: outcome, rule: rule ?? self.rule, target: target, fields: fields, rows: Int64(rows),
            reason: reason.map(session.kept), request: request,
            client: session.client, software: Vault.software, detail: detail)
    }

    /// The same with a reason that ends with the customer whom it is about.
    func entry(
        _ outcome: AuditEntry.Outcome = .allowed, rule: String? = nil, target: String?, rows: Int = 0, reason: String?, about subject: Int64,
        detail: [AuditDetail: String] = [:]
    ) throws -> AuditEntry {
        var entry = entry(outcome, rule: rule, target: target, rows: rows, detail: detail)
        guard let reason else { return entry }
        entry[.sealedReason] = try CustomerNotes(session.vault).seal(session.kept(reason), about: subject, at: .entry(request: request)).text
        return entry
    }

    /// Counts `amount` against a daily quota inside the transaction of the access.
    ///
    /// - Throws: ``VaultError/denied(action:rule:hint:)`` if the quota does not cover it.
    func useQuota(_ quota: String, _ amount: Int, in writer: StoreWriter) throws {
        guard let limit = grant.quotas[quota], amount > 0 else { return }
        let day = session.vault.localTime().day
        let used = try writer.usage(principal: session.principal, day: day, quota: quota)
        guard used + amount <= limit else {
            throw VaultError.denied(
                action: action.rawValue, rule: rule, hint: "the daily quota of \(limit) \(quota) is used up")
        }
        writer.addUsage(principal: session.principal, day: day, quota: quota, amount: amount)
    }
}

extension Session {
    /// Asks the policy. A denial is logged before it is thrown.
    ///
    /// - Parameter purpose: nil: the only purpose for which the role may do this.
    /// - Throws: ``VaultError/denied(action:rule:hint:)``; ``VaultError/invalid(_:)`` if nothing was denied because the request
    ///   names something that the policy does not have. That leaves no entry, like any other unreadable request.
    func authorize(_ action: Action, purpose: String?, fields: [String] = []) throws -> Access {
        switch access(action, purpose: purpose, fields: fields) {
        case .granted(let access): return access
        case .denied(let decision, let named, let request):
            let isInScope = scope?.contains(action) != false
            if isInScope, let slip = policy.slip(role: role, action: action, purpose: purpose, fields: fields) { throw VaultError.invalid(slip) }
            // Names that the policy does not know may contain anything, and stay out of the log.
            let known = fields.filter(policy.isKnownField)
            let entry = AuditEntry(
                principal: principal, token: credential, role: role, purpose: policy.purposes[named] == nil ? "unknown" : named,
                action: action.rawValue, outcome: .denied, rule: decision.rule, fields: known, request: request,
                client: client, software: Vault.software)
            try vault.log(entry)
            var hints = [decision.nearest ?? decision.steps.last].compactMap { $0 }
            if isInScope { hints += whoMay(action, purpose, known) }
            throw VaultError.denied(action: action.rawValue, rule: decision.rule, hint: hints.joined(separator: "; "))
        }
    }

    /// Whom to ask instead, for somebody who is denied something; nothing if the role itself may do it at another hour.
    private func whoMay(_ action: Action, _ purpose: String?, _ fields: [String]) -> [String] {
        let roles = policy.roles(allowing: action, purpose: purpose, fields: fields)
        let others = policy.roles(allowing: action, purpose: nil, fields: fields)
        if roles.contains(role) || others.contains(role) { return [] }
        if others.isEmpty { return ["no role may"] }
        return [roles.isEmpty ? "roles that may for another purpose: \(others.joined(separator: ", "))" : "roles that may: \(roles.joined(separator: ", "))"]
    }

    /// What the policy says.
    enum Answer {
        case granted(Access)
        case denied(Decision, purpose: String, request: String)

        var granted: Access? { if case .granted(let access) = self { access } else { nil } }
    }

    /// Asks the policy without logging; the caller does that.
    func access(_ action: Action, purpose: String?, fields: [String], times: TimePrecision? = nil) -> Answer {
        let time = vault.localTime()
        let request = request ?? Token.requestID()
        let purpose = purpose ?? policy.onlyPurpose(role: role, action: action) ?? "none"
        var asked = AccessRequest(role: role, action: action, purpose: purpose, fields: fields, weekday: time.weekday, minute: time.minute)
        asked.times = times
        let decision =
            scope?.contains(action) == false
            ? Decision(deniedBy: "token scope", because: "the token is not for \(action.rawValue)")
            : vault.decisions.decision(asked, of: policy)
        guard let grant = decision.grant else { return .denied(decision, purpose: purpose, request: request) }
        return .granted(
            Access(
                session: self, action: action, purpose: purpose, fields: fields, grant: grant, rule: decision.rule,
                request: request))
    }

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

extension Vault {
    /// The present time in the policy's time zone.
    func localTime() -> LocalTime { localTime(at: clock()) }

    /// A time in milliseconds since 1970, in the policy's time zone.
    func localTime(at utc: Int64) -> LocalTime {
        let offset = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(utc) / 1000))
        return LocalTime(milliseconds: utc + Int64(offset) * 1000)
    }

    /// A text about a record, without the customer's own values: people write names and numbers into reasons.
    func redacted(_ text: String, knownFrom record: OpenedRecord) throws -> String {
        var known: [KnownValue] = []
        for compartment in [Compartment.direct, .quasi, .sensitive] {
            try record.fields(compartment)?.forEach { name, value in
                guard let field = policy.field(name) else { return }
                let (type, spelling) = RecordPreparer.kind(of: field)
                known.append(KnownValue(type: type, text: String(plain: value), spelling: spelling))
            }
        }
        return detector.redact(text, known: known)
    }
}

/// A time in the policy's time zone.
struct LocalTime {
    fileprivate let milliseconds: Int64

    /// Days since 1970.
    var number: Int { Int(milliseconds / 86_400_000) }
    /// From 1, Monday, to 7.
    var weekday: Int {
        // 1970-01-01 was a Thursday.
        (number + 3) % 7 + 1
    }
    /// Minute of the day, from 0.
    var minute: Int { Int(milliseconds / 60_000 % 1440) }
    /// Such as 2026-03-04.
    var day: String { String(Timestamp(milliseconds: milliseconds).description.prefix(10)) }
}
