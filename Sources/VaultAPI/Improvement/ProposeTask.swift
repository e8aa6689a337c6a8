import RedactedAPI

/// Proposes an improvement about a set of records.
public struct ProposeTask: VaultOperation {
    /// Without personal data.
    public var title: String
    /// The records that it concerns.
    public var `where`: Condition
    /// The principal who carries it out.
    public var owner: String
    public var due: Timestamp
    /// What it is expected to achieve.
    public var expected: String?

    public init(title: String, where: Condition, owner: String, due: Timestamp, expected: String? = nil) {
        (self.title, self.`where`, self.owner, self.due) = (title, `where`, owner, due)
        self.expected = expected
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var number: Int64

        package init(number: Int64) { self.number = number }
    }

    public static let route = Route.post("/v1/tasks")
    public static let summary = "Proposes an improvement about a set of records."
    public static let action: String? = "task.propose"
    public static let members: [String: Schema] = [
        "title": .text("no personal data", 1...500),
        "owner": .text("a principal", 1...64),
        "expected": .text("the expected result", 1...500),
    ]
}
