import RedactedAPI
import Wire

/// Writes rows as JSON or CSV, straight to bytes.
package enum RowText {
    /// `[value, …]`
    package static func appendArray(_ row: [Value], to output: inout [UInt8]) {
        output.append(0x5B)
        for (index, value) in row.enumerated() {
            if index > 0 { output.append(0x2C) }
            appendJSON(value, to: &output)
        }
        output.append(0x5D)
    }

    /// `{"column": value, …}`
    ///
    /// - Parameter keys: the columns as ``jsonKeys(_:)`` makes them.
    package static func appendObject(_ row: [Value], keys: [[UInt8]], to output: inout [UInt8]) {
        output.append(0x7B)
        for (index, value) in row.enumerated() {
            if index > 0 { output.append(0x2C) }
            output += keys[index]
            appendJSON(value, to: &output)
        }
        output.append(0x7D)
    }

    /// `"column":` for each column.
    package static func jsonKeys(_ columns: [String]) -> [[UInt8]] {
        columns.map { column in
            var key: [UInt8] = []
            JSONText.append(column, to: &key)
            key.append(0x3A)
            return key
        }
    }

    /// A line, with its end. Numbers stay numbers, whatever they begin with.
    package static func appendCSV(_ row: [Value], to output: inout [UInt8]) {
        for (index, value) in row.enumerated() {
            if index > 0 { output.append(0x2C) }
            if case .text(let text) = value { CSVText.append(text, to: &output) } else { output += value.description.utf8 }
        }
        CSVText.end(&output)
    }

    /// A JSON value; times are RFC 3339 strings.
    private static func appendJSON(_ value: Value, to output: inout [UInt8]) {
        switch value {
        case .null: JSON.null.append(to: &output)
        case .boolean(let boolean): JSON.boolean(boolean).append(to: &output)
        case .integer(let integer): JSON.integer(integer).append(to: &output)
        case .decimal(let decimal): JSON.decimal(decimal).append(to: &output)
        case .text(let text): JSONText.append(text, to: &output)
        case .time(let time): JSONText.append(time.description, to: &output)
        }
    }
}
