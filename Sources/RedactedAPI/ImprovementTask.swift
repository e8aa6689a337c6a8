/// An improvement that feedback suggests: who carries it out by when, and what it is expected to achieve.
public struct ImprovementTask: Codable, Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable, Codable {
        case proposed, approved
        case inProgress = "in-progress"
        case done, accepted, rejected
    }

    /// A step that changes a task's state.
    public enum Step: String, Sendable, CaseIterable, Codable {
        case propose, approve, reject, start, finish, accept
        case sendBack = "send-back"

        /// The state in which the step is possible; nil: the step creates the task.
        public var origin: State? {
            switch self {
            case .propose: nil
            case .approve, .reject: .proposed
            case .start: .approved
            case .finish: .inProgress
            case .accept, .sendBack: .done
            }
        }

        /// The state after the step.
        public var state: State {
            switch self {
            case .propose: .proposed
            case .approve: .approved
            case .reject: .rejected
            case .start, .sendBack: .inProgress
            case .finish: .done
            case .accept: .accepted
            }
        }

        /// Whether management takes the step; the owner takes the others.
        public var isDecision: Bool { [.approve, .reject, .accept, .sendBack].contains(self) }

        /// Whether the step needs a note: why, or what was done.
        public var needsNote: Bool { [.reject, .finish, .sendBack].contains(self) }
    }

    /// A step that was taken.
    public struct Event: Codable, Sendable, Equatable {
        public var step: Step
        public var by: String
        public var at: Timestamp
        /// Without personal data.
        public var note: String

        public init(step: Step, by: String, at: Timestamp, note: String) { (self.step, self.by, self.at, self.note) = (step, by, at, note) }
    }

    public var id: Int64
    public var state: State
    public var title: String
    /// The feedback that it concerns.
    public var filter: Condition
    /// The principal who carries it out.
    public var owner: String
    public var due: Timestamp
    /// What it is expected to achieve.
    public var expected: String
    /// Oldest first.
    public var events: [Event]

    public init(id: Int64, state: State, title: String, filter: Condition, owner: String, due: Timestamp, expected: String, events: [Event]) {
        (self.id, self.state, self.title, self.filter) = (id, state, title, filter)
        (self.owner, self.due, self.expected, self.events) = (owner, due, expected, events)
    }

    private enum CodingKeys: String, CodingKey {
        case id = "number"
        case state, title
        case filter = "where"
        case owner, due, expected, events
    }

    /// When work on it began.
    public var started: Timestamp? { events.first { $0.step == .start }?.at }
    /// When it was last finished.
    public var finished: Timestamp? { events.last { $0.step == .finish }?.at }
}
