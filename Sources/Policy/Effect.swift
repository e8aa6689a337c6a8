extension Action {
    /// What an action does to what the vault holds, and to what leaves it: the one place that says so.
    public struct Effect: OptionSet, Sendable, Hashable {
        public let rawValue: Int

        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Plaintext leaves the vault.
        public static let releasesPlaintext = Effect(rawValue: 1)
        /// The vault holds something else afterwards than its log alone.
        public static let changes = Effect(rawValue: 2)
        /// Queries may show something else afterwards.
        public static let changesAnswers = Effect(rawValue: 4)
        /// Records, customers, what protects them, or keys come, go or change.
        public static let changesRecords = Effect(rawValue: 8)
        /// Something of customers goes, changes, or may no longer be used: what was read of them before must not be released.
        public static let takesAway = Effect(rawValue: 16)
        /// Its entry says how many records and customers came or went.
        public static let counts = Effect(rawValue: 32)

        /// Of what changes records in a way that is not known more closely.
        public static let all: Effect = [.changes, .changesAnswers, .changesRecords]

        /// Whether nothing but the log is other than before.
        public var onlyReads: Bool { !contains(.changes) }
    }

    public var effect: Effect {
        switch self {
        case .query, .lookup, .taskRead, .retentionPlan, .auditRead, .auditVerify, .complianceReport, .doctor, .tokenList, .keysStatus: []
        case .subjectCertificate: []
        case .reveal, .breakGlass, .subjectExport: .releasesPlaintext
        case .tokenIssue, .tokenRevoke, .approvalDecide, .caseManage, .taskPropose, .taskWork, .taskDecide, .backup: .changes
        case .annotate: [.changes, .changesAnswers]
        case .ingest: [.all, .counts]
        case .subjectErase, .retentionRun: [.all, .takesAway, .counts]
        case .subjectCorrect, .subjectRestrict, .reredact: [.all, .takesAway]
        case .subjectHold, .subjectRelease: [.changes, .changesRecords]
        // Everything is as it was, at another place.
        case .migrate: [.changes, .changesRecords]
        case .keysRotate, .auditFork: .all
        }
    }
}
