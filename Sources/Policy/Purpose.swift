/// Why data is used. Every access names one.
public struct Purpose: Sendable {
    public var name: String
    public var description: String
    /// Legal basis, such as `GDPR Art. 6(1)(f)`.
    public var basis: String
    public var place: Place
}
