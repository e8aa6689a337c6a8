import RedactedAPI
import Store

/// Writes a JSON object member by member.
enum JSONObject {
    enum Member: Sendable {
        case string(String)
        case number(String)
        case null
        /// A value that is JSON already.
        case raw(String)

        /// The value without quotes; empty for null.
        var text: String {
            switch self {
            case .string(let text), .number(let text), .raw(let text): text
            case .null: ""
            }
        }

        init(_ value: StoredValue) {
            self = switch value {
            case .null: .null
            case .integer(let integer): .number(String(integer))
            case .real(let real): .number(String(real))
            case .text(let text): .string(text)
            }
        }
    }

    static func begin(_ output: inout [UInt8]) { output.append(0x7B) }

    static func add(_ name: String, _ value: Member, to output: inout [UInt8]) {
        if output.last != 0x7B { output.append(0x2C) }
        JSONText.append(name, to: &output)
        output.append(0x3A)
        switch value {
        case .string(let text): JSONText.append(text, to: &output)
        case .number(let text), .raw(let text): output += Array(text.utf8)
        case .null: output += Array("null".utf8)
        }
    }
}
