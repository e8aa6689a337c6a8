import Store

extension LookupKeys {
    /// Types of PostgreSQL and arrays in its notation, one a column.
    var arrays: (types: [String], lists: [String]) {
        func list(_ integers: some Sequence<Int64>) -> String { "{\(integers.map(String.init).joined(separator: ","))}" }
        func list(_ identifiers: some Sequence<UInt128>) -> String {
            "{\(identifiers.map { "\"\\\\x\(String($0, radix: 16).leftPadded(to: 32))\"" }.joined(separator: ","))}"
        }
        return switch self {
        case .integers(let integers): (["BIGINT"], [list(integers)])
        case .identifiers(let identifiers): (["BYTEA"], [list(identifiers)])
        case .pairs(let pairs): (["BYTEA", "BIGINT"], [list(pairs.map(\.0)), list(pairs.map(\.1))])
        }
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String { String(repeating: "0", count: max(0, width - utf8.count)) + self }
}
