/// Who has signed in, and what the role may do. Leaves no audit entry.
public struct WhoAmI: VaultOperation {
    public init() {}

    public struct Reply: Codable, Sendable, Equatable {
        public var principal: String
        public var role: String
        public var grants: [Grant]
        /// The present day in the vault's time zone, such as `2026-03-04`.
        public var today: String

        package init(principal: String, role: String, grants: [Grant], today: String) {
            (self.principal, self.role, self.grants, self.today) = (principal, role, grants, today)
        }
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
    public static let summary = "Who has signed in, what the role may do, and which day it is."
    public static let action: String? = nil
}
