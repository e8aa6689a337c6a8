import AuditLog
import Foundation
import Policy
import RedactedAPI
import Sealing
import Store
import VaultAPI

extension Session {
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
