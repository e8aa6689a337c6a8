/// A database of its own for a vault's keys, so that who copies, restores or loses the data's does not have, bring back or
/// lose the keys.
public struct KeysPlace: Sendable, Equatable {
    /// As the vault connects to it.
    public var address: PostgresAddress
    /// As the role that owns the tables.
    public var owner: PostgresAddress

    public init(_ address: PostgresAddress, owner: PostgresAddress) { (self.address, self.owner) = (address, owner) }
}
