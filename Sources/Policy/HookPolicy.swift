/// A webhook of another tool, whose events come in as records of a source: what `webhook` says of a source in `sources.yaml`.
public struct HookPolicy: Sendable, Equatable {
    /// Whose signatures it has.
    public enum Tool: String, Sendable, CaseIterable {
        case typeform, zendesk, intercom
        /// Standard Webhooks 1.0, as many tools sign, and the vault's own outbox.
        case standard
    }

    /// The source, which is also its name in the address.
    public var source: String
    public var tool: Tool
    /// File with the keys that the tool signs with.
    public var secret: String
    /// The purpose under which records come in.
    public var purpose: String
    /// How many records it takes in a day.
    public var perDay: Int
    public var place: Place

    /// The principal in whose name it works.
    public var principal: String { source + Self.principals }
    /// What names of webhooks' principals end in; nobody else's does.
    public static let principals = "@hooks"
    /// Its role, which `sources.yaml` makes: nobody can sign in with it.
    public var role: String { Self.rolePrefix + source }
    static let rolePrefix = "hook:"

    /// Brings records in, and nothing else.
    var ownRole: Role {
        let grant = Grant(
            name: "intake", purposes: [purpose], actions: [.ingest], fields: [:], rows: nil, disclosure: Disclosure(), pageLimit: 0,
            quotas: [FormPolicy.recordQuota: perDay], hours: nil, place: place)
        return Role(name: role, description: "The webhook of source '\(source)'.", grants: [grant], place: place)
    }
}

extension Role {
    /// Whether a form of `forms.yaml` or a webhook of `sources.yaml` has it, and nobody else can.
    public var isNobodys: Bool { name.hasPrefix(FormPolicy.rolePrefix) || name.hasPrefix(HookPolicy.rolePrefix) }
}

extension PolicyLoader {
    /// Reads the webhook of a source.
    mutating func readHook(_ value: Located, source name: String, folder: String) {
        let what = "the webhook of source '\(name)'"
        guard let map = value.mapping(what) else { return }
        map.allow(only: ["tool", "secret", "purpose", "day"])
        if !(1...48).contains(name.utf8.count) || !name.utf8.allSatisfy({ $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == 0x2D }) {
            problems.add(value.place, "a source with a webhook may have only lower-case letters, digits and - in its name, up to 48")
            return
        }
        guard let tool = map.required("tool", of: what)?.choice("tool", HookPolicy.Tool.self), let secret = map.required("secret", of: what)?.name("the secret of \(what)"),
            let named = map.required("purpose", of: what), let purpose = named.name("the purpose of \(what)")
        else { return }
        if definedPurposes.lacks(purpose) {
            problems.add(named.place, "purpose '\(purpose)' is not in purposes.yaml\(suggestion(for: purpose, among: definedPurposes.names))", cause: "purpose \(purpose)")
        }
        let hook = HookPolicy(
            source: name, tool: tool, secret: secret.hasPrefix("/") ? secret : "\(folder)/\(secret)", purpose: purpose,
            perDay: map["day"]?.integer("day", in: 1...10_000_000) ?? 10_000, place: value.place)
        if let other = roles[hook.role] { problems.add(other.place, "role '\(hook.role)' is that of a webhook of sources.yaml: give yours another name") }
        hooks.append(hook)
        roles[hook.role] = hook.ownRole
    }
}
