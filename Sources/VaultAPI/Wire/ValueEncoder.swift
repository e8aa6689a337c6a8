import Wire

extension JSON {
    /// Encodes a value for the wire: member names in snake case, keys of dictionaries unchanged.
    package init<T: Encodable>(encoding value: T) throws {
        let node = Node()
        try node.encode(value)
        self = node.json
    }
}

/// What an encoder has written so far.
private final class Node {
    var scalar: JSON = .null
    var members: [String: Node]?
    var items: [Node]?

    var json: JSON {
        if let members { return .object(members.mapValues(\.json)) }
        if let items { return .array(items.map(\.json)) }
        return scalar
    }

    func encode<T: Encodable>(_ value: T) throws {
        if let map = value as? any StringKeyed {
            members = try map.encodedValues { value in
                let node = Node()
                try node.encode(value)
                return node
            }
        } else {
            try value.encode(to: ValueEncoder(node: self))
        }
    }

    func member(_ name: String) -> Node {
        let node = Node()
        members = members ?? [:]
        members![name] = node
        return node
    }

    func item() -> Node {
        let node = Node()
        items = items ?? []
        items!.append(node)
        return node
    }
}

private struct ValueEncoder: Encoder {
    let node: Node
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.members = node.members ?? [:]
        return KeyedEncodingContainer(Members(node: node))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.items = node.items ?? []
        return Items(node: node)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Scalar(node: node) }

    private struct Scalar: SingleValueEncodingContainer {
        let node: Node
        var codingPath: [any CodingKey] { [] }

        func encodeNil() { node.scalar = .null }
        func encode(_ value: Bool) { node.scalar = .boolean(value) }
        func encode(_ value: String) { node.scalar = .string(value) }
        func encode(_ value: Double) { node.scalar = .decimal(value) }
        func encode(_ value: Float) { node.scalar = .decimal(Double(value)) }
        func encode(_ value: Int) { node.scalar = .integer(Int64(value)) }
        func encode(_ value: Int8) { node.scalar = .integer(Int64(value)) }
        func encode(_ value: Int16) { node.scalar = .integer(Int64(value)) }
        func encode(_ value: Int32) { node.scalar = .integer(Int64(value)) }
        func encode(_ value: Int64) { node.scalar = .integer(value) }
        func encode(_ value: UInt) { node.scalar = .integer(Int64(value)) }
        func encode(_ value: UInt8) { node.scalar = .integer(Int64(value)) }
        func encode(_ value: UInt16) { node.scalar = .integer(Int64(value)) }
        func encode(_ value: UInt32) { node.scalar = .integer(Int64(value)) }
        func encode(_ value: UInt64) { node.scalar = .integer(Int64(value)) }
        func encode<T: Encodable>(_ value: T) throws { try node.encode(value) }
    }

    private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let node: Node
        var codingPath: [any CodingKey] { [] }

        private func member(_ key: Key) -> Node { node.member(key.stringValue.snakeCase) }

        func encodeNil(forKey key: Key) { member(key).scalar = .null }
        // Testing the type of each value would cost more than everything else.
        func encode(_ value: Bool, forKey key: Key) { member(key).scalar = .boolean(value) }
        func encode(_ value: String, forKey key: Key) { member(key).scalar = .string(value) }
        func encode(_ value: Double, forKey key: Key) { member(key).scalar = .decimal(value) }
        func encode(_ value: Int, forKey key: Key) { member(key).scalar = .integer(Int64(value)) }
        func encode(_ value: Int64, forKey key: Key) { member(key).scalar = .integer(value) }
        func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try member(key).encode(value) }
        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
            ValueEncoder(node: member(key)).container(keyedBy: type)
        }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { ValueEncoder(node: member(key)).unkeyedContainer() }
        func superEncoder() -> any Encoder { ValueEncoder(node: node.member("super")) }
        func superEncoder(forKey key: Key) -> any Encoder { ValueEncoder(node: member(key)) }
    }

    private struct Items: UnkeyedEncodingContainer {
        let node: Node
        var codingPath: [any CodingKey] { [] }
        var count: Int { node.items?.count ?? 0 }

        func encodeNil() { node.item().scalar = .null }
        func encode(_ value: String) { node.item().scalar = .string(value) }
        func encode<T: Encodable>(_ value: T) throws { try node.item().encode(value) }
        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
            ValueEncoder(node: node.item()).container(keyedBy: type)
        }
        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { ValueEncoder(node: node.item()).unkeyedContainer() }
        func superEncoder() -> any Encoder { ValueEncoder(node: node.item()) }
    }
}

/// A dictionary: its keys are data and stay unchanged.
protocol StringKeyed {
    static var valueType: any Decodable.Type { get }
    func encodedValues<R>(_ encode: (any Encodable) throws -> R) throws -> [String: R]
    static func decoded(_ members: [String: JSON]) throws -> Self
}

extension Dictionary: StringKeyed where Key == String, Value: Codable {
    static var valueType: any Decodable.Type { Value.self }
    func encodedValues<R>(_ encode: (any Encodable) throws -> R) throws -> [String: R] { try mapValues { try encode($0) } }
    static func decoded(_ members: [String: JSON]) throws -> [String: Value] { try members.mapValues { try $0.decoded(as: Value.self) } }
}

extension String {
    /// `nextCursor` as `next_cursor`.
    package var snakeCase: String {
        guard utf8.contains(where: { $0 &- 65 < 26 }) else { return self }
        var result = ""
        for character in self {
            if character.isUppercase { result += "_" }
            result += character.lowercased()
        }
        return result
    }
}
