import RedactedAPI
import Reporting
import VaultAPI
import Wire

extension Report {
    /// Topics with their figures, for a spreadsheet.
    package var csv: [UInt8] {
        func rounded(_ value: Double?, to steps: Double) -> Value { value.map { .decimal(($0 * steps).rounded() / steps) } ?? .null }
        var output: [UInt8] = []
        RowText.appendCSV(["topic", "name", "records", "customers", "average_rating", "negative_share"].map { .text($0) }, to: &output)
        for row in topicRows {
            let sizes: [Value] = [row.group.records.map { .integer(Int64($0)) } ?? .null, .integer(Int64(row.group.customers))]
            RowText.appendCSV([.text(row.id), .text(row.name)] + sizes + [rounded(row.group.rating, to: 100), rounded(row.negative, to: 1000)], to: &output)
        }
        return output
    }

    /// All groups that are shown, for other programs: `{"tables": [{"by": […], "columns": […], "rows": [[…]]}]}`, a line for
    /// each table; before them `where`, if the report is about some records only.
    package var json: [UInt8] {
        let averaged = Figures.averaged
        var (output, whole) = ([UInt8](), JSON.Object())
        if let condition { whole.add("where", condition, to: &output) }
        whole.begin("tables", in: &output)
        output.append(0x5B)
        for (number, table) in figures.tables.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }).enumerated() {
            output += (number > 0 ? ",\n" : "\n").utf8
            var members = JSON.Object()
            members.add("by", .array(table.key.map { .string($0) }), to: &output)
            members.add("columns", .array((table.key + ["records", "customers"] + averaged).map { .string($0) }), to: &output)
            members.begin("rows", in: &output)
            output.append(0x5B)
            for (index, group) in table.value.enumerated() {
                if index > 0 { output.append(0x2C) }
                let sizes: [Value] = [group.records.map { .integer(Int64($0)) } ?? .null, .integer(Int64(group.customers))]
                RowText.appendArray(group.keys.map { .text($0) } + sizes + averaged.map { group.averages[$0].map { .decimal($0) } ?? .null }, to: &output)
            }
            output.append(0x5D)
            members.end(&output)
        }
        output += "\n]".utf8
        whole.end(&output)
        output.append(0x0A)
        return output
    }
}
