/// What somebody wrote about a customer, sealed under the customer's key: the store keeps it and cannot read it.
package struct SealedNote: Sendable, Hashable, Codable {
    /// Base64 for URLs. Vaults of formats before 4 have the words themselves here until their upgrade ends.
    package let text: String

    package init(_ text: String) { self.text = text }

    package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
