/// Digits of bytes, two each, in lower case.
package enum Hexadecimal {
    static let digits = Array("0123456789abcdef".utf8)

    package static func append(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(digits[Int(byte >> 4)])
        output.append(digits[Int(byte & 15)])
    }
}

extension Sequence<UInt8> {
    /// Such as `00ff`.
    package var hexadecimal: String {
        var output: [UInt8] = []
        output.reserveCapacity(2 * underestimatedCount)
        for byte in self { Hexadecimal.append(byte, to: &output) }
        return String(decoding: output, as: UTF8.self)
    }
}
