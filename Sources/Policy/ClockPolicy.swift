/// How far the machine's clock is trusted before anything is deleted by it. Times are in milliseconds.
public struct ClockPolicy: Sendable, Equatable {
    /// How much the clock may differ from the machine's uptime, or from the time source.
    public var jump: Int64 = 86_400_000
    /// After a restart, how long ago the vault may last have seen the time. Beyond that, an idle vault cannot be told from a
    /// clock that was set.
    public var idle: Int64 = 7 * 86_400_000
    /// A command that prints the time; empty: there is none.
    public var source: [String] = []

    public init() {}
}

/// How much a retention run may remove without asking.
public struct RetentionCeiling: Sendable, Equatable {
    /// Records.
    public var records = 100_000
    /// Of all records, in percent.
    public var percent = 20
    /// `percent` applies only to runs that remove more records than this.
    public var smallest = 1000

    public init() {}

    /// Whether a run that removes `due` of `all` records exceeds it.
    public func isExceeded(by due: Int, of all: Int) -> Bool { due > records || due > smallest && due * 100 > all * percent }
}

/// The times at which a record can have occurred.
public struct OccurrenceBounds: Sendable, Equatable {
    /// The first day, as written, and its start in milliseconds since 1970.
    public var earliest = "1990-01-01"
    public var earliestTime: Int64 = 631_152_000_000
    /// How far ahead of the vault's time, in milliseconds.
    public var latestAhead: Int64 = 86_400_000

    public init() {}
}
