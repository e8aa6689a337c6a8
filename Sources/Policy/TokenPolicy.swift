/// What it takes to let somebody in.
public struct TokenPolicy: Sendable, Equatable {
    /// Whether a token of a role that reveals, decides or administers works only once a second person has agreed to it.
    public var secondPerson = true
    /// Whether a principal's tokens are all of one role.
    public var oneRole = true
    /// The longest lifetime of a token, in days; also that of a token that is issued without one. Nil: there is none.
    public var days: Int? = 365
    /// How long identity tokens may still be valid when they are used, in hours. Nil: for as long as their issuer says.
    public var identityHours: Int? = 24
}

extension PolicyLoader {
    /// Reads `tokens` of principals.yaml.
    func readTokens(_ value: Located) -> TokenPolicy {
        var tokens = TokenPolicy()
        guard let map = value.mapping("tokens") else { return tokens }
        map.allow(only: ["second_person", "one_role", "days", "identity_hours"])
        if let needs = map["second_person"]?.boolean("second_person") { tokens.secondPerson = needs }
        if let isOne = map["one_role"]?.boolean("one_role") { tokens.oneRole = isOne }
        if let days = map["days"] { tokens.days = limit(days, "days", in: 1...3650, before: tokens.days) }
        if let hours = map["identity_hours"] { tokens.identityHours = limit(hours, "identity_hours", in: 1...8760, before: tokens.identityHours) }
        return tokens
    }

    /// A number, or `unlimited`: nil.
    private func limit(_ value: Located, _ what: String, in range: ClosedRange<Int>, before: Int?) -> Int? {
        value.node.scalar?.string == "unlimited" ? nil : value.integer(what, in: range) ?? before
    }
}

extension Action {
    /// Whether who may do it sees plaintext, decides for others, or administers the vault: a token for it takes two.
    public var takesTwo: Bool {
        switch self {
        case .reveal, .breakGlass, .subjectExport, .subjectErase, .subjectCorrect, .approvalDecide, .tokenIssue, .tokenRevoke, .keysRotate, .migrate, .auditFork: true
        case .ingest, .query, .annotate, .lookup, .subjectCertificate, .subjectRestrict, .subjectConsent, .subjectHold, .subjectRelease, .subjectLink, .retentionPlan,
            .retentionRun,
            .reredact, .reclassify,
            .auditRead, .auditVerify, .complianceReport, .tokenList, .keysStatus, .backup, .doctor, .caseManage, .taskPropose, .taskWork, .taskDecide, .taskRead, .outboxRun,
            .alertRun:
            false
        }
    }
}
