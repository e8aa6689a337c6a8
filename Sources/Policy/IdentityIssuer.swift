/// An authority, such as an OpenID provider, whose signed tokens say who somebody is (OpenID Connect Core 1.0; RFC 7519).
public struct IdentityIssuer: Sendable, Equatable {
    /// Where the issuer's public keys (RFC 7517, JWK Set) come from.
    public enum Keys: Sendable, Equatable {
        case file(String)
        case url(String)
    }

    /// Gives a role to whose claim has a value.
    public struct RoleRule: Sendable, Equatable {
        public var claim: String
        /// What the claim is, or one of the items of its list.
        public var value: String
        public var role: String
    }

    /// The `iss` claim, to the letter.
    public var issuer: String
    /// What the `aud` claim must name.
    public var audience: String
    public var keys: Keys
    /// The claim that names the principal.
    public var principalClaim: String
    /// The first that fits decides; none: no role, and so no access.
    public var roles: [RoleRule]
    public var place: Place
}

extension PolicyLoader {
    /// Reads `principals.yaml`, after the roles that it names.
    mutating func readIssuers(_ file: LocatedMapping?, folder: String) {
        guard let file else { return }
        file.checkVersion()
        file.allow(only: ["version", "issuers"])
        for value in file["issuers"]?.list("issuers") ?? [] {
            guard let issuer = readIssuer(value, folder: folder) else { continue }
            if issuers.contains(where: { $0.issuer == issuer.issuer }) { problems.add(value.place, "two issuers are '\(issuer.issuer)'") }
            issuers.append(issuer)
        }
    }

    private func readIssuer(_ value: Located, folder: String) -> IdentityIssuer? {
        guard let map = value.mapping("an issuer") else { return nil }
        map.allow(only: ["issuer", "audience", "keys", "principal", "roles"])
        guard let issuer = map.required("issuer", of: "an issuer")?.string("issuer"),
            let audience = map.required("audience", of: "an issuer")?.string("audience"),
            let keys = map.required("keys", of: "an issuer"), let source = keys.string("keys")
        else { return nil }
        if source.hasPrefix("http:") { problems.add(keys.place, "keys must come from a file or by https:") }
        var rules: [IdentityIssuer.RoleRule] = []
        for item in map.required("roles", of: "an issuer")?.list("roles") ?? [] {
            guard let rule = item.mapping("a role rule") else { continue }
            rule.allow(only: ["claim", "value", "role"])
            guard let claim = rule.required("claim", of: "a role rule")?.string("claim"),
                let wanted = rule.required("value", of: "a role rule")?.string("value"),
                let role = rule.required("role", of: "a role rule"), let name = role.string("role")
            else { continue }
            if roles[name] == nil { problems.add(role.place, "role '\(name)' is not in roles.yaml\(suggestion(for: name, among: roles.keys))") }
            rules.append(.init(claim: claim, value: wanted, role: name))
        }
        let file = source.hasPrefix("/") ? source : "\(folder)/\(source)"
        return IdentityIssuer(
            issuer: issuer, audience: audience, keys: source.hasPrefix("https:") ? .url(source) : .file(file),
            principalClaim: map["principal"]?.string("principal") ?? "sub", roles: rules, place: value.place)
    }
}
