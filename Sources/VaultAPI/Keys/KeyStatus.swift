import RedactedAPI

/// A root key, and what is wrapped under it.
public struct KeyStatus: Codable, Sendable, Equatable {
    public var id: String
    public var isActive: Bool
    public var created: Timestamp
    /// Customers' keys wrapped under it.
    public var subjectKeys: Int
    /// Keys of the vault's own wrapped under it.
    public var dataKeys: Int
    /// From 2^28 wraps on, far below NIST SP 800-38D's 2^32, the key should be replaced.
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

/// A key under a root key.
public struct KeyVersion: Codable, Sendable, Equatable {
    public enum State: String, Word {
        /// Used for all that is written now.
        case current
        /// Not yet used by all: a rotation is under way.
        case coming
        /// Replaced, and kept for what refers to it.
        case former
    }

    /// `customer`, `index`, `pseudonym`, `audit-signing` and so on.
    public var use: String
    /// The field or purpose, where there is a key for each.
    public var name: String
    public var version: Int
    public var state: State
    public var count: Int

    package init(use: String, name: String, version: Int, state: State, count: Int) {
        (self.use, self.name, self.version, self.state, self.count) = (use, name, version, state, count)
    }
}
