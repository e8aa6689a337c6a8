/// Strings as JSON has them, in the one form of RFC 8785, section 3.2.2.2: the shortest escapes, and only those that are needed.
/// The audit log hashes what this writes.
package enum JSONText {
    package static func append(_ text: String, to output: inout [UInt8]) {
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
                default:
                    output += [0x75, 0x30, 0x30]
                    Hexadecimal.append(byte, to: &output)
                }
            }
            output.append(contentsOf: bytes[start...])
        }
        output.append(0x22)
    }
}
