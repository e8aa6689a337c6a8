import RedactedAPI

/// All improvements, newest first.
public struct ListTasks: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        public var tasks: [ImprovementTask]

        package init(tasks: [ImprovementTask]) { self.tasks = tasks }
    }

    public static let route = Route.get("/v1/tasks")
    public static let summary = "All improvements, newest first."
    public static let action: String? = "task.read"
}
