/// Values of the redacted query API: all that classification and reporting ever see.
///
/// Policy has been applied to everything in this module: pseudonyms, generalized values, redacted text. It is pure and imports
/// nothing.
public enum Value: Sendable, Hashable {
    /// Absent, suppressed or erased.
    case null
    case text(String)
    case integer(Int64)
    case decimal(Double)
    case boolean(Bool)
    case time(Timestamp)
}

extension Value: CustomStringConvertible {
    /// As shown to people and in CSV; null is empty.
    public var description: String {
        switch self {
        case .null: ""
        case .text(let text): text
        case .integer(let integer): String(integer)
        case .decimal(let decimal): String(decimal)
        case .boolean(let boolean): String(boolean)
        case .time(let time): time.description
        }
    }
}
