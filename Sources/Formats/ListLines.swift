/// Brings the objects of a JSON text to one line each, while it is read: the items of a list, of a list somewhere in an object, or
/// objects one after another.
///
/// Looks at the structure alone: what an object says is for the reader of lines to check.
package final class ListLines {
    private enum Part {
        /// Before the list: within these objects, by the names that led there.
        case outside
        /// Between the list's items, or before the first.
        case list
        case item
        /// After it.
        case over
    }

    private let blocks: Blocks
    /// The names that lead to the list; nil: the first list of objects.
    private let path: [String]?
    private var part = Part.outside
    private var names: [String] = []
    private var key: [UInt8] = []
    private var isKey = false
    private var inString = false
    private var isEscaped = false
    private var depth = 0
    /// Open brackets outside the list: `{` or `[`.
    private var open: [UInt8] = []
    private var hasFound = false
    private var output: [UInt8] = []
    /// JSON of a real tool is not as deep; a deeper one would only exhaust memory.
    private static let maximumDepth = 128

    /// - Parameter path: such as `data.items`; empty for a list at the top; nil to take the first list of objects.
    package init(_ blocks: @escaping Blocks, path: String?) {
        (self.blocks, self.path) = (blocks, path.map { $0.split(separator: ".").map(String.init) })
    }

    /// The next lines; nil at the end.
    package func next() throws -> ArraySlice<UInt8>? {
        while true {
            guard let block = try blocks(), !block.isEmpty else {
                if part == .item { throw FormatError.damaged("the JSON") }
                guard hasFound else { throw FormatError.noList(path?.joined(separator: ".") ?? "") }
                return nil
            }
            output.removeAll(keepingCapacity: true)
            for byte in block { try take(byte) }
            if !output.isEmpty { return output[...] }
        }
    }

    private func take(_ byte: UInt8) throws {
        switch part {
        case .item: item(byte)
        case .list: try list(byte)
        case .outside: try outside(byte)
        case .over:
            // The members of an object beside its list are about the list; a second list would be lost.
            if open.isEmpty, ![0x20, 0x09, 0x0A, 0x0D].contains(byte) { throw FormatError.damaged("the JSON: it goes on after its list, and") }
        }
    }

    private func item(_ byte: UInt8) {
        if inString {
            if isEscaped { isEscaped = false } else if byte == 0x5C { isEscaped = true } else if byte == 0x22 { inString = false }
            // A string must not contain a line end; the reader says so.
            output.append(byte == 0x0A ? 0x01 : byte)
            return
        }
        switch byte {
        case 0x22: inString = true
        case 0x7B, 0x5B: depth += 1
        case 0x7D, 0x5D:
            depth -= 1
            if depth == 0 {
                output.append(contentsOf: [byte, 0x0A])
                part = .list
                return
            }
        case 0x0A, 0x0D:
            output.append(0x20)
            return
        default: break
        }
        output.append(byte)
    }

    private func list(_ byte: UInt8) throws {
        switch byte {
        case 0x7B:
            hasFound = true
            (part, depth, inString, isEscaped) = (.item, 1, false, false)
            output.append(byte)
        case 0x5D:
            // An empty list says nothing, unless it is all there is.
            hasFound = hasFound || open.isEmpty
            (part, isKey) = (hasFound ? .over : .outside, false)
        case 0x20, 0x09, 0x0A, 0x0D, 0x2C: break
        default:
            guard path == nil, !hasFound else { throw FormatError.noList(path?.joined(separator: ".") ?? "") }
            // A list of something else.
            (part, isKey) = (.outside, false)
            open.append(0x5B)
            names.append("")
            try outside(byte)
        }
    }

    private func outside(_ byte: UInt8) throws {
        if inString {
            if isEscaped { isEscaped = false } else if byte == 0x5C { isEscaped = true } else if byte == 0x22 { inString = false }
            if isKey, inString, key.count < 256 { key.append(byte) }
            return
        }
        switch byte {
        case 0x22:
            inString = true
            if isKey { key.removeAll(keepingCapacity: true) }
        case 0x3A: isKey = false
        case 0x2C: isKey = open.last == 0x7B
        case 0x7B:
            try push(byte)
            isKey = true
        case 0x5B:
            if isList {
                hasFound = hasFound || path != nil
                part = .list
            } else {
                try push(byte)
                isKey = false
            }
        case 0x7D, 0x5D:
            guard !open.isEmpty else { throw FormatError.damaged("the JSON") }
            open.removeLast()
            names.removeLast()
            isKey = false
        default: break
        }
    }

    private func push(_ byte: UInt8) throws {
        guard open.count < Self.maximumDepth else { throw FormatError.tooLarge("the JSON is nested more than \(Self.maximumDepth) levels deep") }
        // The outermost value has no name, nor has an item of a list.
        names.append(open.last == 0x7B ? String(decoding: key, as: UTF8.self) : "")
        open.append(byte)
    }

    /// Whether the list that begins here is the one.
    private var isList: Bool {
        guard let path else { return true }
        guard !open.contains(0x5B) else { return false }
        guard open.last == 0x7B else { return path.isEmpty }
        return names.dropFirst() + [String(decoding: key, as: UTF8.self)] == path[...]
    }
}

/// Objects one after another, each written over several lines, as one line each.
package final class ObjectLines {
    private let blocks: Blocks
    private var depth = 0
    private var inString = false
    private var isEscaped = false

    package init(_ blocks: @escaping Blocks) { self.blocks = blocks }

    package func next() throws -> ArraySlice<UInt8>? {
        guard let block = try blocks(), !block.isEmpty else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(block.count + 64)
        for byte in block {
            if inString {
                if isEscaped { isEscaped = false } else if byte == 0x5C { isEscaped = true } else if byte == 0x22 { inString = false }
                output.append(byte == 0x0A ? 0x01 : byte)
                continue
            }
            switch byte {
            case 0x22: inString = true
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D: depth -= 1
            case 0x0A, 0x0D:
                output.append(0x20)
                continue
            default: break
            }
            output.append(byte)
            if depth == 0, byte == 0x7D { output.append(0x0A) }
        }
        return output[...]
    }
}
