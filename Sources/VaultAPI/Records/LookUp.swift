/// Finds customers by an exact value, without opening any record.
public struct LookUp: VaultOperation {
    /// An indexed field.
    public var field: String
    public var value: String
    /// Nil: the only purpose for which the role may look customers up.
    public var purpose: String?

    public init(field: String, value: String, purpose: String? = nil) {
        (self.field, self.value, self.purpose) = (field, value, purpose)
    }

    public struct Reply: Codable, Sendable, Equatable {
        /// Pseudonyms under the purpose.
        public var subjects: [String]

        package init(subjects: [String]) { self.subjects = subjects }
    }

    public static var id: String { "lookup" }
    public static let route = Route.post("/v1/lookup")
    public static let summary = "Finds customers by an exact value, without opening any record."
    public static let action: String? = "lookup"
    public static let members: [String: Schema] = [
        "field": Members.field,
        "value": .text("what to look up; never in the path or query"),
        "purpose": Members.purpose,
    ]
}
