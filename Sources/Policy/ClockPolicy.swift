/// How far the machine's clock is believed before anything is deleted by it. Times are in milliseconds.
public struct ClockPolicy: Sendable, Equatable {
    /// What the clock may differ from the time that the machine has been up, or from the time source.
    public var jump: Int64 = 86_400_000
    /// After a restart, how long ago the vault may have seen the time last: then nothing tells an idle vault from a clock
    /// that was set.
    public var idle: Int64 = 7 * 86_400_000
    /// A command that prints the time; empty: there is none.
    public var source: [String] = []

    public init() {}
}

/// How much one retention run may take without being asked about.
public struct RetentionCeiling: Sendable, Equatable {
    /// Records.
    public var records = 100_000
    /// Of all records, in percent.
    public var percent = 20
    /// Of so few records a share says nothing.
    public var smallest = 1000

    public init() {}

    /// Whether a run that takes `due` of `all` records goes beyond it.
    public func isExceeded(by due: Int, of all: Int) -> Bool { due > records || due > smallest && due * 100 > all * percent }
}

/// Between which times a record can have occurred.
public struct OccurrenceBounds: Sendable, Equatable {
    /// The first day, as written, and its start in milliseconds since 1970.
    public var earliest = "1990-01-01"
    public var earliestTime: Int64 = 631_152_000_000
    /// How far behind the vault's time, in milliseconds.
    public var latestAhead: Int64 = 86_400_000

    public init() {}
}
