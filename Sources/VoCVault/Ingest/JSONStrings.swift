/// What stands between quotes, and keys.
extension JSONRecordReader {
    /// Length of the well-formed UTF-8 sequence at a position (Unicode table 3-7); 0 if ill-formed.
    static func sequenceLength(_ bytes: [UInt8], at index: Int, end: Int) -> Int {
        let lead = bytes[index]
        // Han and kana: most of what is not ASCII.
        if lead &- 0xE3 < 0xED - 0xE3, index + 3 <= end { return bytes[index + 1] & 0xC0 == 0x80 && bytes[index + 2] & 0xC0 == 0x80 ? 3 : 0 }
        func continues(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
            index + offset < end && bytes[index + offset] >= low && bytes[index + offset] <= high
        }
        switch lead {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return continues(1) ? 2 : 0
        case 0xE0: return continues(1, 0xA0) && continues(2) ? 3 : 0
        case 0xED: return continues(1, 0x80, 0x9F) && continues(2) ? 3 : 0
        case 0xE1...0xEF: return continues(1) && continues(2) ? 3 : 0
        case 0xF0: return continues(1, 0x90) && continues(2) && continues(3) ? 4 : 0
        case 0xF1...0xF3: return continues(1) && continues(2) && continues(3) ? 4 : 0
        case 0xF4: return continues(1, 0x80, 0x8F) && continues(2) && continues(3) ? 4 : 0
        default: return 0
        }
    }

    static func hex4(_ bytes: [UInt8], _ index: Int, _ end: Int) -> UInt32? {
        guard index + 4 <= end else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            let byte = bytes[index + offset]
            switch byte {
            case 48...57: value = value << 4 | UInt32(byte - 48)
            case 65...70: value = value << 4 | UInt32(byte - 55)
            case 97...102: value = value << 4 | UInt32(byte - 87)
            default: return nil
            }
        }
        return value
    }

    /// Appends a checked string's content with its escapes resolved.
    static func decode(_ bytes: [UInt8], _ range: Range<Int>, to arena: inout [UInt8]) -> Range<Int> {
        let from = arena.count
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            guard byte == 0x5C else {
                arena.append(byte)
                index += 1
                continue
            }
            let kind = bytes[index + 1]
            index += 2
            switch kind {
            case 0x62: arena.append(0x08)
            case 0x66: arena.append(0x0C)
            case 0x6E: arena.append(0x0A)
            case 0x72: arena.append(0x0D)
            case 0x74: arena.append(0x09)
            case 0x75:
                var scalar = hex4(bytes, index, range.upperBound)!
                index += 4
                if (0xD800...0xDBFF).contains(scalar) {
                    let low = hex4(bytes, index + 2, range.upperBound)!
                    index += 6
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
                }
                arena.append(contentsOf: UTF8.encode(Unicode.Scalar(scalar)!)!)
            default: arena.append(kind)
            }
        }
        return from..<arena.count
    }

    static func copy(_ bytes: [UInt8], _ range: Range<Int>, to arena: inout [UInt8]) -> Range<Int> {
        let from = arena.count
        arena.append(contentsOf: bytes[range])
        return from..<arena.count
    }

    static func isNull(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        range.count == 4 && bytes[range.lowerBound] == 0x6E
    }

    static func decoded(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
        var text: [UInt8] = []
        _ = decode(bytes, range, to: &text)
        return text
    }

    /// Whether two keys are equal once their escapes are resolved.
    func isEqual(_ bytes: [UInt8], _ a: Range<Int>, _ b: Range<Int>) -> Bool {
        if !escapedKeys.isEmpty {
            func text(_ key: Range<Int>) -> ArraySlice<UInt8> { escapedKeys.first { $0.place == key.lowerBound }?.key[...] ?? bytes[key] }
            return text(a) == text(b)
        }
        guard a.count == b.count else { return false }
        for offset in 0..<a.count where bytes[a.lowerBound + offset] != bytes[b.lowerBound + offset] { return false }
        return true
    }

    /// Keeps what the schema does not classify, as written.
    static func appendMember(
        _ bytes: [UInt8], _ section: FieldTable.Section, _ key: Range<Int>, _ value: Range<Int>,
        _ fields: inout RecordFields
    ) {
        fields.unclassified.append(fields.unclassified.isEmpty ? 0x7B : 0x2C)
        fields.unclassified.append(0x22)
        switch section {
        case .top: break
        case .customer: fields.unclassified.append(contentsOf: "customer.".utf8)
        case .attributes: fields.unclassified.append(contentsOf: "attributes.".utf8)
        }
        fields.unclassified.append(contentsOf: bytes[key])
        fields.unclassified.append(contentsOf: [0x22, 0x3A])
        fields.unclassified.append(contentsOf: bytes[value])
        guard section == .customer, value.count > 1 else { return }
        if bytes[value.lowerBound] == 0x22 {
            let inner = value.lowerBound + 1..<value.upperBound - 1
            fields.customerExtras.append(decode(bytes, inner, to: &fields.arena))
        } else if bytes[value.lowerBound] &- 48 < 10 {
            fields.customerExtras.append(copy(bytes, value, to: &fields.arena))
        }
    }
}
