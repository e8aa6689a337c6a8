/// Schema, roles, purposes, treatments and retention: values, the YAML loader, and the decision
/// with its explanation.
///
/// Everything is denied unless a grant allows it. Pure apart from reading the files.
public struct PolicySet: Sendable {
    public var fields: [FieldSchema]
    public var purposes: [String: Purpose]
    public var roles: [String: Role]
    public var retention: [RetentionRule]
    public var tombstones: TombstonePolicy
    /// CSV column → path in an input record.
    public var csvColumns: [String: String]
    /// The channels that feedback comes through; empty: the policy does not say. Records of other channels are stored too.
    public var channels: [String]
    /// IANA name of the time zone for hours and daily quotas.
    public var timeZone: String
    /// The country that telephone numbers without a country's code belong to: ISO 3166, two letters.
    public internal(set) var country = "CN"
    /// After so many days in which nothing came from a customer, a handle that comes again may be somebody else's: numbers are given out anew.
    public internal(set) var linkGapDays = 730
    /// The same in milliseconds.
    public var linkGap: Int64 { Int64(linkGapDays) * 86_400_000 }
    /// When customers' requests must be answered.
    public var caseDeadline: CaseDeadline
    /// Words that are never redacted, such as brand and product names.
    public var neverRedact: [String]
    /// Words that are always redacted.
    public var alwaysRedact: [String]

    /// Types of entities that are not redacted in the default way.
    public var redaction: [RedactionRule]
    /// Types of personal data that only this deployment has.
    public internal(set) var recognizers: [RecognizerRule] = []
    /// Names of products, shops and places, which are no person's unless a cue says so.
    public internal(set) var things: [String] = []
    /// Languages that texts are read in beside Chinese and English; sentences of others are withheld.
    public internal(set) var languages: [PackName] = []
    /// When a record can have occurred.
    public var occurrence: OccurrenceBounds
    /// How far the machine's clock is trusted.
    public var clock: ClockPolicy
    /// How much a retention run may remove without asking.
    public var ceiling: RetentionCeiling
    /// Which use of the vault someone should look at.
    public var alerts: AlertPolicy
    /// Who, besides the vault, may say who somebody is.
    public var issuers: [IdentityIssuer]
    /// What it takes to let somebody in.
    public var tokens: TokenPolicy
    /// How many days after a month what was asked in it can be read from the log.
    public var questionDays: Int
    /// How many days the content of the log's entries is kept; nil: for ever.
    public var logDays: Int?
    /// How many days what is not a record is kept once it is over; what is absent is kept for ever.
    public internal(set) var keptDays: [KeptRows: Int] = [:]
    /// What modules of the company's own say of records.
    public internal(set) var modules: [LabelModule] = []
    /// Forms that the vault serves.
    public internal(set) var forms: [FormPolicy] = []
    /// Webhooks of sources.
    public internal(set) var hooks: [HookPolicy] = []
    /// Whom the vault tells of what happens in it.
    public internal(set) var outbox: [OutboxEndpoint] = []
    /// How figures without rows protect single customers.
    public internal(set) var figures = FigurePolicy()
    /// How files of other tools become records, in the order in which they are tried.
    public internal(set) var presets: [SourceRule] = []
    /// How the files of the company's own sources become records, by the source's name.
    public internal(set) var sources: [String: SourceRule] = [:]
    /// Warnings about what the files allow, but probably do not intend.
    public var warnings: [PolicyError.Problem]

    /// Contents of the files that it was read from, by name.
    public internal(set) var files: [String: [UInt8]] = [:]

    let fieldsByName: [String: FieldSchema]

    init(
        fields: [FieldSchema], purposes: [String: Purpose], roles: [String: Role], retention: [RetentionRule], tombstones: TombstonePolicy,
        csvColumns: [String: String], channels: [String], timeZone: String, caseDeadline: CaseDeadline, neverRedact: [String], alwaysRedact: [String],
        redaction: [RedactionRule], occurrence: OccurrenceBounds, clock: ClockPolicy, ceiling: RetentionCeiling,
        alerts: AlertPolicy, issuers: [IdentityIssuer], tokens: TokenPolicy, questionDays: Int, logDays: Int?, warnings: [PolicyError.Problem]
    ) {
        (self.fields, self.purposes, self.roles, self.retention) = (fields, purposes, roles, retention)
        self.tombstones = tombstones
        (self.csvColumns, self.channels, self.timeZone, self.caseDeadline) = (csvColumns, channels, timeZone, caseDeadline)
        (self.neverRedact, self.alwaysRedact) = (neverRedact, alwaysRedact)
        (self.redaction, self.alerts, self.issuers, self.warnings) = (redaction, alerts, issuers, warnings)
        (self.occurrence, self.clock, self.ceiling, self.tokens, self.questionDays) = (occurrence, clock, ceiling, tokens, questionDays)
        self.logDays = logDays
        fieldsByName = Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The schema of one of the deployment's own fields.
    public func field(_ name: String) -> FieldSchema? { fieldsByName[name] }

    /// Whether `name` is built in or in the schema.
    public func isKnownField(_ name: String) -> Bool {
        BuiltinField(rawValue: name) != nil || fieldsByName[name] != nil || modules.contains { $0.name == name }
    }

    /// All names that a query may use.
    public var fieldNames: [String] { BuiltinField.allCases.map(\.rawValue) + fields.map(\.name) + modules.map(\.name) }
}

/// How long an answer to a customer's request may take.
public struct CaseDeadline: Sendable, Equatable {
    public var days: Int
    /// Whether Saturdays and Sundays do not count. Public holidays do: the policy does not know them.
    public var workingDays: Bool

    /// One month (GDPR Art. 12(3)).
    public static let month = CaseDeadline(days: 30, workingDays: false)
}
