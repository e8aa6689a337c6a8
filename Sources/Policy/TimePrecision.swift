/// How finely rows tell when something happened: a grant's `times`.
///
/// Rows of two purposes that show the moment can be joined by it, whatever their pseudonyms. So rows show the unit in which it lies, in the
/// schema's time zone, and have no order within it.
public enum TimePrecision: String, Sendable, CaseIterable, Comparable {
    /// The moment itself, in milliseconds.
    case exact
    case hour, day, week, month

    /// From fine to coarse.
    public static func < (a: TimePrecision, b: TimePrecision) -> Bool { a.place < b.place }

    private var place: Int { Self.allCases.firstIndex(of: self)! }
}
