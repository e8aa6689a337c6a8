/// What remains of erased and purged records: keyed hashes that recognise them when the source sends them again.
public struct TombstonePolicy: Sendable, Equatable {
    /// How many days they are kept: as long as the oldest backup or export that could bring the records back.
    public var days = longest
    /// The legal basis for keeping them.
    public var basis = "GDPR Art. 5(2) and 17; PIPL Art. 47: to keep what was erased from being taken in again"
    /// Fields that also recognise an erased customer's earlier records when they come from other sources; none by default.
    public var identifiers: [String] = []

    /// In days: three years.
    public static let longest = 3 * 365
}
