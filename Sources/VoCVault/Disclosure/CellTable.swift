import Store

/// The cells of one release, with noise: what is sealed as a released figure.
struct CellTable: Codable, Equatable {
    struct Cell: Codable, Equatable {
        /// Values of the keys: null, a number, or text.
        var key: [Key]
        var parts: [Int64]
    }

    enum Key: Codable, Hashable {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)

        init(_ value: StoredValue) {
            self =
                switch value {
                case .null: .null
                case .integer(let integer): .integer(integer)
                case .real(let real): .real(real)
                case .text(let text): .text(text)
                }
        }

        var stored: StoredValue {
            switch self {
            case .null: .null
            case .integer(let integer): .integer(integer)
            case .real(let real): .real(real)
            case .text(let text): .text(text)
            }
        }
    }

    var cells: [Cell]
}

extension CellTable.Key: Comparable {
    /// Null, numbers, texts by their bytes: the order of groups in both stores.
    static func < (one: Self, other: Self) -> Bool {
        switch (one, other) {
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
