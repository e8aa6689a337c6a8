/// Writes rows as JSON or CSV, straight to bytes.
public enum RowText {
    /// `[value, …]`
    public static func appendArray(_ row: [Value], to output: inout [UInt8]) {
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
    public static func appendObject(_ row: [Value], keys: [[UInt8]], to output: inout [UInt8]) {
        output.append(0x7B)
        for (index, value) in row.enumerated() {
            if index > 0 { output.append(0x2C) }
            output += keys[index]
            appendJSON(value, to: &output)
        }
        output.append(0x7D)
    }

    /// `"column":` for each column.
    public static func jsonKeys(_ columns: [String]) -> [[UInt8]] {
        columns.map { column in
            var key: [UInt8] = []
            appendJSON(column, to: &key)
            key.append(0x3A)
            return key
        }
    }

    /// One line in the form of RFC 4180, with its line end. A text that a spreadsheet would run as a formula gets a leading
    /// apostrophe.
    public static func appendCSV(_ row: [Value], to output: inout [UInt8]) {
        for (index, value) in row.enumerated() {
            if index > 0 { output.append(0x2C) }
            guard case .text(var text) = value else {
                output += value.description.utf8
                continue
            }
            if let first = text.utf8.first, [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D].contains(first) { text = "'" + text }
            guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else {
                output += text.utf8
                continue
            }
            output.append(0x22)
            for byte in text.utf8 {
                if byte == 0x22 { output.append(0x22) }
                output.append(byte)
            }
            output.append(0x22)
        }
        output.append(0x0D)
        output.append(0x0A)
    }

    /// A JSON value; times are RFC 3339 strings.
    public static func appendJSON(_ value: Value, to output: inout [UInt8]) {
        switch value {
        case .null: output += [0x6E, 0x75, 0x6C, 0x6C]
        case .integer, .boolean: output += value.description.utf8
        // JSON has no infinities.
        case .decimal(let number): output += (number.isFinite ? value.description : "null").utf8
        case .text(let text): appendJSON(text, to: &output)
        case .time(let time): appendJSON(time.description, to: &output)
        }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)

    /// A JSON string (RFC 8259, section 7).
    public static func appendJSON(_ text: String, to output: inout [UInt8]) {
        var text = text
        output.append(0x22)
        text.withUTF8 { bytes in
            var start = 0
            for index in 0..<bytes.count where bytes[index] < 0x20 || bytes[index] == 0x22 || bytes[index] == 0x5C {
                output.append(contentsOf: bytes[start..<index])
                start = index + 1
                let byte = bytes[index]
                switch byte {
                case 0x22, 0x5C: output += [0x5C, byte]
                case 0x0A: output += [0x5C, 0x6E]
                default: output += [0x5C, 0x75, 0x30, 0x30, hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
                }
            }
            output.append(contentsOf: bytes[start...])
        }
        output.append(0x22)
    }
}
