/// A record of processing activities (GDPR Art. 30; PIPL Art. 54-56). From the policies: what is processed, why, about whom, how
/// long, and how it is protected. From the log: what was done.
public struct ProcessingReport: Sendable, Encodable {
    public struct Purpose: Sendable, Encodable {
        public var name: String
        public var description: String
        /// Legal basis.
        public var basis: String
        /// Roles that may use data for it.
        public var roles: [String]
    }

    /// A field of `schema.yaml`.
    public struct Category: Sendable, Encodable {
        public var field: String
        /// direct, quasi, sensitive or plain
        public var fieldClass: String
        /// Sealed, or readable to whoever has the database.
        public var isSealed: Bool
        public var isIndexed: Bool
        /// The coarser form that analysis sees; nil: none.
        public var generalization: String?
        /// How many principals a reveal takes.
        public var approvals: Int
    }

    /// A role, and who has it.
    public struct Recipient: Sendable, Encodable {
        public struct Grant: Sendable, Encodable {
            public var name: String
            public var purposes: [String]
            public var actions: [String]
            /// `field: treatment`
            public var fields: [String]
        }

        public var role: String
        public var description: String
        /// Holders of valid tokens.
        public var principals: [String]
        public var grants: [Grant]
    }

    public struct Retention: Sendable, Encodable {
        public var rule: String
        /// Empty: all channels that no other rule with the same removal names.
        public var channels: [String]
        public var removes: String
        public var afterDays: Int
        /// Records that are due now.
        public var due: Int
        /// Due, but kept because of a legal hold.
        public var held: Int
    }

    /// A technical or organisational measure.
    public struct Measure: Sendable, Encodable {
        public var name: String
        public var value: String
    }

    public struct Key: Sendable, Encodable {
        public var id: String
        public var isActive: Bool
        public var created: String
        public var subjectKeys: Int
        public var dataKeys: Int
        public var needsRotation: Bool
    }

    /// What the vault holds now.
    public struct Holdings: Sendable, Encodable {
        public var records: Int64
        public var customers: Int64
        public var customersErased: Int64
        public var customersOnHold: Int64
        public var customersRestricted: Int64
    }

    public struct Access: Sendable, Encodable {
        public var principal: String
        public var role: String
        public var action: String
        public var allowed: Int
        public var denied: Int
        public var failed: Int
        public var rows: Int64
        public var outOfHours: Int
    }

    public struct Reveal: Sendable, Encodable {
        public var principal: String
        public var field: String
        public var times: Int
        /// Whether the principal had not seen the field before the period.
        public var isNew: Bool
    }

    /// What was deleted in the period.
    public struct Erasures: Sendable, Hashable, Encodable {
        /// Customers erased on request.
        public var customersOnRequest: Int64 = 0
        /// Customers deleted together with their last record.
        public var customersByRetention: Int64 = 0
        /// Records deleted.
        public var records: Int64 = 0
        /// Records from which parts were removed.
        public var recordsStripped: Int64 = 0
    }

    public struct Cases: Sendable, Encodable {
        public var open = 0
        public var overdue = 0
        public var answered = 0
        public var refused = 0
    }

    public struct Alert: Sendable, Encodable {
        public var rule: String
        public var principal: String
        public var times: Int
    }

    public struct Verification: Sendable, Encodable {
        public var isIntact: Bool
        /// Number of verified entries, or what is wrong.
        public var result: String
        /// Signed note of the log's size and root; empty if the log is not intact.
        public var checkpoint: String
        public var verifierKey: String
    }

    /// RFC 3339, UTC.
    public var generated: String
    /// The vault's name in its checkpoints.
    public var vault: String
    public var software: String
    /// Start and end of the period of the accesses, erasures and alerts; nil: open.
    public var since: String?
    public var until: String?
    public var timeZone: String
    public var purposes: [Purpose]
    public var categories: [Category]
    public var recipients: [Recipient]
    public var retention: [Retention]
    public var measures: [Measure]
    public var keys: [Key]
    public var holdings: Holdings
    public var accesses: [Access]
    public var reveals: [Reveal]
    public var erasures: Erasures
    public var cases: Cases
    public var alerts: [Alert]
    public var verification: Verification
}
