import AuditLog
import Detection
import Foundation
import Policy
import RedactedAPI
import Sealing
import Storage

/// The engine: an encrypted vault for what customers say.
///
/// A `Vault` is opened with its home folder, key file and policies; work is done in a ``Session``,
/// which a principal's token opens and which asks the policy before every step. Every action and
/// every denial is in the audit log, committed with the change it describes and durable before
/// any plaintext is released.
public final class Vault: Sendable {
    public static let version = "0.1.0"

    let location: Location
    let store: VaultStore
    let keyring: Keyring
    let policy: PolicySet
    let layout: RecordLayout
    let trail: AuditTrail
    let publisher: AuditPublisher
    let traces: DeletedTraces
    /// Under the policy in force: another policy begins with none.
    let pages = PageCache()
    let decisions = DecisionCache()
    let cursors = CursorCipher()
    let tokens = KnownTokens()
    let detector: Detector
    /// For short values of readable columns.
    let columnDetector: Detector
    let time: VaultClock
    let timeZone: TimeZone

    /// Where a vault lives and what opens it.
    public struct Location: Sendable {
        public var home: String
        public var keys: String
        public var policies: String

        public init(home: String, keys: String, policies: String) {
            (self.home, self.keys, self.policies) = (home, keys, policies)
        }
    }

    /// What keeps a vault's data: files in its home, or a PostgreSQL database.
    public enum StorePlace: Sendable {
        case files
        /// - Parameter owner: the address of the role that owns the tables; it is used now and never again.
        case postgres(PostgresAddress, owner: PostgresAddress)
    }

    /// The time in milliseconds since 1970, as well as the vault knows it.
    func clock() -> Int64 { time.reading(policy.clock).time }

    /// Whether a time lies ahead, as well as the vault knows.
    package func isToCome(_ date: Date) -> Bool { Int64(date.timeIntervalSince1970 * 1000) > clock() }

    /// Milliseconds since 1970.
    public static let systemClock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Creates a vault and its first administrator.
    ///
    /// - Parameters:
    ///   - clock: the machine's, in milliseconds since 1970.
    ///   - uptime: how long the machine has been up; nil: this machine's, or unknown where the clock is another one.
    /// - Returns: the vault and the administrator's token, which is kept nowhere.
    public static func create(
        at location: Location, in place: StorePlace = .files, administrator: String = "admin",
        clock: (@Sendable () -> Int64)? = nil, uptime: (@Sendable () -> Uptime?)? = nil
    ) throws -> (vault: Vault, token: String) {
        // Everything that can be wrong is checked before the first file appears.
        let policy = try PolicySet.load(from: location.policies)
        guard policy.roles["administrator"] != nil else {
            throw VaultError.invalid("\(location.policies)/roles.yaml defines no role 'administrator'")
        }
        let keyFile = try KeyFile(path: location.keys)
        _ = try keyFile.rootKey(keyFile.active)
        let home = URL(fileURLWithPath: location.home, isDirectory: true)
        try FileManager.default.createDirectory(
            at: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let store = try createStore(in: home, place, at: (clock ?? systemClock)())
        let time = VaultClock(home: location.home, clock, uptime) { nil }
        let vault = try Vault(location: location, store: store, keyFile: keyFile, policy: policy, time: time)
        let now = vault.clock()
        let (token, row, hash) = try Token.issue(
            principal: administrator, role: "administrator", expiresAt: nil, now: now)
        try store.write { writer in
            try writer.addToken(row, hash: hash)
            try vault.trail.append(
                [
                    AuditEntry(
                        principal: administrator, role: "administrator", purpose: "operation", action: "init",
                        outcome: .allowed, rule: "creation of the vault", target: row.id, request: Token.requestID(),
                        software: Self.software)
                ], to: writer, now: now, beginning: true)
        }
        return (vault, token)
    }

    private static func createStore(in home: URL, _ place: StorePlace, at now: Int64) throws -> VaultStore {
        switch place {
        case .files: return try VaultStore.create(in: home, vaultID: Random.identifier(), at: now)
        case .postgres(let address, let owner):
            try VaultStore.requireNone(in: home)
            try VaultStore.create(owner, role: address.role, vaultID: Random.identifier(), at: now)
            try VaultStore.setAddress(address, in: home)
            return try VaultStore.open(in: home)
        }
    }

    /// Makes a home for another process of a vault that is in a PostgreSQL database already.
    public static func join(_ address: PostgresAddress, at location: Location) throws {
        let home = URL(fileURLWithPath: location.home, isDirectory: true)
        try VaultStore.requireNone(in: home)
        try VaultStore.requireVault(at: address)
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try VaultStore.setAddress(address, in: home)
        _ = try open(at: location)
    }

    /// Opens a vault and finishes what a crash or a restore left undone.
    ///
    /// - Parameters:
    ///   - clock: the machine's, in milliseconds since 1970.
    ///   - uptime: how long the machine has been up; nil: this machine's, or unknown where the clock is another one.
    ///   - readingOnly: opens also a home that cannot be written, to examine it: nothing can be done there that needs an entry.
    public static func open(
        at location: Location, clock: (@Sendable () -> Int64)? = nil, uptime: (@Sendable () -> Uptime?)? = nil, readingOnly: Bool = false
    ) throws -> Vault {
        let policy = try PolicySet.load(from: location.policies)
        let store = try VaultStore.open(in: URL(fileURLWithPath: location.home, isDirectory: true), readingOnly: readingOnly)
        let time = try VaultClock(home: location.home, clock, uptime) { try store.read { try $0.lastEntryTime() } }
        // A source that the policy names is asked where the clock alone is not believed.
        if time.reading(policy.clock).standing != .sound { _ = time.examined(policy.clock) }
        let vault = try Vault(location: location, store: store, keyFile: KeyFile(path: location.keys), policy: policy, time: time)
        if !store.isReadOnly {
            try vault.finishErasures()
            vault.traces.resume()
        }
        return vault
    }

    private convenience init(
        location: Location, store: VaultStore, keyFile: KeyFile, policy: PolicySet, time: VaultClock
    ) throws {
        try self.init(
            location: location, store: store, keyring: Keyring(file: keyFile, store: store, now: time.reading(policy.clock).time),
            publisher: AuditPublisher(home: location.home), traces: DeletedTraces(home: location.home, store: store), policy: policy, time: time)
    }

    private init(
        location: Location, store: VaultStore, keyring: Keyring, publisher: AuditPublisher, traces: DeletedTraces, policy: PolicySet,
        time: VaultClock
    ) throws {
        try PolicyCheck.requireValidExpressions(policy)
        (self.location, self.store, self.policy, self.time) = (location, store, policy, time)
        (self.publisher, self.keyring, self.traces) = (publisher, keyring, traces)
        timeZone = TimeZone(identifier: policy.timeZone) ?? .gmt
        detector = Detector(rules: try PolicyCheck.typeRules(policy), never: policy.neverRedact, always: policy.alwaysRedact)
        columnDetector = detector.forColumns
        layout = try RecordLayout(policy: policy, store: store)
        trail = try AuditTrail(vaultID: store.vaultID, doubted: { time.reading(policy.clock).doubted }) {
            try keyring.auditKeys(now: time.reading(policy.clock).time)
        }
    }

    /// The same vault under the policy files as they are now; this one goes on under the old.
    public func reloadingPolicies() throws -> Vault {
        try keyring.reload()
        return try Vault(
            location: location, store: store, keyring: keyring, publisher: publisher, traces: traces,
            policy: PolicySet.load(from: location.policies), time: time)
    }

    static let software = "vocvault/\(version)"

    /// The key that verifies this vault's checkpoints, in signed-note form.
    public var verifierKey: String {
        Checkpoint.verifierKey(origin: trail.origin, publicKey: trail.signingKey.publicKey)
    }

    /// The policy in force.
    public var policies: PolicySet { policy }
}
