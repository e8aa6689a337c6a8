/// What stood of a record, before format 4, where the database's administrator could read it: in columns `g_…` of `record`, and in `annotation`.
package struct FormerCodes: Sendable {
    package var record: Int64
    package var subject: Int64
    /// Coarser forms, by the names of their fields.
    package var coarse: [(field: String, value: String)]
    package var labels: [(module: String, label: String, score: Double)]
}

extension StoreReader {
    /// Those of records after a number, in the order of their numbers; none: there are no more.
    package func formerCodes(after record: Int64, limit: Int) throws -> [FormerCodes] {
        let columns = try formerColumns
        let isCoarse = columns.map { "r.\"\($0)\" IS NOT NULL OR " }.joined()
        let sql = """
            SELECT r.id, r.subject\(columns.map { ", r.\"\($0)\"" }.joined()) FROM record r
            WHERE r.id > ? AND (\(isCoarse)EXISTS (SELECT 1 FROM annotation a WHERE a.record = r.id AND a.subject = r.subject)) ORDER BY r.id LIMIT ?
            """
        return try db.rows(sql, record, limit) { row in
            let coarse = columns.enumerated().compactMap { index, column in row.optionalText(2 + index).map { (field: String(column.dropFirst(2)), value: $0) } }
            return FormerCodes(record: row.integer(0), subject: row.integer(1), coarse: coarse, labels: [])
        }.map { former in
            var former = former
            former.labels = try db.rows("SELECT module, label, score FROM annotation WHERE record = ? AND subject = ? ORDER BY module, label", former.record, former.subject) {
                row in
                let score: Double =
                    switch row.value(2) {
                    case .real(let real): real
                    case .integer(let integer): Double(integer)
                    case .null, .text: 0
                    }
                return (row.text(0), row.text(1), score)
            }
            return former
        }
    }

    fileprivate var formerColumns: [String] { get throws { try db.columns(of: "record").filter { $0.hasPrefix(CodedColumn.coarse) }.sorted() } }
}

extension StoreWriter {
    /// Removes labels of records that are gone.
    package func removeFormerLabels() throws {
        try changing(.annotation, where: "TRUE") { try db.run("DELETE FROM annotation") }
    }

    /// Removes what stood of a record where it could be read.
    package func removeFormerCodes(_ former: FormerCodes) throws {
        let columns = try reader.formerColumns
        if !columns.isEmpty {
            try changingRecords([former.record]) { try db.run("UPDATE record SET \(columns.map { "\"\($0)\" = NULL" }.joined(separator: ", ")) WHERE id = ?", former.record) }
        }
        try changing(.annotation, where: "record = ? AND subject = ?", former.record, former.subject) {
            try db.run("DELETE FROM annotation WHERE record = ? AND subject = ?", former.record, former.subject)
        }
    }
}
