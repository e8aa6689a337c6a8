import RedactedAPI

/// Customers who bear so many names that they may be several people: an id, a number or an address that a shop, a family or a program uses for all.
public struct ListManyNamed: VaultOperation {
    public var purpose: String
    /// At least so many names that are not one person's; by default 3.
    public var names: Int?

    public init(purpose: String, names: Int? = nil) { (self.purpose, self.names) = (purpose, names) }

    public struct Reply: Codable, Sendable, Equatable {
        /// Those with most names first.
        public var customers: [ManyNamed]

        package init(customers: [ManyNamed]) { self.customers = customers }
    }

    public static let route = Route.get("/v1/links/many-named")
    public static let summary = "Customers who bear so many names that they may be several people."
    public static let action: String? = "subject.link"
    public static let members: [String: Schema] = ["purpose": Members.purpose, "names": .integer(2...1000, about: "at least so many names")]
    public static let effort = Effort.rights
}

/// A customer with many names.
public struct ManyNamed: Codable, Sendable, Equatable {
    /// Pseudonym under the purpose, of the first of the customers who are one person.
    public var subject: String
    public var customers: Int
    public var names: Int
    public var records: Int

    package init(subject: String, customers: Int, names: Int, records: Int) {
        (self.subject, self.customers, self.names, self.records) = (subject, customers, names, records)
    }
}
