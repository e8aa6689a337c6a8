import RedactedAPI
import StrictJSON

extension JSON {
    /// Compact, with sorted names.
    package var bytes: [UInt8] {
        var output: [UInt8] = []
        append(to: &output)
        return output
    }

    private func append(to output: inout [UInt8]) {
        switch self {
        case .null: RowText.appendJSON(.null, to: &output)
        case .boolean(let value): RowText.appendJSON(.boolean(value), to: &output)
        case .integer(let value): RowText.appendJSON(.integer(value), to: &output)
        case .decimal(let value): RowText.appendJSON(.decimal(value), to: &output)
        case .string(let text): RowText.appendJSON(text, to: &output)
        case .array(let items):
            output.append(0x5B)
            for (index, item) in items.enumerated() {
                if index > 0 { output.append(0x2C) }
                item.append(to: &output)
            }
            output.append(0x5D)
        case .object(let members):
            output.append(0x7B)
            for (index, (name, value)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { output.append(0x2C) }
                RowText.appendJSON(name, to: &output)
                output.append(0x3A)
                value.append(to: &output)
            }
            output.append(0x7D)
        }
    }
}
