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

extension StoredValue {
    /// The order of groups in both stores: null, numbers, texts by their bytes.
    package func precedes(_ other: StoredValue) -> Bool {
        switch (self, other) {
        case (.null, .null): false
        case (.null, _): true
        case (_, .null): false
        case (.integer(let a), .integer(let b)): a < b
        case (.integer(let a), .real(let b)): Double(a) < b
        case (.real(let a), .integer(let b)): a < Double(b)
        case (.real(let a), .real(let b)): a < b
        case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.text, _): false
        case (_, .text): true
        }
    }
}
