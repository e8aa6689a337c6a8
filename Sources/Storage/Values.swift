/// A value of a plain column.
public enum StoredValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
}

/// A column that the policy's schema adds to `record`.
public struct PlainColumn: Sendable, Hashable {
    public enum Kind: String, Sendable {
        case text = "TEXT"
        case integer = "INTEGER"
        case real = "REAL"
    }

    /// Lower-case letters, digits and underscores.
    public var name: String
    public var kind: Kind

    public init(name: String, kind: Kind) {
        precondition(name.utf8.allSatisfy { $0 == 95 || (97...122).contains($0) || (48...57).contains($0) })
        (self.name, self.kind) = (name, kind)
    }
}
