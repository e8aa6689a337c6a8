/// A value of a plain column.
package enum StoredValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
}

/// A column that the policy's schema adds to `record`.
package struct PlainColumn: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case text = "TEXT"
        case integer = "INTEGER"
        case real = "REAL"
    }

    /// Lower-case letters, digits and underscores.
    package var name: String
    package var kind: Kind

    package init(name: String, kind: Kind) {
        precondition(name.utf8.allSatisfy { $0 == 95 || (97...122).contains($0) || (48...57).contains($0) })
        (self.name, self.kind) = (name, kind)
    }

    /// A value as it comes back from the column.
    func stored(_ value: StoredValue) -> StoredValue {
        if kind == .real, case .integer(let integer) = value { return .real(Double(integer)) }
        return value
    }
}
