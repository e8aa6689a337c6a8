/// Texts of cells.
enum CellText {
    /// Resolves `_x000D_`, as XML cannot contain every character (ECMA-376, part 1, 22.9.2.19).
    static func unescaped(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(0x5F) else { return text }
        var (result, index) = ([UInt8](), 0)
        while index < text.count {
            if text[index] == 0x5F, index + 6 < text.count, text[index + 1] | 0x20 == 0x78, text[index + 6] == 0x5F,
                let code = UInt32(String(decoding: text[index + 2..<index + 6], as: UTF8.self), radix: 16), let scalar = Unicode.Scalar(code)
            {
                result += Array(String(Character(scalar)).utf8)
                index += 7
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    /// A number as a person sees it: a phone number without a point or an exponent, and 0.1 not as 0.10000000000000001.
    static func number(_ text: [UInt8]) -> [UInt8] {
        if text.allSatisfy({ $0 &- 48 < 10 }) { return text }
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return text }
        if value == value.rounded(), abs(value) < 1e18 { return Array("\(Int64(value))".utf8) }
        return Array("\(value)".utf8)
    }

    /// Appends a value of a CSV, in quotes where it needs them.
    static func append(_ value: ArraySlice<UInt8>, to line: inout [UInt8]) {
        guard value.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else {
            line += value
            return
        }
        line.append(0x22)
        for byte in value {
            if byte == 0x22 { line.append(0x22) }
            line.append(byte)
        }
        line.append(0x22)
    }
}
