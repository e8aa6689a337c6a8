/// Slips in principals.yaml.
extension Slip {
    static let principals: [Slip] = [
        Slip("principals.yaml", "issuers: []", "issuers: none", "issuers must be a list, not 'none'"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: {issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}",
            "issuers must be a list, not a mapping"),
        Slip("principals.yaml", "issuers: []", "issuer: []", "unknown key 'issuer' (did you mean 'issuers'?)"),
        Slip("principals.yaml", "issuers: []", "issuers: [{audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]", "an issuer lacks 'issuer'"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{iss: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
            "unknown key 'iss' (did you mean 'issuer'?)"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
            "an issuer lacks 'audience'"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", aud: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
            "unknown key 'aud' (did you mean 'audience'?)"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: [v], keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
            "the audience must be text, not a list"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: \"\", keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
            "the audience is empty"),
        Slip("principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, roles: [{claim: g, value: v, role: analyst}]}]", "an issuer lacks 'keys'"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, key: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
            "unknown key 'key' (did you mean 'keys'?)"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"http://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
            "keys must come from a file or by https:"),
        Slip("principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"\", roles: [{claim: g, value: v, role: analyst}]}]", "keys is empty"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: [\"https://x/j\"], roles: [{claim: g, value: v, role: analyst}]}]",
            "keys must be text, not a list"),
        Slip("principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\"}]", "an issuer lacks 'roles'"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", role: [{claim: g, value: v, role: analyst}]}]",
            "unknown key 'role' (did you mean 'roles'?)"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: {claim: g, value: v, role: analyst}}]",
            "roles must be a list, not a mapping"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [analyst]}]",
            "a role rule must be a mapping (key: value), not 'analyst'"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analist}]}]",
            "role 'analist' is not in roles.yaml (did you mean 'analyst'?)"),
        Slip("principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v}]}]", "a role rule lacks 'role'"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, role: analyst}]}]",
            "a role rule lacks 'value'"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claims: g, value: v, role: analyst}]}]",
            "unknown key 'claims' (did you mean 'claim'?)"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: \"\", value: v, role: analyst}]}]",
            "the claim is empty"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: [v, w], role: analyst}]}]",
            "the value of a claim must be text, not a list"),
        Slip(
            "principals.yaml", "issuers: []",
            "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}], principal: [sub]}]",
            "the principal's claim must be text, not a list"),
        Slip(
            "principals.yaml", "issuers: []",
            "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}], principle: sub}]",
            "unknown key 'principle' (did you mean 'principal'?)"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}], client: 7}]",
            "unknown key 'client' (known: issuer, name, audience, keys, principal, roles)"),
        Slip(
            "principals.yaml", "issuers: []",
            "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}, {issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
            "two issuers are 'https://x'"),
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]",
            "is a comma, brace or quote missing?"),
    ]

    static let principalWarnings: [Slip] = [
        Slip(
            "principals.yaml", "issuers: []", "issuers: [{issuer: login.example.com, audience: v, keys: \"https://x/j\", roles: [{claim: g, value: v, role: analyst}]}]",
            "issuer 'login.example.com' has no https: address"),
        Slip("principals.yaml", "issuers: []", "issuers: [{issuer: \"https://x\", audience: v, keys: \"https://x/j\", roles: []}]", "gives nobody a role"),
    ]
}
