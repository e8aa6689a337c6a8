/// A record of processing activities (GDPR Art. 30; PIPL Art. 54-56). From the policies: what is processed, why, about whom, how
/// long, and how it is protected. From the log: what was done.
package struct ProcessingReport: Sendable, Encodable {
    package struct Purpose: Sendable, Encodable {
        package var name: String
        package var description: String
        /// Legal basis.
        package var basis: String
        /// Roles that may use data for it.
        package var roles: [String]
    }

    /// A field of `schema.yaml`.
    package struct Category: Sendable, Encodable {
        package var field: String
        /// direct, quasi, sensitive or plain
        package var fieldClass: String
        /// Sealed, or readable to whoever has the database.
        package var isSealed: Bool
        package var isIndexed: Bool
        /// The coarser form that analysis sees; nil: none.
        package var generalization: String?
        /// How many principals a reveal takes.
        package var approvals: Int
    }

    /// A role, and who has it.
    package struct Recipient: Sendable, Encodable {
        package struct Grant: Sendable, Encodable {
            package var name: String
            package var purposes: [String]
            package var actions: [String]
            /// `field: treatment`
            package var fields: [String]
        }

        package var role: String
        package var description: String
        /// Holders of valid tokens.
        package var principals: [String]
        package var grants: [Grant]
    }

    package struct Retention: Sendable, Encodable {
        package var rule: String
        /// Empty: all channels that no other rule with the same removal names.
        package var channels: [String]
        package var removes: String
        package var afterDays: Int
        /// Records that are due now.
        package var due: Int
        /// Due, but kept because of a legal hold.
        package var held: Int
    }

    /// A technical or organisational measure.
    package struct Measure: Sendable, Encodable {
        package var name: String
        package var value: String
    }

    package struct Key: Sendable, Encodable {
        package var id: String
        package var isActive: Bool
        package var created: String
        package var subjectKeys: Int
        package var dataKeys: Int
        package var needsRotation: Bool
    }

    /// What the vault holds now.
    package struct Holdings: Sendable, Encodable {
        package var records: Int64
        package var customers: Int64
        package var customersErased: Int64
        package var customersOnHold: Int64
        package var customersRestricted: Int64
    }

    package struct Access: Sendable, Encodable {
        package var principal: String
        package var role: String
        package var action: String
        package var allowed: Int
        package var denied: Int
        package var failed: Int
        package var rows: Int64
        package var outOfHours: Int
    }

    package struct Reveal: Sendable, Encodable {
        package var principal: String
        package var field: String
        package var times: Int
        /// Whether the principal had not seen the field before the period.
        package var isNew: Bool
    }

    /// What was deleted in the period.
    package struct Erasures: Sendable, Hashable, Encodable {
        /// Customers erased on request.
        package var customersOnRequest: Int64 = 0
        /// Customers deleted together with their last record.
        package var customersByRetention: Int64 = 0
        /// Records deleted.
        package var records: Int64 = 0
        /// Records from which parts were removed.
        package var recordsStripped: Int64 = 0
    }

    package struct Cases: Sendable, Encodable {
        package var open = 0
        package var overdue = 0
        package var answered = 0
        package var refused = 0
    }

    package struct Alert: Sendable, Encodable {
        package var rule: String
        package var principal: String
        package var times: Int
    }

    package struct Verification: Sendable, Encodable {
        package var isIntact: Bool
        /// Number of verified entries, or what is wrong.
        package var result: String
        /// Signed note of the log's size and root; empty if the log is not intact.
        package var checkpoint: String
        package var verifierKey: String
    }

    /// RFC 3339, UTC.
    package var generated: String
    /// The vault's name in its checkpoints.
    package var vault: String
    package var software: String
    /// Start and end of the period of the accesses, erasures and alerts; nil: open.
    package var since: String?
    package var until: String?
    package var timeZone: String
    package var purposes: [Purpose]
    package var categories: [Category]
    package var recipients: [Recipient]
    package var retention: [Retention]
    package var measures: [Measure]
    package var keys: [Key]
    package var holdings: Holdings
    package var accesses: [Access]
    package var reveals: [Reveal]
    package var erasures: Erasures
    package var cases: Cases
    package var alerts: [Alert]
    package var verification: Verification
}
