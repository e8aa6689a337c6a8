import RedactedAPI

/// Corrects a customer's value in every record that has the field (GDPR Art. 16; PIPL Art. 46).
public struct CorrectSubject: VaultOperation {
    /// The customer's pseudonym under the purpose.
    public var subject: String
    /// A sealed field.
    public var field: String
    /// Nil removes the field.
    public var value: String?
    public var purpose: String
    /// Without personal data; goes to the audit log.
    public var reason: String
    /// Changes nothing; says what the same request would do now.
    public var dryRun: Bool?
    /// Goes on although others have one of the customer's handles, who may be the same person.
    public var sharersStay: Bool?

    public init(subject: String, field: String, value: String? = nil, purpose: String, reason: String, dryRun: Bool? = nil, sharersStay: Bool? = nil) {
        (self.subject, self.field, self.value, self.purpose) = (subject, field, value, purpose)
        (self.reason, self.dryRun, self.sharersStay) = (reason, dryRun, sharersStay)
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// Records that now have the new value.
        public var records: Int
        /// How many other customers have the same value in an index: they may be the same person.
        public var others: Int
        /// The records' present and new values, masked; only in a dry run.
        public var change: Change?
        /// How many customers, who are one person.
        public var customers: Int
        /// The handles by which they were looked for.
        public var handles: [FieldCount]
        /// Others who have one of these handles, and may be the same person.
        public var sharers: [FieldCount]
        /// Records of others that mention the customer, as somebody has decided.
        public var mentions: Int
        /// What remains to be done to complete the deletion.
        public var notice: String?

        package init(records: Int, others: Int, change: Change?, customers: Int, handles: [FieldCount], sharers: [FieldCount], mentions: Int, notice: String?) {
            (self.records, self.others, self.change, self.notice) = (records, others, change, notice)
            (self.customers, self.handles, self.sharers, self.mentions) = (customers, handles, sharers, mentions)
        }
    }

    public struct Change: Codable, Sendable, Equatable {
        public struct Value: Codable, Sendable, Equatable {
            public var value: String
            public var records: Int

            package init(value: String, records: Int) { (self.value, self.records) = (value, records) }
        }

        /// Most frequent first. Records that lack the field are not counted.
        public var before: [Value]
        /// Null: the field is removed.
        @Nullable public var after: String?

        package init(before: [Value], after: String?) { (self.before, self.after) = (before, after) }
    }

    public static let route = Route.post("/v1/subjects/{subject}/correct")
    public static let summary = "Corrects a value of a customer in every record that has the field (GDPR Art. 16; PIPL Art. 46)."
    public static let action: String? = "subject.correct"
    public static let members: [String: Schema] = [
        "subject": Members.pseudonym,
        "field": Members.field,
        "value": .text("if absent, the field is removed", 1...4096),
        "purpose": Members.purpose,
        "reason": Members.reason,
        "dry_run": Members.dryRun,
    ]
    public static let effort = Effort.rights
    public static let statuses = [404, 409]
}
