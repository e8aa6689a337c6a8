import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Storage

/// A token as shown in lists.
public struct TokenInfo: Sendable, Equatable {
    public var id: String
    public var principal: String
    public var role: String
    /// The only actions that it is for; nil: all of the role's.
    public var scope: [String]?
    public var created: Timestamp
    public var expires: Timestamp?
    public var revoked: Timestamp?

    package init(
        id: String, principal: String, role: String, scope: [String]?, created: Timestamp, expires: Timestamp?, revoked: Timestamp?
    ) {
        self.id = id
        self.principal = principal
        self.role = role
        self.scope = scope
        self.created = created
        self.expires = expires
        self.revoked = revoked
    }
}

/// State of the vault's keys.
public struct KeyStatus: Sendable, Equatable {
    public var id: String
    public var isActive: Bool
    public var created: Timestamp
    /// Customers' keys wrapped under it.
    public var subjectKeys: Int
    /// Keys of the vault's own wrapped under it.
    public var dataKeys: Int
    /// From 2^28 wraps on, far below NIST SP 800-38D's 2^32, the key should be replaced.
    public var needsRotation: Bool

    package init(id: String, isActive: Bool, created: Timestamp, subjectKeys: Int, dataKeys: Int, needsRotation: Bool) {
        (self.id, self.isActive, self.created, self.subjectKeys, self.dataKeys, self.needsRotation) = (id, isActive, created, subjectKeys, dataKeys, needsRotation)
    }
}

/// Keys of one use and version.
public struct KeyVersion: Sendable, Equatable {
    public enum State: String, Sendable {
        /// Used for all that is written now.
        case current
        /// Not yet used by all: a rotation is under way.
        case coming
        /// Replaced, and kept for what refers to it.
        case former
    }

    /// `customer`, `index`, `pseudonym`, `audit-signing` and so on.
    public var use: String
    /// The field or purpose, where there is a key for each.
    public var name: String
    public var version: Int
    public var state: State
    public var count: Int

    package init(use: String, name: String, version: Int, state: State, count: Int) {
        (self.use, self.name, self.version, self.state, self.count) = (use, name, version, state, count)
    }
}

extension Session {
    /// Which keys of customers and of the vault's own there are, under the root keys.
    public func keyVersions() throws -> [KeyVersion] {
        let access = try authorize(.keysStatus, purpose: nil)
        let versions = try vault.keyVersions()
        _ = try commit(access) { _ in ((), access.entry(rows: versions.count)) }
        return versions
    }

    /// Issues a token; it is kept nowhere and cannot be shown again.
    ///
    /// - Parameters:
    ///   - scope: the only actions that it is for; nil: all of the role's.
    ///   - days: lifetime; nil: it does not expire.
    ///   - show: shows the token to whom it is for. It is good only after that, so that there is none that nobody has seen,
    ///     whenever the process ends; when showing fails, none is issued and the log says why.
    public func issueToken(
        principal name: String, role roleName: String, scope: [Action]? = nil, days: Int?, show: (_ token: String, _ id: String) throws -> Void = { _, _ in }
    ) throws -> (token: String, id: String) {
        let access = try authorize(.tokenIssue, purpose: nil)
        return try logged(access) {
            guard policy.roles[roleName] != nil else {
                throw VaultError.invalid("no role '\(roleName)' in roles.yaml\(suggestion(for: roleName, among: policy.roles.keys))")
            }
            let allowed = name.utf8.allSatisfy { $0 &- 48 < 10 || $0 &- 97 < 26 || $0 &- 65 < 26 || [0x2D, 0x2E, 0x5F, 0x40].contains($0) }
            guard (1...64).contains(name.utf8.count), allowed else {
                throw VaultError.invalid("a principal's name has 1 to 64 letters, digits, and . _ - @")
            }
            guard scope?.isEmpty != true else { throw VaultError.invalid("a scope names at least one action") }
            let now = vault.clock()
            let expiry = days.map { now + Int64($0) * 86_400_000 }
            let (token, row, hash) = try Token.issue(
                principal: name, role: roleName, scope: scope?.map(\.rawValue).joined(separator: ","), expiresAt: expiry, now: now)
            do {
                try show(token, row.id)
            } catch {
                let detail = ["for": name, "role": roleName, "error": "the token could not be shown and was not issued"]
                _ = try? commit(access) { _ in ((), access.entry(.failed, target: row.id, detail: detail)) }
                throw error
            }
            _ = try commit(access) { writer in
                try writer.addToken(row, hash: hash)
                var detail = ["for": name, "role": roleName]
                detail["scope"] = row.scope
                return ((), access.entry(target: row.id, detail: detail))
            }
            return (token, row.id)
        }
    }

    public func tokens() throws -> [TokenInfo] {
        let access = try authorize(.tokenList, purpose: nil)
        let rows = try store.read { try $0.tokens() }
        _ = try commit(access) { _ in ((), access.entry(rows: rows.count)) }
        return rows.map {
            TokenInfo(
                id: $0.id, principal: $0.principal, role: $0.role, scope: $0.scope?.split(separator: ",").map(String.init),
                created: Timestamp(milliseconds: $0.createdAt),
                expires: $0.expiresAt.map(Timestamp.init(milliseconds:)),
                revoked: $0.revokedAt.map(Timestamp.init(milliseconds:)))
        }
    }

    /// Ends a token at once.
    ///
    /// - Parameters:
    ///   - reason: why, without personal data; nil: nothing is said.
    ///   - dryRun: ends nothing.
    /// - Returns: whose token it is.
    @discardableResult
    public func revokeToken(_ id: String, reason: String? = nil, dryRun: Bool = false) throws -> (principal: String, role: String) {
        let access = try authorize(.tokenRevoke, purpose: nil)
        return try logged(access) {
            if let reason { try requireReason(reason) }
            return try commit(access, dryRun: dryRun) { writer in
                guard let row = try writer.reader.token(id: id) else { throw VaultError.notFound("the token") }
                let now = vault.clock()
                guard try writer.revokeToken(id: id, at: now) else { throw VaultError.conflict("the token was revoked already") }
                try vault.protect(.revocation(token: id, at: now), in: writer)
                return ((principal: row.principal, role: row.role), access.entry(target: id, reason: reason))
            }.0
        }
    }

    public func keyStatus() throws -> [KeyStatus] {
        let access = try authorize(.keysStatus, purpose: nil)
        let state = try vault.keyState()
        _ = try commit(access) { _ in ((), access.entry(rows: state.count)) }
        return state
    }

    /// The roles that a principal's living tokens carry, for `policy explain`.
    public func explain(
        principal name: String, action: Action, purpose: String, fields: [String]
    ) throws -> [(role: String, decision: Decision)] {
        let access = try authorize(.auditRead, purpose: nil)
        let now = vault.clock()
        let rows = try store.read { try $0.tokens() }
            .filter { $0.principal == name && $0.revokedAt == nil && $0.expiresAt.map { $0 > now } ?? true }
        _ = try commit(access) { _ in ((), access.entry(detail: ["explained": action.rawValue])) }
        guard !rows.isEmpty else { throw VaultError.notFound("a living token of this principal") }
        let time = vault.localTime()
        return Set(rows.map(\.role)).sorted().map { role in
            (
                role,
                policy.decide(
                    AccessRequest(
                        role: role, action: action, purpose: purpose, fields: fields, weekday: time.weekday, minute: time.minute))
            )
        }
    }
}

extension Vault {
    func keyState() throws -> [KeyStatus] {
        let roots = try store.keys.rootKeys()
        let counts = try store.keys.subjectKeyCounts()
        let data = try store.keys.dataKeys()
        return roots.map { root in
            let active = root.number == keyring.activeRoot
            return KeyStatus(
                id: root.id, isActive: active, created: Timestamp(milliseconds: root.createdAt),
                subjectKeys: counts[root.number] ?? 0, dataKeys: data.filter { $0.wrapped.root == root.number }.count,
                needsRotation: active && root.wraps >= 1 << 28)
        }
    }

    /// Keys by use, name and version, the newest first.
    package func keyVersions() throws -> [KeyVersion] {
        let customers = try store.keys.subjectKeyCountsByVersion()
        let newest = try store.keys.subjectKeyVersions().current
        var result = customers.map { version, count in
            KeyVersion(use: "customer", name: "", version: version, state: version == newest ? .current : .former, count: count)
        }
        let indexes = try store.read { try $0.indexedFields() }
        let rows = try store.keys.dataKeys()
        for (id, keys) in Dictionary(grouping: rows, by: { [$0.kind, $0.name] }).sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let last = keys.map(\.version).max()!
            for key in keys.sorted(by: { $0.version > $1.version }) {
                var state: KeyVersion.State = key.version == last ? .current : .former
                if id[0] == Keyring.Use.index(id[1]).kind {
                    let field = indexes.first { $0.name == id[1] && $0.version == key.version }
                    state = field?.state == .current ? .current : field?.state == .former ? .former : .coming
                }
                result.append(KeyVersion(use: id[0], name: id[1] == "vault" ? "" : id[1], version: key.version, state: state, count: 1))
            }
        }
        return result
    }
}
