import Policy
import VaultAPI

// What the policy says.

extension WhoAmI: PerformedOperation {
    public func perform(in session: Session) -> Reply {
        return Reply(
            principal: session.principal, role: session.role,
            grants: session.capabilities.grants.map { grant in
                Grant(
                    name: grant.name, purposes: grant.purposes, actions: grant.actions.map(\.rawValue).sorted(), fields: grant.fields.mapValues(\.rawValue))
            }, today: session.vault.localTime().day)
    }
}

extension ExplainPolicy: PerformedOperation {
    public func perform(in session: Session) throws -> Reply {
        guard let action = Action(rawValue: action) else {
            throw VaultError.invalid(PolicySet.unknown("action", action, among: Action.allCases.map(\.rawValue)))
        }
        let decisions = try session.explain(principal: principal, action: action, purpose: purpose, fields: fields ?? [])
        return Reply(
            decisions: decisions.map { role, decision in
                Answer(
                    role: role, allowed: decision.isAllowed, rule: decision.rule, treatments: decision.treatments.mapValues(\.rawValue), steps: decision.steps)
            })
    }
}

extension ListPolicyVersions: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(versions: try session.policyHistory()) }
}

extension CheckPolicies: PerformedOperation {
    public func perform(in session: Session) throws -> Reply { Reply(problems: try session.checkPolicies()) }
}
