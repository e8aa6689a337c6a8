import RedactedAPI

/// Stores a module's labels for records: all of them or none.
public struct Annotate: VaultOperation {
    public var purpose: String
    /// 1 to 1000.
    public var annotations: [Annotation]

    public init(purpose: String, annotations: [Annotation]) {
        (self.purpose, self.annotations) = (purpose, annotations)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var records: Int

        package init(records: Int) { self.records = records }
    }

    public static let route = Route.post("/v1/annotations")
    public static let summary = "Stores a module's labels for records: all or none."
    public static let action: String? = "annotate"
    public static let members: [String: Schema] = [
        "purpose": Members.purpose,
        "annotations": .array(Schema(of: Annotation.self, members: Members.annotation), count: 1...1000),
    ]
    public static let statuses = [404]
}
