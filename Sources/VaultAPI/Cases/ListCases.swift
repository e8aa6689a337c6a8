/// Customers' requests, most urgent first.
public struct ListCases: VaultOperation {
    public var purpose: String
    /// Include closed cases.
    public var closed: Bool?

    public init(purpose: String, closed: Bool? = nil) {
        (self.purpose, self.closed) = (purpose, closed)
    }

    public struct Reply: Codable, Sendable, Equatable {
        public var cases: [SubjectCase]

        package init(cases: [SubjectCase]) { self.cases = cases }
    }

    public static let route = Route.get("/v1/cases")
    public static let summary = "Customers' requests, most urgent first."
    public static let action: String? = "case.manage"
    public static let members: [String: Schema] = ["purpose": Members.purpose, "closed": .boolean(about: "include closed cases")]
}
