/// What a role may do within its token's scope, and so what clients offer it.
public struct Capabilities: Sendable {
    /// In the order in which they decide. Grants never add up: one grant alone decides a request.
    public let grants: [Grant]

    /// Actions of all grants.
    public var actions: Set<Action> { grants.reduce(into: []) { $0.formUnion($1.actions) } }

    public func may(_ action: Action) -> Bool { grants.contains { $0.actions.contains(action) } }

    /// The purposes for which the role may perform an action, in the order of its grants, each once.
    public func purposes(for action: Action) -> [String] {
        var seen: Set<String> = []
        return grants.filter { $0.actions.contains(action) }.flatMap(\.purposes).filter { seen.insert($0).inserted }
    }

    /// How the first grant for an action and purpose treats each field, without those that it denies. Another grant's fields can
    /// be requested too, but not together with these.
    public func fields(for action: Action, purpose: String) -> [String: Treatment] {
        let grant = grants.first { $0.actions.contains(action) && $0.purposes.contains(purpose) }
        return (grant?.fields ?? [:]).filter { $0.value != .deny }
    }
}

extension PolicySet {
    /// - Parameter scope: the only actions that the token allows; nil: all of the role's.
    /// - Returns: no grants for a role that the policy lacks.
    public func capabilities(of role: String, scope: Set<Action>? = nil) -> Capabilities {
        Capabilities(
            grants: (roles[role]?.grants ?? []).compactMap { grant in
                guard let scope else { return grant }
                var grant = grant
                grant.actions.formIntersection(scope)
                return grant.actions.isEmpty ? nil : grant
            })
    }
}
