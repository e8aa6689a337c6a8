/// A connection to a database while it is used: what the operations of the store run on.
///
/// Statements are written in the SQL that the databases share, with `?` for values. Words that differ are ``forms``; what
/// each database does in a way of its own is an operation here and of ``Querying``.
package protocol Connection: Querying, AnyObject {
    var forms: any SQLForms { get }
    /// What opens codes for statements; nil: nobody has the keys.
    var codeOpeners: CodeOpeners? { get set }
    /// Tells what they opened before.
    var knowing: KnowingCodes? { get set }
    /// How the keys of the data's customers are found.
    var customerKeys: any CustomerKeys { get }
    /// A statement, prepared once a connection. Each run needs its texts and bytes bound anew; numbers stay.
    func statement(_ sql: String) throws -> any Statement
    /// Takes in many rows of a table at once.
    func inserter(into table: String, _ columns: [BulkColumn], ignoringPresent: Bool) throws -> any BulkInserter
    /// Gives `body` each row of a table whose columns `names` are one of the keys: one query for all.
    func forEachRow(_ columns: String, from table: String, by names: [String], _ keys: LookupKeys, _ body: (any Row) throws -> Void) throws
    func columns(of table: String) throws -> Set<String>
    /// Those of them that are declared as text.
    func textColumns(of table: String) throws -> Set<String>
    /// Adds a column to `record`.
    func addColumn(_ column: PlainColumn) throws
    /// Puts `removed` of it in the place of each entry of the audit log from `first` up to `end`; returns how many entries there were.
    func removeEntryBodies(from first: Int64, until end: Int64, removed: ([UInt8]) -> [UInt8]) throws -> Int
    /// The tables that hold an index's entries; new ones go to the first.
    func tables(of index: LookupIndex) -> [String]
    /// Brings look-up indexes into order after records up to `last` were added to those up to `first`.
    func settleIndexes(from first: Int64, to last: Int64) throws
    /// Makes the next number that a table of the data gives out a higher one than `last`.
    func skipNumbers(of table: String, through last: Int64) throws
    /// Waits until every statement so far has been carried out, and throws what went wrong.
    func settle() throws
}

/// A prepared statement. Positions of values begin at 1, those of columns at 0.
package protocol Statement: AnyObject {
    func bind(_ index: Int, _ value: Int64)
    func bind(_ index: Int, _ value: Double)
    func bind(_ index: Int, _ value: String)
    func bind(_ index: Int, _ value: ArraySlice<UInt8>)
    func bind(_ index: Int, _ value: UInt128)
    func bindNull(_ index: Int)
    /// Runs it. Over a network it is on its way when this returns, and what goes wrong shows at the next that waits for
    /// an answer: ``Connection/settle()``, a query, or the end of the transaction.
    func run() throws
    /// Runs it and waits; returns how many rows it changed.
    func change() throws -> Int
    /// Runs a query and gives `body` each row, until it returns false.
    ///
    /// - Parameter isLarge: whether its rows are too many to be held at once.
    func forEachRow(isLarge: Bool, _ body: (any Row) throws -> Bool) throws
}

/// The current row of a query. Valid until the next.
package protocol Row {
    /// 0 where the column is null, as are its other readings empty.
    func integer(_ column: Int) -> Int64
    func isNull(_ column: Int) -> Bool
    func bytes(_ column: Int) -> [UInt8]
    func append(_ column: Int, to output: inout [UInt8])
    func identifier(_ column: Int) -> UInt128
    func text(_ column: Int) -> String
    func appendText(_ column: Int, to output: inout [UInt8])
    func value(_ column: Int) -> StoredValue
}

extension Row {
    package func int(_ column: Int) -> Int { Int(integer(column)) }
    package func bool(_ column: Int) -> Bool { integer(column) != 0 }
    package func appendText(_ column: Int, to output: inout [UInt8]) { output.append(contentsOf: text(column).utf8) }
    package func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
}

/// A column that rows are taken into.
package struct BulkColumn: Sendable {
    package enum Kind: Sendable {
        case integer, real, text, bytes
    }

    package var name: String
    package var kind: Kind

    package init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }

    package init(_ column: PlainColumn) {
        let kind: Kind = switch column.kind {
        case .text: .text
        case .integer: .integer
        case .real: .real
        }
        self.init(column.name, kind)
    }
}

/// Takes in rows, each value in the order of the columns.
package protocol BulkInserter: AnyObject {
    func add(_ value: Int64)
    func add(_ value: UInt128)
    func add(_ value: String)
    func add(_ value: ArraySlice<UInt8>)
    func add(_ value: StoredValue)
    /// Ends a row.
    func endRow() throws
    /// Ends the last row: before that none need be in the table.
    func finish() throws
}

/// A value that a statement takes.
package protocol Bindable {
    func bind(to statement: any Statement, at index: Int)
}

extension Int64: Bindable {
    package func bind(to statement: any Statement, at index: Int) { statement.bind(index, self) }
}

extension Int: Bindable {
    package func bind(to statement: any Statement, at index: Int) { statement.bind(index, Int64(self)) }
}

extension Bool: Bindable {
    package func bind(to statement: any Statement, at index: Int) { statement.bind(index, self ? 1 : 0 as Int64) }
}

extension String: Bindable {
    package func bind(to statement: any Statement, at index: Int) { statement.bind(index, self) }
}

extension [UInt8]: Bindable {
    package func bind(to statement: any Statement, at index: Int) { statement.bind(index, self[...]) }
}

extension ArraySlice<UInt8>: Bindable {
    package func bind(to statement: any Statement, at index: Int) { statement.bind(index, self) }
}

extension UInt128: Bindable {
    package func bind(to statement: any Statement, at index: Int) { statement.bind(index, self) }
}

extension StoredValue: Bindable {
    package func bind(to statement: any Statement, at index: Int) {
        switch self {
        case .null: statement.bindNull(index)
        case .integer(let integer): statement.bind(index, integer)
        case .real(let real): statement.bind(index, real)
        case .text(let text): statement.bind(index, text)
        }
    }
}

extension Statement {
    /// Binds values in order, from the first.
    package func bind(_ values: [(any Bindable)?]) {
        for (index, value) in values.enumerated() {
            if let value { value.bind(to: self, at: index + 1) } else { bindNull(index + 1) }
        }
    }

    package func forEachRow(_ body: (any Row) throws -> Bool) throws { try forEachRow(isLarge: false, body) }

    /// Runs a query that gives at most one integer.
    package func fetchInteger() throws -> Int64? {
        var integer: Int64?
        try forEachRow { row in
            integer = row.optionalInteger(0)
            return false
        }
        return integer
    }
}

extension Connection {
    package func run(_ sql: String, _ values: (any Bindable)?...) throws {
        let statement = try statement(sql)
        statement.bind(values)
        try statement.run()
    }

    /// Runs a statement; returns how many rows it changed.
    package func change(_ sql: String, _ values: (any Bindable)?...) throws -> Int {
        let statement = try statement(sql)
        statement.bind(values)
        return try statement.change()
    }

    package func rows<R>(_ sql: String, _ values: (any Bindable)?..., read: (any Row) throws -> R) throws -> [R] {
        try rows(sql, values: values, read: read)
    }

    package func rows<R>(_ sql: String, values: [(any Bindable)?], read: (any Row) throws -> R) throws -> [R] {
        let statement = try statement(sql)
        statement.bind(values)
        var rows: [R] = []
        try statement.forEachRow { row in
            rows.append(try read(row))
            return true
        }
        return rows
    }

    package func first<R>(_ sql: String, _ values: (any Bindable)?..., read: (any Row) throws -> R) throws -> R? {
        let statement = try statement(sql)
        statement.bind(values)
        var first: R?
        try statement.forEachRow { row in
            first = try read(row)
            return false
        }
        return first
    }

    /// The only value of a query's first row.
    package func integer(_ sql: String, _ values: (any Bindable)?...) throws -> Int64? {
        let statement = try statement(sql)
        statement.bind(values)
        return try statement.fetchInteger()
    }
}
