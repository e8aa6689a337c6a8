import RedactedAPI

/// What a customer asks for.
public enum CaseKind: String, Word {
    case access, correction, erasure, restriction, objection, portability
}

/// How a case ends.
public enum CaseOutcome: String, Word {
    case answered, refused
}

/// A customer's request, with its deadline.
public struct SubjectCase: Codable, Sendable, Equatable {
    public var id: Int64
    public var kind: String
    /// The customer's pseudonym under the purpose of the cases.
    public var subject: String
    /// open, answered or refused
    public var status: String
    public var opened: Timestamp
    public var due: Timestamp
    @Nullable public var closed: Timestamp?
    public var isOverdue: Bool
    /// Without personal data.
    public var note: String

    package init(
        id: Int64, kind: String, subject: String, status: String, opened: Timestamp, due: Timestamp, closed: Timestamp?, isOverdue: Bool, note: String
    ) {
        (self.id, self.kind, self.subject, self.status) = (id, kind, subject, status)
        (self.opened, self.due, self.closed) = (opened, due, closed)
        (self.isOverdue, self.note) = (isOverdue, note)
    }

    private enum CodingKeys: String, CodingKey {
        case id = "number"
        case kind, subject, status, opened, due, closed
        case isOverdue = "overdue"
        case note
    }
}
