/// Writes JSON in the one form of RFC 8785 that the log's values need: keys sorted, no spaces,
/// shortest escapes, integers only.
public enum CanonicalJSON: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case array([CanonicalJSON])
    case object([String: CanonicalJSON])

    public var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .string(let text): Self.write(text, to: &output)
        case .integer(let integer): output += Array(String(integer).utf8)
        case .array(let values):
            output.append(0x5B)
            for (index, value) in values.enumerated() {
                if index > 0 { output.append(0x2C) }
                value.write(to: &output)
            }
            output.append(0x5D)
        case .object(let members):
            // RFC 8785 sorts by UTF-16 code units.
            Self.write(members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }, to: &output)
        }
    }

    /// An object whose members stand in canonical order.
    static func bytes(ofSorted members: [(key: String, value: CanonicalJSON)]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(512)
        write(members, to: &output)
        return output
    }

    private static func write(_ members: [(key: String, value: CanonicalJSON)], to output: inout [UInt8]) {
        output.append(0x7B)
        for (index, member) in members.enumerated() {
            if index > 0 { output.append(0x2C) }
            write(member.key, to: &output)
            output.append(0x3A)
            member.value.write(to: &output)
        }
        output.append(0x7D)
    }

    private static func write(_ text: String, to output: inout [UInt8]) {
        output.append(0x22)
        let utf8 = text.utf8
        guard utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
            output += utf8
            return output.append(0x22)
        }
        for byte in utf8 {
            switch byte {
            case 0x22, 0x5C: output += [0x5C, byte]
            case 0x08: output += [0x5C, 0x62]
            case 0x09: output += [0x5C, 0x74]
            case 0x0A: output += [0x5C, 0x6E]
            case 0x0C: output += [0x5C, 0x66]
            case 0x0D: output += [0x5C, 0x72]
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                output += [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: output.append(byte)
            }
        }
        output.append(0x22)
    }
}
