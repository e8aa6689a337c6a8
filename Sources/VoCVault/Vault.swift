import AuditLog
import Detection
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import StoreMove
import StorePostgres
import Synchronization
import Wire

/// The engine: an encrypted vault for what customers say.
///
/// A `Vault` is opened with its home folder, key file and policies. Work is done in a ``Session``, which a principal's token
/// opens and which asks the policy before every step. Every action and every denial is in the audit log, committed with the
/// change that it describes, and durable before any plaintext is released.
public final class Vault: Sendable {
    public static let version = "0.7.0"

    let location: Location
    let store: VaultStore
    let keyring: Keyring
    let policy: PolicySet
    let layout: RecordLayout
    let trail: AuditTrail
    let publisher: AuditPublisher
    let traces: DeletedTraces
    /// Under the present policy: another policy starts with an empty one.
    let pages = PageCache()
    let orders = KnownOrders()
    let decisions = DecisionCache()
    let cursors = CursorCipher()
    let tokens = KnownTokens()
    let questions = QuestionSealer()
    /// Whether a transaction of this process has added facts that the key store must keep.
    let hasNewProtections = Atomic(false)
    /// Pending protections of customers whom a restored snapshot lacks; nil: not searched for since the last change.
    let absent = Mutex<(known: AbsentProtections?, change: Int)>((nil, 0))
    let detector: Detector
    /// For short values of readable columns.
    let columnDetector: Detector
    let codes: KnownCodes
    let time: VaultClock
    let timeZone: TimeZone
    /// The same for the store.
    let zoneOffsets: AggregateRequest.ZoneOffsets

    /// Where a vault is, and what opens it.
    public struct Location: Sendable {
        public var home: String
        public var keys: String
        public var policies: String
        /// The folder that keeps the last head of the log, where the database's administrator cannot write. Nil: beside the key
        /// file or, if nothing can be written there, in the home.
        public var head: String?

        public init(home: String, keys: String, policies: String, head: String? = nil) {
            (self.home, self.keys, self.policies, self.head) = (home, keys, policies, head)
        }
    }

    /// Where a vault keeps its data: files in its home, or a PostgreSQL database.
    public enum StorePlace: Sendable {
        case files
        /// - Parameters:
        ///   - owner: address of the role that owns the tables; used now and never again.
        ///   - keys: a separate database for the keys; nil: the same one.
        case postgres(PostgresAddress, owner: PostgresAddress, keys: KeysPlace? = nil)
    }

    /// The time in milliseconds since 1970, as far as the vault knows it.
    func clock() -> Int64 { time.reading(policy.clock).time }

    /// Whether a time is in the future, as far as the vault knows.
    package func isToCome(_ date: Date) -> Bool { Int64(date.timeIntervalSince1970 * 1000) > clock() }

    /// Milliseconds since 1970.
    public static let systemClock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Creates a vault and its first administrator. A creation that failed, because of a crash or because the token could not be
    /// shown, leaves nothing that prevents the next one.
    ///
    /// - Parameters:
    ///   - acceptsAsynchronous: whether to accept a server whose standbys may lack the last acknowledged writes.
    ///   - clock: the machine's, in milliseconds since 1970.
    ///   - uptime: the machine's uptime; nil: this machine's, or unknown if the clock is another one.
    ///   - show: shows the administrator's token, which is valid only afterwards: a vault that nobody can enter would be a dead
    ///     end.
    /// - Returns: the vault and the administrator's token, which is not stored.
    public static func create(
        at location: Location, in place: StorePlace = .files, administrator: String = "admin", acceptsAsynchronous: Bool = false,
        clock: (@Sendable () -> Int64)? = nil, uptime: (@Sendable () -> Uptime?)? = nil, show: (_ token: String) throws -> Void = { _ in }
    ) throws -> (vault: Vault, token: String) {
        // Everything that can be wrong is checked before the first file is created.
        try requireGoodName(administrator)
        let policy = try PolicySet.load(from: location.policies)
        guard policy.roles["administrator"] != nil else {
            throw VaultError.invalid("\(location.policies)/roles.yaml defines no role 'administrator'")
        }
        let keyFile = try KeyFile(path: location.keys)
        _ = try keyFile.rootKey(keyFile.active)
        var detail: [AuditDetail: String] = [:]
        if case .postgres(_, let owner, let keys) = place {
            detail[.standbys] = try ServerRisk.require([owner, keys?.owner], acceptsAsynchronous: acceptsAsynchronous)
        }
        let home = URL(fileURLWithPath: location.home, isDirectory: true)
        try DurableFile.makeFolder(home.path)
        let lock = try lockForCreation(home)
        defer { close(lock) }
        let watch = try LogWatch(KeptHead(location), isNew: true)
        try watch.requireKept()
        let store = try createStore(in: home, place, at: (clock ?? systemClock)())
        let time = VaultClock(home: location.home, clock, uptime) { nil }
        let vault = try Vault(location: location, store: store, watch: watch, keyFile: keyFile, policy: policy, time: time, hasAccount: false)
        try vault.keepState()
        let now = vault.clock()
        // Made at once: a copy of the key store that lacks them would keep anybody from giving a reason, and from reading what came after
        // the copy.
        for use in [Keyring.Use.notes, .protections, .tombstone] { _ = try vault.keyring.key(use, now: now) }
        let (token, row, hash) = try Token.issue(
            principal: administrator, role: "administrator", expiresAt: nil, now: now)
        try show(token)
        try store.write { writer in
            guard try writer.reader.isUnfinished else { throw StorageError.alreadyExists(path: location.home) }
            writer.beginState()
            try writer.addToken(row, hash: hash)
            let digest = PolicyDigest(policy)
            try writer.addPolicyVersion(digest: digest.bytes, files: PolicyHistory.bytes(policy.files), at: now)
            (detail[.digest], detail[.files]) = (digest.bytes.hexadecimal, digest.files)
            try vault.trail.append(
                [
                    AuditEntry(
                        principal: administrator, token: row.id, role: "administrator", purpose: "operation", action: AuditEvent.vault(.creation).name,
                        outcome: .allowed, rule: "creation of the vault", target: row.id, request: Token.requestID(),
                        software: Self.software, detail: detail)
                ], to: writer, now: now, beginning: true)
        }
        vault.keepJournal()
        return (vault, token)
    }

    private static func createStore(in home: URL, _ place: StorePlace, at now: Int64) throws -> VaultStore {
        switch place {
        case .files:
            try VaultStore.removeUnfinished(in: home)
            return try VaultStore.create(in: home, vaultID: Random.identifier(), at: now)
        case .postgres(let address, let owner, let keys):
            if let begun = try VaultStore.unfinished(at: address, keys: keys?.address, in: home) {
                try VaultStore.setAddress(address, keys: keys?.address, in: home)
                return begun
            }
            try VaultStore.requireNone(in: home)
            try VaultStore.create(owner, role: address.role, keys: keys, vaultID: Random.identifier(), at: now)
            try VaultStore.setAddress(address, keys: keys?.address, in: home)
            return try VaultStore.open(in: home)
        }
    }

    /// Prevents a second creation in `home`; returns a descriptor to be closed at the end.
    private static func lockForCreation(_ home: URL) throws -> Int32 {
        let descriptor = Foundation.open(home.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError.readOnly(path: home.path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StorageError.busy(path: home.path)
        }
        return descriptor
    }

    /// Creates a home for another process of a vault that is already in a PostgreSQL database.
    ///
    /// - Parameters:
    ///   - keys: the database with its keys; nil: the same one.
    ///   - acceptsAsynchronous: whether to accept a server whose standbys may lack the last acknowledged writes.
    public static func join(_ address: PostgresAddress, keys: PostgresAddress? = nil, at location: Location, acceptsAsynchronous: Bool = false) throws -> Vault {
        let standbys = try ServerRisk.require([address, keys], acceptsAsynchronous: acceptsAsynchronous)
        let home = URL(fileURLWithPath: location.home, isDirectory: true)
        try VaultStore.requireNone(in: home)
        try VaultStore.requireVault(at: address, keys: keys)
        try DurableFile.makeFolder(home.path)
        try VaultStore.setAddress(address, keys: keys, in: home)
        let vault = try open(at: location)
        if acceptsAsynchronous {
            try vault.log(
                AuditEntry(ofVault: .vault(.join), purpose: "operation", rule: "another home", detail: [.standbys: standbys]))
        }
        return vault
    }

    /// Opens a vault whose log continues the kept head, and finishes what a crash or a restore left undone.
    ///
    /// - Parameters:
    ///   - clock: the machine's, in milliseconds since 1970.
    ///   - uptime: the machine's uptime; nil: this machine's, or unknown if the clock is another one.
    ///   - readingOnly: also opens a home that cannot be written, to examine it. Nothing that needs an entry can be done there.
    /// - Throws: ``VaultError/logForked(_:)`` if the log does not continue it: see ``examineFork(at:token:client:clock:)``.
    public static func open(
        at location: Location, clock: (@Sendable () -> Int64)? = nil, uptime: (@Sendable () -> Uptime?)? = nil, readingOnly: Bool = false
    ) throws -> Vault {
        try UpgradeMark(home: location.home).requireNone()
        return try openFinished(at: location, clock: clock, uptime: uptime, readingOnly: readingOnly)
    }

    /// The same while an upgrade is under way.
    ///
    /// - Parameter isUpgraded: whether it may come from a format that kept no account of its tables.
    static func openFinished(
        at location: Location, clock: (@Sendable () -> Int64)? = nil, uptime: (@Sendable () -> Uptime?)? = nil, readingOnly: Bool = false,
        isUpgraded: Bool = false
    ) throws -> Vault {
        let vault = try open(
            at: location, LogWatch(KeptHead(location)), clock: clock, uptime: uptime, readingOnly: readingOnly, isUpgraded: isUpgraded)
        guard !vault.store.isReadOnly else { return vault }
        try vault.finishErasures()
        try vault.finishStateRotation()
        // Pending facts are newer than those in the key store. Only after them may the key store supply what the data lack.
        try vault.store.copyProtections()
        try vault.replayProtections()
        vault.keepJournal()
        if !isUpgraded { try vault.note(policyAt: .change) }
        vault.traces.resume()
        return vault
    }

    /// The same, with `watch` knowing where the log ended. Does not finish anything that was left undone.
    static func open(
        at location: Location, _ watch: @autoclosure () throws -> LogWatch, clock: (@Sendable () -> Int64)?, uptime: (@Sendable () -> Uptime?)? = nil,
        readingOnly: Bool = false, isUpgraded: Bool = false
    ) throws -> Vault {
        let policy = try PolicySet.load(from: location.policies)
        let store = try VaultStore.open(in: URL(fileURLWithPath: location.home, isDirectory: true), readingOnly: readingOnly)
        guard try !store.read({ try $0.isUnfinished }) else {
            throw VaultError.invalid("the creation of the vault in \(location.home) did not end; nothing is in it: run 'vocvault init' again")
        }
        let watch = try watch()
        if watch.kept != nil { try store.watchKeys { watch.takesUpDecision() } }
        let time = try VaultClock(home: location.home, clock, uptime) { try store.read { try $0.lastEntryTime() } }
        // If the clock alone is not trusted, the policy's time source is asked.
        if time.reading(policy.clock).standing != .sound { _ = time.examined(policy.clock) }
        return try Vault(
            location: location, store: store, watch: watch, keyFile: KeyFile(path: location.keys), policy: policy, time: time,
            hasAccount: !isUpgraded || store.hasAccount())
    }

    private convenience init(
        location: Location, store: VaultStore, watch: LogWatch, keyFile: KeyFile, policy: PolicySet, time: VaultClock, hasAccount: Bool
    ) throws {
        try self.init(
            location: location, store: store, watch: watch,
            keyring: Keyring(file: keyFile, store: store.keys, vaultID: store.vaultID, now: time.reading(policy.clock).time),
            publisher: AuditPublisher(home: location.home), traces: DeletedTraces(home: location.home, store: store), policy: policy, time: time,
            hasAccount: hasAccount)
    }

    /// - Parameters:
    ///   - hasAccount: whether the tables that decide are held against the account that the vault keeps of them; otherwise one has yet
    ///   to be begun.
    ///   - isSnapshot: whether what stands there may be sealed under a former key of the state.
    init(
        location: Location, store: VaultStore, watch: LogWatch, keyring: Keyring, publisher: AuditPublisher, traces: DeletedTraces, policy: PolicySet,
        time: VaultClock, hasAccount: Bool, isSnapshot: Bool = false
    ) throws {
        try PolicyCheck.requireValidExpressions(policy)
        (self.location, self.store, self.policy, self.time) = (location, store, policy, time)
        (self.publisher, self.keyring, self.traces) = (publisher, keyring, traces)
        timeZone = TimeZone(identifier: policy.timeZone) ?? .gmt
        zoneOffsets = AggregateRequest.ZoneOffsets(timeZone, earliest: policy.occurrence.earliestTime, now: time.reading(policy.clock).time)
        detector = try PolicyCheck.detector(policy)
        columnDetector = detector.forColumns
        codes = KnownCodes(policies: location.policies)
        let trail = try AuditTrail(vaultID: store.vaultID, watch: watch, policy: PolicyDigest(policy).short, doubted: { time.reading(policy.clock).doubted }) {
            try keyring.auditKeys(now: time.reading(policy.clock).time)
        }
        self.trail = trail
        try store.checkLog { try trail.requireContinuation($0) }
        let stateKeys = StateKeys(keyring: keyring, vaultID: store.vaultID, isSnapshot: isSnapshot)
        if hasAccount { try store.keepState(stateKeys.keeperInForce(of: store, now: time.reading(policy.clock).time), others: stateKeys.present) }
        store.keepTime(by: TimeReading { time.reading(policy.clock).time })
        let vaultID = store.vaultID
        // Weak, because the keyring leads back to the store.
        store.openCodes(
            with: CodeOpeners { [weak keyring] in
                guard let keyring else { throw VaultError.keys("the vault is closed") }
                return try StoredCodeOpener(keyring: keyring, vaultID: vaultID)
            })
        layout = try RecordLayout(policy: policy, store: store)
        if hasAccount { expectKeys() }
        watch.onDecision { [weak self] in
            self?.pages.clear()
            self?.orders.clear()
            self?.forgetAbsentProtections()
        }
        // Weak, because the trail's keys lead back to the store.
        store.watchLog({ [weak self] in try self?.trail.requireContinuation($0) }, forKeys: { [weak self] in try self?.trail.requireBeginning($0) })
    }

    /// The same vault under the present policy files. This one continues under the old ones.
    public func reloadingPolicies() throws -> Vault {
        try keyring.reload()
        return try Vault(
            location: location, store: store, watch: trail.watch, keyring: keyring, publisher: publisher, traces: traces,
            policy: PolicySet.load(from: location.policies), time: time, hasAccount: true)
    }

    static let software = "vocvault/\(version)"

    /// The key that verifies this vault's checkpoints, in signed-note form.
    public var verifierKey: String {
        Checkpoint.verifierKey(origin: trail.origin, publicKey: trail.signingKey.publicKey)
    }

    /// The policy in force.
    public var policies: PolicySet { policy }
}
