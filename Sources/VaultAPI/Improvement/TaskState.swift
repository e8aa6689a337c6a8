import RedactedAPI

/// The state of a task after a step.
public struct TaskState: Codable, Sendable, Equatable {
    public var state: ImprovementTask.State

    package init(_ state: ImprovementTask.State) { self.state = state }

    static let note = Schema.text("reason, or what was done; no personal data", 1...2000)
}

extension ImprovementTask.State: Word {}
extension ImprovementTask.Step: Word {}
