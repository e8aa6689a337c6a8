import RedactedAPI

/// What a customer asks for.
public enum CaseKind: String, Word {
    case access, correction, erasure, restriction, objection, portability
}

/// How a case ends.
public enum CaseOutcome: String, Word {
    case answered, refused
}

/// What another system, or whoever checks the identity, has to do for a customer's request.
public struct SubjectCaseTask: Codable, Sendable, Equatable {
    public var id: Int64
    /// Who has to do it; `identity`: whoever checks that the customer is who they say.
    public var system: String
    /// open, done or refused
    public var state: String
    public var asked: Timestamp
    @Nullable public var answered: Timestamp?
    /// What is to be done, then the answer. Without personal data.
    public var note: String

    package init(id: Int64, system: String, state: String, asked: Timestamp, answered: Timestamp?, note: String) {
        (self.id, self.system, self.state, self.asked) = (id, system, state, asked)
        (self.answered, self.note) = (answered, note)
    }

    private enum CodingKeys: String, CodingKey {
        case id = "number"
        case system, state, asked, answered, note
    }
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
    /// What others have to do for it, oldest first.
    public var tasks: [SubjectCaseTask]

    package init(
        id: Int64, kind: String, subject: String, status: String, opened: Timestamp, due: Timestamp, closed: Timestamp?, isOverdue: Bool, note: String,
        tasks: [SubjectCaseTask] = []
    ) {
        self.tasks = tasks
        (self.id, self.kind, self.subject, self.status) = (id, kind, subject, status)
        (self.opened, self.due, self.closed) = (opened, due, closed)
        (self.isOverdue, self.note) = (isOverdue, note)
    }

    private enum CodingKeys: String, CodingKey {
        case id = "number"
        case kind, subject, status, opened, due, closed
        case isOverdue = "overdue"
        case note, tasks
    }
}
