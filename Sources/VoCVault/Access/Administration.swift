import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI

extension Session {
    /// Issues a token. It is not stored and cannot be shown again.
    ///
    /// - Parameters:
    ///   - scope: the only actions that it allows; nil: all of the role's.
    ///   - days: lifetime; nil: it does not expire.
    ///   - show: shows the token to the person it is for. The token is valid only afterwards, so that no token exists that nobody
    ///     has seen, whenever the process ends. If showing fails, none is issued, and the log says why.
    package func issueToken(
        principal name: String, role roleName: String, scope: [Action]? = nil, days: Int?, show: (_ token: String, _ id: String) throws -> Void = { _, _ in }
    ) throws -> (token: String, id: String) {
        let access = try authorize(.tokenIssue, purpose: nil)
        return try logged(access) {
            guard policy.roles[roleName] != nil else {
                throw VaultError.invalid("no role '\(roleName)' in roles.yaml\(suggestion(for: roleName, among: policy.roles.keys))")
            }
            try Vault.requireGoodName(name)
            guard scope?.isEmpty != true else { throw VaultError.invalid("a scope names at least one action") }
            let now = vault.clock()
            let expiry = days.map { now + Int64($0) * 86_400_000 }
            let (token, row, hash) = try Token.issue(
                principal: name, role: roleName, scope: scope?.map(\.rawValue).joined(separator: ","), expiresAt: expiry, now: now)
            do {
                try show(token, row.id)
            } catch {
                let detail: [AuditDetail: String] = [.for: name, .role: roleName, .error: "the token could not be shown and was not issued"]
                _ = try? commit(access) { _ in ((), access.entry(.failed, target: row.id, detail: detail)) }
                throw error
            }
            _ = try commit(access) { writer in
                if let other = try writer.reader.tokens().first(where: { PrincipalName.areAlike($0.principal, name) }) {
                    throw VaultError.invalid("the name looks like '\(other.principal)', which is another principal's: in the log nobody could tell them apart")
                }
                try writer.addToken(row, hash: hash)
                var detail: [AuditDetail: String] = [.for: name, .role: roleName]
                detail[.scope] = row.scope
                return ((), access.entry(target: row.id, detail: detail))
            }
            return (token, row.id)
        }
    }

    package func tokens() throws -> [TokenInfo] {
        let access = try authorize(.tokenList, purpose: nil)
        let rows = try logged(access) { try store.read { try $0.tokens() } }
        _ = try commit(access) { _ in ((), access.entry(rows: rows.count)) }
        return rows.map {
            TokenInfo(
                id: $0.id, principal: $0.principal, role: $0.role, scope: $0.scope?.split(separator: ",").map(String.init),
                created: Timestamp(milliseconds: $0.createdAt),
                expires: $0.expiresAt.map(Timestamp.init(milliseconds:)),
                revoked: $0.revokedAt.map(Timestamp.init(milliseconds:)))
        }
    }

    /// Revokes a token immediately.
    ///
    /// - Parameters:
    ///   - reason: why, without personal data; nil: no reason is given.
    ///   - dryRun: revokes nothing.
    /// - Returns: whose token it is.
    @discardableResult
    package func revokeToken(_ id: String, reason: String? = nil, dryRun: Bool = false) throws -> (principal: String, role: String) {
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

    /// Root keys, and the keys that they wrap, by version.
    package func keys() throws -> (roots: [KeyStatus], versions: [KeyVersion]) {
        let access = try authorize(.keysStatus, purpose: nil)
        let (roots, versions) = (try vault.keyState(), try vault.keyVersions())
        _ = try commit(access) { _ in ((), access.entry(rows: roots.count)) }
        return (roots, versions)
    }

    /// The roles of a principal's valid tokens, for `policy explain`.
    package func explain(
        principal name: String, action: Action, purpose: String, fields: [String]
    ) throws -> [(role: String, decision: Decision)] {
        let access = try authorize(.auditRead, purpose: nil)
        // The role has been looked up; any role can tell whether the other names exist.
        if let slip = policy.roles.keys.first.flatMap({ policy.slip(role: $0, purpose: purpose, fields: fields) }) { throw VaultError.invalid(slip) }
        let now = vault.clock()
        let tokens = try store.read { try $0.tokens() }
        if policy.issuers.isEmpty, !tokens.contains(where: { $0.principal == name }) {
            throw VaultError.invalid(PolicySet.unknown("principal", name, among: Set(tokens.map(\.principal))))
        }
        let rows = tokens.filter { $0.principal == name && $0.revokedAt == nil && $0.expiresAt.map { $0 > now } ?? true }
        _ = try commit(access) { _ in ((), access.entry(detail: [.explained: action.rawValue])) }
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

    /// Keys by use, name and version, newest first.
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

extension Vault {
    /// - Throws: ``VaultError/invalid(_:)`` for what is no principal's name.
    static func requireGoodName(_ name: String) throws {
        guard PrincipalName.isOne(name) else { throw VaultError.invalid("a principal's name has 1 to 64 letters, digits, and . _ - @") }
        guard !PrincipalName.isReserved(name) else { throw VaultError.invalid("'\(name)' is a name that the vault keeps for itself") }
    }
}
