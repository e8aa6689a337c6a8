import Store

/// Codes that nothing seals: `COLUMN=TEXT` a line.
package final class WrittenCodes: CodeOpener {
    package static let openers = CodeOpeners { WrittenCodes() }

    package static func codes(_ codes: [(column: String, text: String)]) -> [UInt8] { Array(codes.map { "\($0.column)=\($0.text)\n" }.joined().utf8) }

    package func texts(of column: String, in row: CodedRow) -> [String] {
        String(decoding: row.codes, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.hasPrefix("\(column)=") ? String(line.dropFirst(column.count + 1)) : nil
        }
    }
}
