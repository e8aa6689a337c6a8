/// A JSON value (RFC 8259) of a request from the network.
///
/// A strict parser of our own reads it: a body with a repeated name must not mean one thing to a proxy's check and another to the
/// vault, and a deeply nested one must not exhaust the stack.
package enum JSON: Equatable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case decimal(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    package subscript(name: String) -> JSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var integer: Int? { if case .integer(let number) = self { Int(number) } else { nil } }
    package var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    package var array: [JSON]? { if case .array(let items) = self { items } else { nil } }
    package var object: [String: JSON]? { if case .object(let members) = self { members } else { nil } }
    package var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .decimal(let number): number
        default: nil
        }
    }

    /// Where and why bytes are not JSON.
    package struct SyntaxError: Error {
        package var offset: Int
        package var message: String
    }

    /// - Parameter bytes: one value in UTF-8, with nothing but white space around it.
    package init(parsing bytes: [UInt8]) throws(SyntaxError) {
        var parser = Parser(bytes: bytes)
        parser.skipSpace()
        self = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.error("nothing may follow the value") }
    }

    private struct Parser {
        let bytes: [UInt8]
        var position = 0

        func error(_ message: String) -> SyntaxError { SyntaxError(offset: position, message: message) }

        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipSpace() {
            while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            position += 1
            return true
        }

        private mutating func word(_ text: StaticString, _ value: JSON) throws(SyntaxError) -> JSON {
            let length = text.utf8CodeUnitCount
            guard position + length <= bytes.count, bytes[position..<position + length].elementsEqual("\(text)".utf8) else {
                throw error("a value expected")
            }
            position += length
            return value
        }

        mutating func value(depth: Int) throws(SyntaxError) -> JSON {
            guard depth < 32 else { throw error("nested too deeply") }
            switch next {
            case 0x7B: return try object(depth: depth)
            case 0x5B: return try array(depth: depth)
            case 0x22: return .string(try string())
            case 0x74: return try word("true", .boolean(true))
            case 0x66: return try word("false", .boolean(false))
            case 0x6E: return try word("null", .null)
            default: return try number()
            }
        }

        private mutating func object(depth: Int) throws(SyntaxError) -> JSON {
            position += 1
            var members: [String: JSON] = [:]
            skipSpace()
            if take(0x7D) { return .object(members) }
            repeat {
                skipSpace()
                guard next == 0x22 else { throw error("a name in quotes expected") }
                let name = try string()
                skipSpace()
                guard take(0x3A) else { throw error("':' expected") }
                skipSpace()
                guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else { throw error("a name appears twice") }
                skipSpace()
            } while take(0x2C)
            guard take(0x7D) else { throw error("',' or '}' expected") }
            return .object(members)
        }

        private mutating func array(depth: Int) throws(SyntaxError) -> JSON {
            position += 1
            var items: [JSON] = []
            skipSpace()
            if take(0x5D) { return .array(items) }
            repeat {
                skipSpace()
                items.append(try value(depth: depth + 1))
                skipSpace()
            } while take(0x2C)
            guard take(0x5D) else { throw error("',' or ']' expected") }
            return .array(items)
        }

        private mutating func string() throws(SyntaxError) -> String {
            position += 1
            var text: [UInt8] = []
            while let byte = next {
                position += 1
                switch byte {
                case 0x22:
                    guard let string = String(validating: text, as: UTF8.self) else { throw error("not UTF-8") }
                    guard !text.contains(0) else { throw error("NUL (U+0000) in a text") }
                    return string
                case 0x5C: try escape(to: &text)
                case ..<0x20: throw error("a control character in a text")
                default: text.append(byte)
                }
            }
            throw error("a text without its closing quote")
        }

        private mutating func escape(to text: inout [UInt8]) throws(SyntaxError) {
            guard let byte = next else { throw error("an escape without its character") }
            position += 1
            switch byte {
            case 0x22, 0x5C, 0x2F: text.append(byte)
            case 0x62: text.append(0x08)
            case 0x66: text.append(0x0C)
            case 0x6E: text.append(0x0A)
            case 0x72: text.append(0x0D)
            case 0x74: text.append(0x09)
            case 0x75:
                var code = try codeUnit()
                if code & 0xFC00 == 0xD800 {
                    guard take(0x5C), take(0x75) else { throw error("half a surrogate pair") }
                    let low = try codeUnit()
                    guard low & 0xFC00 == 0xDC00 else { throw error("half a surrogate pair") }
                    code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
                }
                guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair") }
                text += Array(String(Character(scalar)).utf8)
            default: throw error("an unknown escape")
            }
        }

        private mutating func codeUnit() throws(SyntaxError) -> UInt32 {
            guard position + 4 <= bytes.count,
                bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
            else { throw error("four hexadecimal digits expected") }
            position += 4
            return code
        }

        private mutating func digits() throws(SyntaxError) {
            let start = position
            while let byte = next, byte &- 48 < 10 { position += 1 }
            guard position > start else { throw error("a value expected") }
        }

        private mutating func number() throws(SyntaxError) -> JSON {
            let start = position
            _ = take(0x2D)
            let first = position
            try digits()
            guard bytes[first] != 0x30 || position == first + 1 else { throw error("a number with a leading zero") }
            var isInteger = true
            if take(0x2E) {
                isInteger = false
                try digits()
            }
            if next == 0x65 || next == 0x45 {
                isInteger = false
                position += 1
                if !take(0x2B) { _ = take(0x2D) }
                try digits()
            }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            if isInteger, let integer = Int64(text) { return .integer(integer) }
            guard let decimal = Double(text), decimal.isFinite else { throw error("a number out of range") }
            // To JSON Schema, 1.0 and 1e2 are whole numbers.
            return decimal == decimal.rounded() && abs(decimal) < 9e15 ? .integer(Int64(decimal)) : .decimal(decimal)
        }
    }
}
