extension JSON {
    /// Compact, in the form of RFC 8785: names in the order of their UTF-16 code units, the shortest escapes. Of numbers, only
    /// integers are in that form.
    package var bytes: [UInt8] {
        var output: [UInt8] = []
        append(to: &output)
        return output
    }

    package func append(to output: inout [UInt8]) {
        switch self {
        case .null: output += "null".utf8
        case .boolean(let value): output += (value ? "true" : "false").utf8
        case .integer(let value): output += String(value).utf8
        // JSON has no infinities.
        case .decimal(let value): output += (value.isFinite ? String(value) : "null").utf8
        case .string(let text): JSONText.append(text, to: &output)
        case .array(let items):
            output.append(0x5B)
            for (index, item) in items.enumerated() {
                if index > 0 { output.append(0x2C) }
                item.append(to: &output)
            }
            output.append(0x5D)
        case .object(let members):
            var object = Object()
            for (name, value) in members.sorted(by: { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }) { object.add(name, value, to: &output) }
            object.end(&output)
        }
    }

    /// An object that is written member by member, in the order in which they come.
    package struct Object {
        private var isEmpty = true

        package init() {}

        /// The rest of an object that others have begun.
        package static var continued: Object {
            var object = Object()
            object.isEmpty = false
            return object
        }

        /// Writes what stands before a member's value; the value is to follow.
        package mutating func begin(_ name: String, in output: inout [UInt8]) {
            output.append(isEmpty ? 0x7B : 0x2C)
            isEmpty = false
            JSONText.append(name, to: &output)
            output.append(0x3A)
        }

        package mutating func add(_ name: String, _ value: JSON, to output: inout [UInt8]) {
            begin(name, in: &output)
            value.append(to: &output)
        }

        package mutating func add(_ name: String, _ text: String, to output: inout [UInt8]) {
            begin(name, in: &output)
            JSONText.append(text, to: &output)
        }

        /// Call it once, at the end.
        package func end(_ output: inout [UInt8]) {
            if isEmpty { output.append(0x7B) }
            output.append(0x7D)
        }
    }
}
