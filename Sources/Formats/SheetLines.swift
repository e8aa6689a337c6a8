/// A sheet of a workbook as CSV (RFC 4180), read row by row. The n-th record is the n-th row, so that people find it.
package final class SheetLines {
    /// What is being read of a cell.
    private struct Cell {
        var column = 0
        var type = ""
        var style = 0
        var text: [UInt8] = []
    }

    private let archive: ArchiveReader
    private let workbook: Workbook
    private var reader: XMLReader!
    private var output: [UInt8] = []
    private var row = 0
    private var line: [UInt8] = []
    /// Values in the line so far.
    private var columns = 0
    private var cell = Cell()
    private var inValue = false
    private var phonetic = 0
    private var failure: FormatError?
    private var atEnd = false
    /// The sheets' names, and the one that is read.
    package let (names, name): ([String], String)
    /// Excel's own limits.
    private static let (maximumRow, maximumColumn) = (1_048_576, 16_384)

    /// - Parameter sheet: its name; nil for the first one that is not hidden.
    package init(_ file: any RandomAccess, sheet: String?) throws {
        workbook = try Workbook(file)
        let chosen = try workbook.sheet(sheet)
        (names, name) = (workbook.sheets.map(\.name), chosen.name)
        archive = try ArchiveReader(zip: file)
        while true {
            guard let entry = try archive.nextEntry() else { throw FormatError.damaged("the workbook") }
            if entry.lowercased() == chosen.path.lowercased() { break }
        }
        reader = XMLReader(
            "the sheet",
            .init(
                start: { [unowned self] in start($0, $1) }, end: { [unowned self] in end($0) },
                text: { [unowned self] in if inValue { cell.text += $0 } }))
    }

    /// The next rows; nil at the end.
    package func next() throws -> ArraySlice<UInt8>? {
        output.removeAll(keepingCapacity: true)
        while !atEnd, output.isEmpty {
            let block = try archive.next()
            try reader.parse(block)
            if let failure { throw failure }
            atEnd = block.isEmpty
        }
        return output.isEmpty ? nil : output[...]
    }

    private func start(_ name: String, _ attributes: [(name: String, value: String)]) {
        func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
        switch name {
        case "row":
            let number = attribute("r").flatMap { Int($0) } ?? row + 1
            guard number > row, number <= Self.maximumRow else {
                failure = failure ?? .damaged("the sheet")
                return
            }
            // Rows without a cell are left out there.
            for _ in row + 1..<number { output.append(0x0A) }
            row = number
            line.removeAll(keepingCapacity: true)
            columns = 0
        case "c":
            let place = attribute("r").map(Self.column) ?? columns
            cell = Cell(column: place, type: attribute("t") ?? "n", style: attribute("s").flatMap { Int($0) } ?? 0)
        case "v": inValue = true
        case "rPh": phonetic += 1
        case "t": inValue = phonetic == 0
        default: break
        }
    }

    private func end(_ name: String) {
        switch name {
        case "v", "t": inValue = false
        case "rPh": phonetic -= 1
        case "c":
            guard cell.column >= columns, cell.column < Self.maximumColumn else {
                if cell.column >= Self.maximumColumn { failure = failure ?? .damaged("the sheet") }
                return
            }
            let value = value()
            guard !value.isEmpty else { return }
            while columns < cell.column {
                line.append(0x2C)
                columns += 1
            }
            CellText.append(value, to: &line)
            line.append(0x2C)
            columns += 1
        case "row":
            if !line.isEmpty { line.removeLast() }
            output += line
            output.append(0x0A)
        default: break
        }
    }

    private func value() -> ArraySlice<UInt8> {
        switch cell.type {
        case "s": return Int(String(decoding: cell.text, as: UTF8.self)).flatMap { workbook.strings[$0] } ?? []
        case "inlineStr", "str": return CellText.unescaped(cell.text)[...]
        case "b": return Array((cell.text == [0x31] ? "true" : "false").utf8)[...]
        // #N/A and the like say that there is no value.
        case "e": return []
        case "n" where workbook.styles.isDate(cell.style):
            let days = Double(String(decoding: cell.text, as: UTF8.self))
            return days.flatMap { workbook.styles.date($0) }.map { Array($0.utf8)[...] } ?? cell.text[...]
        case "n": return CellText.number(cell.text)[...]
        default: return cell.text[...]
        }
    }

    /// The column of a reference such as `AB12`, from 0; too large for what is none.
    private static func column(_ reference: String) -> Int {
        var column = 0
        for byte in reference.utf8 {
            guard (0x41...0x5A).contains(byte & 0xDF), byte >= 0x41 else { break }
            column = column * 26 + Int(byte & 0xDF) - 64
            if column > maximumColumn { return maximumColumn }
        }
        return column - 1
    }
}
