import RedactedAPI

/// A root key, and what is wrapped under it.
public struct KeyStatus: Codable, Sendable, Equatable {
    public var id: String
    public var isActive: Bool
    public var created: Timestamp
    /// Customers' keys that it wraps.
    public var subjectKeys: Int
    /// The vault's own keys that it wraps.
    public var dataKeys: Int
    /// Replace the key from 2^28 wraps on, far below the 2^32 of NIST SP 800-38D.
    public var needsRotation: Bool

    package init(id: String, isActive: Bool, created: Timestamp, subjectKeys: Int, dataKeys: Int, needsRotation: Bool) {
        (self.id, self.isActive, self.created) = (id, isActive, created)
        (self.subjectKeys, self.dataKeys, self.needsRotation) = (subjectKeys, dataKeys, needsRotation)
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case isActive = "active"
        case created, subjectKeys, dataKeys, needsRotation
    }
}

/// A key that a root key wraps.
public struct KeyVersion: Codable, Sendable, Equatable {
    public enum State: String, Word {
        /// Used for everything that is written now.
        case current
        /// Not yet in use everywhere: a rotation is under way.
        case coming
        /// Replaced, and kept for what still refers to it.
        case former
    }

    /// `customer`, `index`, `pseudonym`, `audit-signing` and so on.
    public var use: String
    /// The field or purpose, for kinds of keys that have one for each.
    public var name: String
    public var version: Int
    public var state: State
    public var count: Int

    package init(use: String, name: String, version: Int, state: State, count: Int) {
        (self.use, self.name, self.version, self.state, self.count) = (use, name, version, state, count)
    }
}
