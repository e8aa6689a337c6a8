/// Who has signed in, and what the role may do. Leaves no audit entry.
public struct WhoAmI: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        public var principal: String
        public var role: String
        public var grants: [Grant]

        package init(principal: String, role: String, grants: [Grant]) { (self.principal, self.role, self.grants) = (principal, role, grants) }
    }

    public struct Grant: Codable, Sendable, Equatable {
        public var name: String
        public var purposes: [String]
        public var actions: [String]
        /// How each field is treated.
        public var fields: [String: String]

        package init(name: String, purposes: [String], actions: [String], fields: [String: String]) {
            (self.name, self.purposes, self.actions, self.fields) = (name, purposes, actions, fields)
        }
    }

    public static var id: String { "whoami" }
    public static let route = Route.get("/v1/me")
    public static let summary = "Who has signed in, and what the role may do."
    public static let action: String? = nil
}
