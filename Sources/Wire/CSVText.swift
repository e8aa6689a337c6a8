/// Cells of a CSV file (RFC 4180), which people open in a spreadsheet.
package enum CSVText {
    /// Appends a text as a cell. One that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, CSV injection);
    /// hidden characters are named.
    package static func append(_ text: String, to output: inout [UInt8]) {
        let isFormula = text.utf8.first.map { [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D].contains($0) } ?? false
        let shown = VisibleText.lines(text)
        guard shown.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A }) else {
            if isFormula { output.append(0x27) }
            output += shown.utf8
            return
        }
        output.append(0x22)
        if isFormula { output.append(0x27) }
        for byte in shown.utf8 {
            if byte == 0x22 { output.append(0x22) }
            output.append(byte)
        }
        output.append(0x22)
    }

    /// Ends a line.
    package static func end(_ output: inout [UInt8]) { output += [0x0D, 0x0A] }
}
