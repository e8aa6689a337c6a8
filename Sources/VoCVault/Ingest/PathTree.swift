/// The members of a source's objects, each with what becomes of it. Grows as objects have members that none had before.
struct PathTree {
    private struct Node {
        var key: [UInt8]
        var children: [Int] = []
    }

    private var nodes = [Node(key: [])]
    /// By node.
    private(set) var columns = [SourceMapping.Column(label: "", slots: [], place: nil, path: "", isIgnored: true)]
    /// Objects whose names are data, such as ids, would fill the memory.
    private static let maximum = 8192

    /// The member of an object, by the key's bytes with escapes resolved.
    mutating func child(of parent: Int, _ key: ArraySlice<UInt8>, _ mapping: SourceMapping) throws(RecordError) -> Int {
        for child in nodes[parent].children where nodes[child].key.elementsEqual(key) { return child }
        guard nodes.count < Self.maximum else { throw .wrongValue(field: "the object", expected: "of fewer different members") }
        let name = String(decoding: key, as: UTF8.self)
        let path = parent == 0 ? name : "\(columns[parent].label).\(name)"
        nodes.append(Node(key: Array(key)))
        columns.append(mapping.column([path], label: path))
        nodes[parent].children.append(nodes.count - 1)
        return nodes.count - 1
    }
}

extension JSONRecordReader {
    /// Reads an object's values, however deep, with the members that lead to each. Values in a list have the position of their item
    /// in the outermost list.
    mutating func leaves(
        _ bytes: [UInt8], _ range: Range<Int>, _ tree: inout PathTree, _ mapping: SourceMapping, _ arena: inout [UInt8], _ cells: inout [MappedReader.Cell]
    ) throws(RecordError) {
        begin(range)
        skipSpace(bytes)
        guard position < end, bytes[position] == 0x7B else { throw expected("an object") }
        try leaf(bytes, 0, -1, 1, &tree, mapping, &arena, &cells)
        skipSpace(bytes)
        guard position == end else { throw expected("the end of the line") }
    }

    private mutating func leaf(
        _ bytes: [UInt8], _ node: Int, _ item: Int, _ depth: Int, _ tree: inout PathTree, _ mapping: SourceMapping, _ arena: inout [UInt8],
        _ cells: inout [MappedReader.Cell]
    ) throws(RecordError) {
        guard depth <= Self.maximumDepth else { throw expected("less nesting") }
        guard position < end else { throw expected("a value") }
        switch bytes[position] {
        case 0x7B:
            position += 1
            if take(0x7D, bytes) { return }
            var seen: [Int] = []
            repeat {
                skipSpace(bytes)
                let key = try rawString(bytes)
                let child = try tree.child(of: node, hasEscapes ? Self.decoded(bytes, key)[...] : bytes[key], mapping)
                guard !seen.contains(child) else { throw .duplicateKey(position: key.lowerBound - start) }
                seen.append(child)
                guard take(0x3A, bytes) else { throw expected("a colon") }
                skipSpace(bytes)
                try leaf(bytes, child, item, depth + 1, &tree, mapping, &arena, &cells)
            } while take(0x2C, bytes)
            guard take(0x7D, bytes) else { throw expected("a comma or the end of the object") }
        case 0x5B:
            position += 1
            if take(0x5D, bytes) { return }
            var index = 0
            repeat {
                skipSpace(bytes)
                try leaf(bytes, node, item < 0 ? index : item, depth + 1, &tree, mapping, &arena, &cells)
                index += 1
            } while take(0x2C, bytes)
            guard take(0x5D, bytes) else { throw expected("a comma or the end of the list") }
        default:
            let value = try scalar(bytes, tree.columns[node].label, &arena)
            if let value, !value.isEmpty { cells.append(MappedReader.Cell(column: node, item: item, value: value)) }
        }
    }
}
