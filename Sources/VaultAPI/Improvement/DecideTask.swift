import RedactedAPI

/// Approves or rejects a proposal, accepts finished work or sends it back.
public struct DecideTask: VaultOperation {
    public var number: Int64
    /// A step that management takes.
    public var step: ImprovementTask.Step
    /// Without personal data.
    public var note: String?

    public init(number: Int64, step: ImprovementTask.Step, note: String? = nil) {
        (self.number, self.step, self.note) = (number, step, note)
    }

    public typealias Reply = TaskState

    public static let route = Route.post("/v1/tasks/{number}/decision")
    public static let summary = "Approves or rejects a proposal, accepts what was done or sends it back."
    public static let action: String? = "task.decide"
    public static let members: [String: Schema] = [
        "number": Members.number,
        "step": .choice(ImprovementTask.Step.allCases.filter(\.isDecision).map(\.rawValue)),
        "note": TaskState.note,
    ]
    public static let statuses = [404]
}
