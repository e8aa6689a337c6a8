import RedactedAPI

/// A legal hold on a customer.
public struct SubjectHold: Codable, Sendable, Equatable {
    public var id: Int64
    /// Without personal data.
    public var ground: String
    public var setBy: String
    public var set: Timestamp
    /// When it ends by itself; nil: it lasts until it is released.
    @Nullable public var ends: Timestamp?
    @Nullable public var released: Timestamp?
    public var isInForce: Bool

    package init(id: Int64, ground: String, setBy: String, set: Timestamp, ends: Timestamp?, released: Timestamp?, isInForce: Bool) {
        (self.id, self.ground, self.setBy, self.set) = (id, ground, setBy, set)
        (self.ends, self.released, self.isInForce) = (ends, released, isInForce)
    }

    private enum CodingKeys: String, CodingKey {
        case id = "number"
        case ground
        case setBy = "by"
        case set, ends, released
        case isInForce = "in_force"
    }
}
