import RedactedAPI

/// Starts or finishes your own task.
public struct ProgressTask: VaultOperation {
    public var number: Int64
    /// A step that the owner takes.
    public var step: ImprovementTask.Step
    /// Without personal data.
    public var note: String?

    public init(number: Int64, step: ImprovementTask.Step, note: String? = nil) {
        (self.number, self.step, self.note) = (number, step, note)
    }

    public typealias Reply = TaskState

    public static let route = Route.post("/v1/tasks/{number}/progress")
    public static let summary = "Starts or finishes your own task."
    public static let action: String? = "task.work"
    public static let members: [String: Schema] = [
        "number": Members.number,
        "step": .choice([ImprovementTask.Step.start, .finish].map(\.rawValue)),
        "note": TaskState.note,
    ]
    public static let statuses = [404]
}
