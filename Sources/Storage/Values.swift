import Foundation
import GRDB

/// A value of a plain column.
public enum StoredValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
}

extension StoredValue {
    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .text(let value): value.databaseValue
        }
    }

    init(_ value: DatabaseValue) {
        self = switch value.storage {
        case .null, .blob: .null
        case .int64(let integer): .integer(integer)
        case .double(let real): .real(real)
        case .string(let text): .text(text)
        }
    }
}

extension UInt128 {
    /// Sixteen bytes, most significant first, as stored.
    var data: Data {
        withUnsafeBytes(of: bigEndian) { Data($0) }
    }

    init?(data: Data) {
        guard data.count == 16 else { return nil }
        self = data.reduce(0) { $0 << 8 | UInt128($1) }
    }
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
