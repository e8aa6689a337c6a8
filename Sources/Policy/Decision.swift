/// What someone asks for.
public struct AccessRequest: Sendable, Hashable {
    public var role: String
    public var action: Action
    public var purpose: String
    public var fields: [String]
    /// 1 (Monday) to 7, in the policy's time zone.
    public var weekday: Int
    /// Minutes since midnight, in the policy's time zone.
    public var minute: Int
    /// Of figures: how fine the times are that they are about; nil: they are about none.
    public var times: TimePrecision?

    public init(role: String, action: Action, purpose: String, fields: [String], weekday: Int, minute: Int) {
        (self.role, self.action, self.purpose) = (role, action, purpose)
        (self.fields, self.weekday, self.minute) = (fields, weekday, minute)
    }
}

/// The policy's answer, with the reason.
public struct Decision: Sendable {
    /// The grant that allows the request; nil: denied.
    public var grant: Grant?
    /// What happens to each requested field.
    public var treatments: [String: Treatment]
    /// The rule that decided, such as `analyst/insight (roles.yaml:31)`.
    public var rule: String
    /// Each grant that was considered, and why it did or did not apply.
    public var steps: [String]

    /// The step of the grant that came closest to allowing a denied request.
    public var nearest: String?

    public let isAllowed: Bool

    /// A denial whose reason lies outside the policy files.
    public init(deniedBy rule: String, because step: String) {
        self.init(isAllowed: false, treatments: [:], rule: rule, steps: [step])
    }

    /// A decision that was made elsewhere.
    package init(isAllowed: Bool, treatments: [String: Treatment], rule: String, steps: [String]) {
        (self.isAllowed, self.treatments, self.rule, self.steps) = (isAllowed, treatments, rule, steps)
    }

    init(grant: Grant?, treatments: [String: Treatment], rule: String, steps: [String], nearest: String? = nil) {
        self.nearest = nearest
        (self.grant, isAllowed, self.treatments, self.rule, self.steps) = (grant, grant != nil, treatments, rule, steps)
    }
}

extension PolicySet {
    /// Decides a request: the first grant of the role, in the order of the file, that alone allows all of it. Without one, the
    /// request is denied.
    public func decide(_ request: AccessRequest) -> Decision {
        guard let role = roles[request.role] else {
            return denied("no role '\(request.role)'", ["the policy has no role '\(request.role)'"])
        }
        guard role.grants.contains(where: { $0.actions.contains(request.action) }) else {
            return denied("role '\(role.name)' (\(role.place.short)) may not \(request.action.rawValue)", [])
        }
        guard purposes[request.purpose] != nil else {
            return denied("no purpose '\(request.purpose)'", ["the policy has no purpose '\(request.purpose)'"])
        }
        if let unknown = request.fields.first(where: { !isKnownField($0) }) {
            return denied("unclassified field", ["'\(unknown)' is not in the schema: sealed and invisible"])
        }
        var steps: [String] = []
        var nearest: (step: String, checks: Int)?
        for grant in role.grants {
            let label = "\(role.name)/\(grant.name) (\(grant.place.short))"
            if let (obstacle, checks) = obstacle(in: grant, to: request) {
                steps.append("\(label): no, \(obstacle)")
                if checks > nearest?.checks ?? -1 { nearest = (steps.last!, checks) }
                continue
            }
            let treatments = request.fields.map { ($0, grant.fields[$0] ?? .deny) }
            steps.append("\(label): yes")
            return Decision(
                grant: grant, treatments: Dictionary(treatments, uniquingKeysWith: { first, _ in first }),
                rule: label, steps: steps)
        }
        return denied("no grant of role '\(role.name)' (\(role.place.short))", steps, nearest: nearest?.step)
    }

    /// What in a grant rules the request out, and how many checks the request passed before that.
    private func obstacle(in grant: Grant, to request: AccessRequest) -> (reason: String, checks: Int)? {
        guard grant.actions.contains(request.action) else { return ("it does not allow \(request.action.rawValue)", 0) }
        guard grant.purposes.contains(request.purpose) else { return ("it is not for purpose \(request.purpose)", 1) }
        if let hours = grant.hours, !hours.contains(weekday: request.weekday, minute: request.minute) {
            return ("it does not apply at this hour", 2)
        }
        for field in request.fields {
            let treatment = grant.fields[field] ?? .deny
            if treatment == .deny { return ("it denies field \(field)", 3) }
            if request.action == .reveal, !treatment.isRevealed(field) { return ("it gives field \(field) only as \(treatment.rawValue)", 3) }
        }
        if let times = request.times, grant.pageLimit > 0, times < grant.times {
            return ("its rows show the \(grant.times.rawValue), and figures about finer times would tell more", 4)
        }
        return nil
    }

    private func denied(_ rule: String, _ steps: [String], nearest: String? = nil) -> Decision {
        Decision(grant: nil, treatments: [:], rule: "denied: \(rule)", steps: steps, nearest: nearest ?? steps.last)
    }

    /// The purpose to use when none is given: the only one for which the role may perform the action.
    public func onlyPurpose(role: String, action: Action) -> String? {
        let purposes = Set((roles[role]?.grants ?? []).filter { $0.actions.contains(action) }.flatMap(\.purposes))
        return purposes.count == 1 ? purposes.first : nil
    }
}
