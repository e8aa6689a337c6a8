import Store

/// A prepared statement with the values of its next run.
final class PostgresStatement: Statement {
    private unowned let connection: PostgresConnection
    let name: String
    /// With `$1`, `$2` and so on.
    let sql: String
    private var values: [PostgresValue]

    /// - Parameter sql: with `?` for values.
    init(_ connection: PostgresConnection, name: String, sql: String) {
        (self.connection, self.name) = (connection, name)
        var (numbered, count, isQuoted) = ("", 0, false)
        for character in sql {
            if character == "'" { isQuoted.toggle() }
            if character == "?", !isQuoted {
                count += 1
                numbered += "$\(count)"
            } else {
                numbered.append(character)
            }
        }
        self.sql = numbered
        values = Array(repeating: .null, count: count)
    }

    /// The same statement, for another run.
    init(_ connection: PostgresConnection, _ other: PostgresStatement) {
        (self.connection, name, sql) = (connection, other.name, other.sql)
        values = Array(repeating: .null, count: other.values.count)
    }

    func bindNull(_ index: Int) { values[index - 1] = .null }

    func bind(_ index: Int, _ value: Int64) { values[index - 1] = .text(String(value)) }

    func bind(_ index: Int, _ value: Double) { values[index - 1] = .text(String(value)) }

    func bind(_ index: Int, _ value: String) { values[index - 1] = .text(value) }

    func bind(_ index: Int, _ value: UInt128) { values[index - 1] = .bytes(withUnsafeBytes(of: value.bigEndian) { ArraySlice($0) }) }

    func bind(_ index: Int, _ value: ArraySlice<UInt8>) { values[index - 1] = .bytes(value) }

    func run() throws { try connection.send(self) }

    func change() throws -> Int { try connection.execute(self).changed }

    func forEachRow(isLarge: Bool, _ body: (any Row) throws -> Bool) throws {
        guard isLarge else { return _ = try connection.execute(self).forEachRow(body) }
        try connection.forEachPortion(of: self) { try $0.forEachRow(body) }
    }

    typealias Parameters<R> = (
        Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) throws -> R

    /// Gives `body` the values as libpq takes them: bytes in binary, all else as text that ends with a zero.
    func withParameters<R>(_ body: Parameters<R>) throws -> R {
        var (bytes, places, lengths, formats): ([UInt8], [Int?], [Int32], [Int32]) = ([], [], [], [])
        for value in values {
            switch value {
            case .null: places.append(nil)
            case .text(let text):
                // It would end there.
                guard !text.utf8.contains(0) else { throw PostgresError(state: "22021") }
                places.append(bytes.count)
                bytes += text.utf8
            case .bytes(let value):
                places.append(bytes.count)
                bytes += value
            }
            lengths.append(Int32(bytes.count - (places.last! ?? bytes.count)))
            formats.append(value.isBinary ? 1 : 0)
            bytes.append(0)
        }
        return try bytes.withUnsafeBytes { bytes in
            let pointers = places.map { place in place.map { bytes.baseAddress!.advanced(by: $0).assumingMemoryBound(to: CChar.self) } }
            return try pointers.withUnsafeBufferPointer { try body(Int32(values.count), $0.baseAddress, lengths, formats) }
        }
    }
}

private enum PostgresValue {
    case null
    case text(String)
    case bytes(ArraySlice<UInt8>)

    var isBinary: Bool { if case .bytes = self { true } else { false } }
}
