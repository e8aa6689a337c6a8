extension Action {
    /// What an action does to what the vault holds, and what it releases. No other code decides this.
    public struct Effect: OptionSet, Sendable, Hashable {
        public let rawValue: Int

        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Plaintext leaves the vault.
        public static let releasesPlaintext = Effect(rawValue: 1)
        /// Afterwards the vault holds something different, besides its log.
        public static let changes = Effect(rawValue: 2)
        /// Queries may answer differently afterwards.
        public static let changesAnswers = Effect(rawValue: 4)
        /// Records, customers, their protections or keys are added, removed or changed.
        public static let changesRecords = Effect(rawValue: 8)
        /// Customer data is removed or changed, or may no longer be used: what was read of it earlier must not be released.
        public static let takesAway = Effect(rawValue: 16)
        /// The entry says how many records and customers were added or removed.
        public static let counts = Effect(rawValue: 32)

        /// Every kind of change, for actions whose changes are not known more precisely.
        public static let all: Effect = [.changes, .changesAnswers, .changesRecords]

        /// Whether the action changes nothing but the log.
        public var onlyReads: Bool { !contains(.changes) }
    }

    public var effect: Effect {
        switch self {
        case .query, .lookup, .taskRead, .retentionPlan, .auditRead, .auditVerify, .complianceReport, .doctor, .tokenList, .keysStatus: []
        case .subjectCertificate: []
        case .reveal, .breakGlass, .subjectExport: .releasesPlaintext
        case .tokenIssue, .tokenRevoke, .approvalDecide, .caseManage, .taskPropose, .taskWork, .taskDecide, .backup, .outboxRun, .alertRun: .changes
        case .annotate: [.changes, .changesAnswers]
        case .ingest: [.all, .counts]
        case .subjectErase, .retentionRun: [.all, .takesAway, .counts]
        case .subjectCorrect, .subjectRestrict, .subjectConsent, .reredact, .reclassify: [.all, .takesAway]
        case .subjectLink: .all
        case .subjectHold, .subjectRelease: [.changes, .changesRecords]
        // The content stays the same, at another place.
        case .migrate: [.changes, .changesRecords]
        case .keysRotate, .auditFork: .all
        }
    }
}
