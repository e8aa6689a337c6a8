/// What is sealed of a record apart from its body, so small that figures and conditions can have it opened: labels of modules
/// (``AnnotationModule``, and `m_NAME`), and coarser forms of its fields (`g_NAME`).
package enum CodedColumn {
    package static let coarse = "g_"
    /// Labels of a module that the policy defines.
    package static let own = "m_"

    package static func isOne(_ column: String) -> Bool { column.hasPrefix(coarse) || column.hasPrefix(own) || AnnotationModule(rawValue: column) != nil }

    package static func isMultiple(_ column: String) -> Bool { column.hasPrefix(own) || AnnotationModule(rawValue: column)?.isMultiple == true }
}

/// A record's codes as they are stored, with what opens them.
package struct CodedRow: Sendable {
    package var uid: UInt128
    package var subject: Int64
    /// Nil: the customer's key was erased.
    package var key: WrappedKey?
    /// Empty: it has none.
    package var codes: [UInt8]

    package init(uid: UInt128, subject: Int64, key: WrappedKey?, codes: [UInt8]) {
        (self.uid, self.subject, self.key, self.codes) = (uid, subject, key, codes)
    }
}

/// Opens codes for one thread at a time.
package protocol CodeOpener: AnyObject {
    /// What a record has in a column, labels in the order of their names.
    func texts(of column: String, in row: CodedRow) throws -> [String]
}

/// Makes openers, one for each connection.
package final class CodeOpeners: Sendable {
    package let make: @Sendable () throws -> any CodeOpener

    package init(_ make: @escaping @Sendable () throws -> any CodeOpener) { self.make = make }
}

extension StoredCondition {
    /// Whether it is about a column that is sealed.
    package var namesCodes: Bool {
        switch self {
        case .compare(let column, _, _), .isIn(let column, _), .isNull(let column): CodedColumn.isOne(column)
        case .all(let parts), .any(let parts): parts.contains(where: \.namesCodes)
        case .not(let part): part.namesCodes
        case .residual, .records, .consented: false
        }
    }
}

extension AggregateRequest {
    /// Columns that are sealed and that it groups by or measures, except those of which a row has several and counts for each.
    package var codedColumns: Set<String> {
        Set((groupBy.compactMap(\.coded).filter { !CodedColumn.isMultiple($0) } + measures.compactMap(\.column)).filter(CodedColumn.isOne))
    }
}

extension AggregateRequest.Grouping {
    /// The sealed column that it is.
    package var coded: String? { if case .column(let name) = self, CodedColumn.isOne(name) { name } else { nil } }
}

/// The sealed columns that a statement reads, opened as far as its database must have them.
package struct OpenedColumns: Sendable {
    /// What stands before the statement, and its values.
    package var head = ""
    package var arguments: [StoredValue] = []
    /// What stands for a text in the statement: its position among these; nil where the text itself does.
    package var texts: [String: [String]]?

    package init() {}

    /// What a statement's value stands for.
    package func value(_ stored: StoredValue, of column: String?) -> StoredValue {
        guard let texts, let column, let known = texts[column], case .integer(let position) = stored else { return stored }
        return .text(known[Int(position)])
    }

    package func value(_ stored: StoredValue, of grouping: AggregateRequest.Grouping) -> StoredValue { value(stored, of: grouping.coded) }

    /// What stands for a value in the statement.
    func stored(_ value: StoredValue, of grouping: AggregateRequest.Grouping) -> StoredValue {
        guard let column = grouping.coded, case .text(let text) = value, let position = texts?[column]?.firstIndex(of: text) else { return value }
        return .integer(Int64(position))
    }
}

/// Reads the codes of one record after another, with the key that opens them where it lies beside the data.
package struct CodeReading {
    private let query: any Statement

    package init(_ db: any Connection) throws {
        query = try db.statement(
            """
            SELECT r.uid, r.subject, c.codes, r.key_version, \(db.customerKeys.columns)
            FROM record r\(StoreReader(db: db).joins(sealed: false, codes: true)) WHERE r.id = ?
            """)
    }

    /// Nil: there is no such record.
    package func row(of record: Int64) throws -> (row: CodedRow, version: Int)? {
        var found: (CodedRow, Int)?
        query.bind(1, record)
        try query.forEachRow { row in
            let key = row.isNull(4) ? nil : WrappedKey(root: row.int(4), version: row.int(3), bytes: row.bytes(5))
            found = (CodedRow(uid: row.identifier(0), subject: row.integer(1), key: key, codes: row.isNull(2) ? [] : row.bytes(2)), row.int(3))
            return true
        }
        return found
    }
}

extension StoreReader {
    /// A record's codes; nil: there is no such record.
    package func codes(of record: Int64) throws -> CodedRow? {
        guard let found = try CodeReading(db).row(of: record) else { return nil }
        var row = found.row
        if let keys = try db.customerKeys.wrappedKeys(of: [row.subject]) { row.key = keys[KeyPlace(subject: row.subject, version: found.version)] }
        return row
    }
}

extension StoreWriter {
    /// Replaces a record's codes.
    package func setCodes(of record: Int64, subject: Int64, to codes: [UInt8]) throws {
        try changing(.coded, where: "record = ? AND subject = ?", record, subject) {
            try db.run("DELETE FROM coded WHERE record = ? AND subject = ?", record, subject)
            if !codes.isEmpty { try db.run("INSERT INTO coded (record, subject, codes) VALUES (?, ?, ?)", record, subject, codes) }
        }
    }
}
