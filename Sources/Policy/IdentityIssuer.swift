/// An authority, such as an OpenID provider, whose signed tokens say who somebody is (OpenID Connect Core 1.0; RFC 7519).
public struct IdentityIssuer: Sendable, Equatable {
    /// Where the issuer's public keys (RFC 7517, JWK Set) come from.
    public enum Keys: Sendable, Equatable {
        case file(String)
        case url(String)
    }

    /// Gives a role to everybody whose claim has a certain value.
    public struct RoleRule: Sendable, Equatable {
        public var claim: String
        /// The claim's value or, if the claim is a list, one of its items.
        public var value: String
        public var role: String
    }

    /// The `iss` claim, character by character.
    public var issuer: String
    /// What its principals' names end in, after an @: nobody is taken for a namesake of another issuer, or of the vault's own tokens.
    public var name: String
    /// What the `aud` claim must name.
    public var audience: String
    public var keys: Keys
    /// The claim that names the principal.
    public var principalClaim: String
    /// The first rule that matches decides. If none does, there is no role, and so no access.
    public var roles: [RoleRule]
    public var place: Place
}

extension PolicyLoader {
    /// Reads `principals.yaml`; the roles that it names must have been read before.
    mutating func readIssuers(_ file: LocatedMapping?, folder: String) {
        guard let file else { return }
        file.allowVersioned(["issuers", "tokens"])
        if let value = file["tokens"] { tokens = readTokens(value) }
        for value in file["issuers"]?.list("issuers") ?? [] {
            guard let issuer = readIssuer(value, folder: folder) else { continue }
            if issuers.contains(where: { $0.issuer == issuer.issuer }) {
                problems.add(value.place, "two issuers are '\(issuer.issuer)'")
            } else if issuers.contains(where: { $0.name == issuer.name }) {
                problems.add(value.place, "two issuers have the name '\(issuer.name)': give one of them another 'name'")
            }
            issuers.append(issuer)
        }
    }

    /// The host of an address; the whole of anything else.
    private static func host(of issuer: String) -> String {
        let rest = issuer.split(separator: "://", maxSplits: 1).last ?? ""
        return String(rest.prefix { $0 != "/" && $0 != ":" }).lowercased()
    }

    private func readIssuer(_ value: Located, folder: String) -> IdentityIssuer? {
        guard let map = value.mapping("an issuer") else { return nil }
        map.allow(only: ["issuer", "name", "audience", "keys", "principal", "roles"])
        guard let issuer = map.required("issuer", of: "an issuer")?.name("the issuer"),
            let audience = map.required("audience", of: "an issuer")?.name("the audience"),
            let keys = map.required("keys", of: "an issuer"), let source = keys.name("keys")
        else { return nil }
        if !issuer.hasPrefix("https:") {
            problems.warn(map.place(of: "issuer"), "issuer '\(issuer)' has no https: address; OpenID Connect has no others, and tokens name theirs to the letter")
        }
        if source.hasPrefix("http:") { problems.add(keys.place, "keys must come from a file or by https:") }
        var rules: [IdentityIssuer.RoleRule] = []
        let listed = map.required("roles", of: "an issuer")?.list("roles")
        if listed?.isEmpty == true { problems.warn(map.place(of: "roles"), "issuer '\(issuer)' gives nobody a role: nobody can sign in with its tokens") }
        for item in listed ?? [] {
            guard let rule = item.mapping("a role rule") else { continue }
            rule.allow(only: ["claim", "value", "role"])
            guard let claim = rule.required("claim", of: "a role rule")?.name("the claim"),
                let wanted = rule.required("value", of: "a role rule")?.name("the value of a claim"),
                let role = rule.required("role", of: "a role rule"), let name = role.string("role")
            else { continue }
            if definedRoles.lacks(name) {
                problems.add(role.place, "role '\(name)' is not in roles.yaml\(suggestion(for: name, among: definedRoles.names))", cause: "role \(name)")
            }
            if let first = rules.first(where: { $0.claim == claim && $0.value == wanted }) {
                problems.warn(item.place, "this rule never decides: the one before it gives '\(wanted)' the role '\(first.role)'")
            }
            rules.append(.init(claim: claim, value: wanted, role: name))
        }
        let name = map["name"]?.name("the issuer's name") ?? Self.host(of: issuer)
        guard (1...40).contains(name.utf8.count), name.utf8.allSatisfy({ $0 &- 48 < 10 || $0 &- 97 < 26 || $0 == 0x2D || $0 == 0x2E }) else {
            problems.add(map["name"]?.place ?? map.place(of: "issuer"), "the issuer needs a 'name' of up to 40 small letters, digits, '-' and '.', such as login.example.com")
            return nil
        }
        let file = source.hasPrefix("/") ? source : "\(folder)/\(source)"
        if !source.hasPrefix("http") { adviseOnKeys(file, keys.place) }
        return IdentityIssuer(
            issuer: issuer, name: name, audience: audience, keys: source.hasPrefix("https:") ? .url(source) : .file(file),
            principalClaim: map["principal"]?.name("the principal's claim") ?? "sub", roles: rules, place: value.place)
    }
}
