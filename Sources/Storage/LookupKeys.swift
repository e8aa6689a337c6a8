/// Keys of rows that are wanted together.
enum LookupKeys {
    case integers([Int64])
    case identifiers([UInt128])
    case pairs([(UInt128, Int64)])
}

extension Connection {
    /// Gives `body` each row whose columns `names` are one of the keys: in SQLite a query a key, in PostgreSQL one for
    /// all, as each costs a round trip there.
    ///
    /// - Parameter tables: of one shape; each is looked into.
    func forEachRow(
        _ columns: String, from tables: [String], by names: [String], _ keys: LookupKeys, _ body: (any Row) throws -> Void
    ) throws {
        for table in tables {
            switch dialect {
            case .sqlite:
                let query = try statement("SELECT \(columns) FROM \(table) WHERE \(names.map { "\($0) = ?" }.joined(separator: " AND "))")
                func look() throws {
                    try query.forEachRow { row in
                        try body(row)
                        return true
                    }
                }
                switch keys {
                case .integers(let integers):
                    for integer in integers {
                        query.bind(1, integer)
                        try look()
                    }
                case .identifiers(let identifiers):
                    for identifier in identifiers {
                        query.bind(1, identifier)
                        try look()
                    }
                case .pairs(let pairs):
                    for (identifier, integer) in pairs {
                        query.bind(1, identifier)
                        query.bind(2, integer)
                        try look()
                    }
                }
            case .postgres:
                let (types, lists) = keys.arrays
                let wanted = types.map { "CAST(? AS \($0)[])" }.joined(separator: ", ")
                let list = names.joined(separator: ", ")
                let query = try statement("SELECT \(columns) FROM \(table) JOIN unnest(\(wanted)) AS wanted (\(list)) USING (\(list))")
                query.bind(lists)
                try query.forEachRow { row in
                    try body(row)
                    return true
                }
            }
        }
    }
}

extension LookupKeys {
    /// Types of PostgreSQL and arrays in its notation, one a column.
    fileprivate var arrays: (types: [String], lists: [String]) {
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
