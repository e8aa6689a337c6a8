import ArgumentParser
import Foundation
import RedactedAPI
import VaultAPI
import Wire

/// How a listing is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, ndjson, csv
}

struct FormatOption: ParsableArguments {
    @Option(help: "Output format: table, json, ndjson or csv.")
    var format: OutputFormat = .table
}

/// A listing that is printed page by page as it arrives.
struct Listing {
    private let columns: [String]
    private let format: OutputFormat
    private var rows = 0
    private var hasHeader = false
    private var widths: [Int] = []

    init(columns: [String], format: OutputFormat) {
        (self.columns, self.format) = (columns, format)
    }

    /// Prints some rows. The first ones determine a table's column widths.
    mutating func print(_ page: [[Value]]) throws {
        var output = ""
        if !hasHeader { output += header(page) }
        hasHeader = true
        for row in page {
            switch format {
            case .table: output += line(row.map(Self.cell))
            case .csv: output += Self.text { RowText.appendCSV(row, to: &$0) }
            case .ndjson: output += object(row) + "\n"
            case .json: output += (rows == 0 ? "\n" : ",\n") + object(row)
            }
            rows += 1
        }
        try StandardOutput.write(output.utf8)
    }

    /// Call once at the end.
    mutating func finish() throws {
        if !hasHeader { try print([]) }
        if format == .json { try StandardOutput.write((rows == 0 ? "]\n" : "\n]\n").utf8) }
    }

    private mutating func header(_ page: [[Value]]) -> String {
        switch format {
        case .table:
            widths = columns.indices.map { index in
                let cells = page.prefix(200).map { Self.width(Self.cell($0[index])) }
                return min(max(Self.width(columns[index]), cells.max() ?? 0), 80)
            }
            return line(columns.map(VisibleText.line)) + line(widths.map { String(repeating: "-", count: $0) })
        case .csv: return Self.text { RowText.appendCSV(columns.map { .text($0) }, to: &$0) }
        case .json: return "["
        case .ndjson: return ""
        }
    }

    private func line(_ cells: [String]) -> String {
        var output = ""
        for (index, cell) in cells.enumerated() {
            output += cell
            if index < cells.count - 1 {
                output += String(repeating: " ", count: max(0, widths[index] - Self.width(cell)) + 2)
            }
        }
        return output + "\n"
    }

    private func object(_ row: [Value]) -> String { Self.text { RowText.appendObject(row, keys: RowText.jsonKeys(columns), to: &$0) } }

    private static func text(_ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A table rounds to four decimals; the other formats give all digits.
    private static func cell(_ value: Value) -> String {
        guard case .decimal(let number) = value else { return VisibleText.line(value.description) }
        return number.formatted(.number.precision(.fractionLength(0...4)).grouping(.never).locale(Locale(identifier: "en")))
    }

    /// Columns that a terminal takes: two for East Asian wide characters (UAX #11).
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { width, scalar in
            switch scalar.value {
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                width + 2
            default: scalar.properties.generalCategory == .nonspacingMark ? width : width + 1
            }
        }
    }
}

/// Prints a complete listing.
func printListing(_ columns: [String], _ rows: [[Value]], _ format: OutputFormat) throws {
    var listing = Listing(columns: columns, format: format)
    try listing.print(rows)
    try listing.finish()
}
