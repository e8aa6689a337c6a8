/// Writes JSON in the canonical form of RFC 8785, as far as the log needs it: sorted names, no white space, shortest escapes,
/// integers only.
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
        case .integer(let integer): output += String(integer).utf8
        case .array(let values):
            output.append(0x5B)
            for (index, value) in values.enumerated() {
                if index > 0 { output.append(0x2C) }
                value.write(to: &output)
            }
            output.append(0x5D)
        case .object(let members):
            output.append(0x7B)
            // RFC 8785 sorts by UTF-16 code units.
            for (index, member) in members.sorted(by: { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }).enumerated() {
                if index > 0 { output.append(0x2C) }
                Self.write(member.key, to: &output)
                output.append(0x3A)
                member.value.write(to: &output)
            }
            output.append(0x7D)
        }
    }

    /// An object whose members are added in canonical order and whose names need no escapes.
    struct Members {
        private var output: [UInt8] = []

        init() {
            output.reserveCapacity(640)
            output.append(0x7B)
        }

        mutating func add(_ name: String, _ value: CanonicalJSON) {
            begin(name)
            value.write(to: &output)
        }

        mutating func add(_ name: String, _ text: String) {
            begin(name)
            CanonicalJSON.write(text, to: &output)
        }

        private mutating func begin(_ name: String) {
            if output.count > 1 { output.append(0x2C) }
            output.append(0x22)
            output += name.utf8
            output.append(0x22)
            output.append(0x3A)
        }

        /// Returns the whole object. Call it once.
        mutating func finish() -> [UInt8] {
            output.append(0x7D)
            return output
        }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)

    private static func write(_ text: String, to output: inout [UInt8]) {
        var text = text
        output.append(0x22)
        text.withUTF8 { bytes in
            var start = 0
            for index in 0..<bytes.count where bytes[index] < 0x20 || bytes[index] == 0x22 || bytes[index] == 0x5C {
                output.append(contentsOf: bytes[start..<index])
                start = index + 1
                output.append(0x5C)
                let byte = bytes[index]
                switch byte {
                case 0x22, 0x5C: output.append(byte)
                case 0x08: output.append(0x62)
                case 0x09: output.append(0x74)
                case 0x0A: output.append(0x6E)
                case 0x0C: output.append(0x66)
                case 0x0D: output.append(0x72)
                default: output += [0x75, 0x30, 0x30, hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
                }
            }
            output.append(contentsOf: bytes[start...])
        }
        output.append(0x22)
    }
}
