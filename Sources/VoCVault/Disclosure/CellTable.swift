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
    static func < (one: Self, other: Self) -> Bool { one.stored.precedes(other.stored) }
}
