/// What stays of erased and purged records: keyed hashes by which they are recognised when the source sends them again.
public struct TombstonePolicy: Sendable, Equatable {
    /// How long they are kept: as long as the oldest backup or export of a source that could bring the records back.
    public var days = longest
    /// The legal ground for keeping them.
    public var basis = "GDPR Art. 5(2) and 17; PIPL Art. 47: to keep what was erased from being taken in again"
    /// Fields by which an erased customer's further records of before the erasure are recognised as well; none by default.
    public var identifiers: [String] = []

    /// Days: three years.
    public static let longest = 3 * 365
}
