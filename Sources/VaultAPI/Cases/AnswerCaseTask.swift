import RedactedAPI

/// How a task of a case ends.
public enum CaseTaskOutcome: String, Word {
    case done, refused
}

/// Notes the answer to a task of a customer's request.
public struct AnswerCaseTask: VaultOperation {
    /// The case's number.
    public var number: Int64
    public var task: Int64
    public var purpose: String
    public var outcome: CaseTaskOutcome
    /// The answer, without personal data.
    public var note: String

    public init(number: Int64, task: Int64, purpose: String, outcome: CaseTaskOutcome, note: String) {
        (self.number, self.task, self.purpose) = (number, task, purpose)
        (self.outcome, self.note) = (outcome, note)
    }

    public typealias Reply = Done

    public static let route = Route.post("/v1/cases/{number}/tasks/{task}/answer")
    public static let summary = "Notes the answer to a task of a customer's request."
    public static let action: String? = "case.manage"
    public static let members: [String: Schema] = [
        "number": Members.number,
        "task": Members.number,
        "purpose": Members.purpose,
        "note": .text("the answer; no personal data", 1...2000),
    ]
    public static let statuses = [404, 409]
}
