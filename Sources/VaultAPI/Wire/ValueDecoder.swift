import Wire

extension JSON {
    /// Decodes this JSON as a value of a type; see ``JSON/init(encoding:)``.
    package func decoded<T: Decodable>(as type: T.Type) throws -> T {
        if let map = type as? any StringKeyed.Type {
            guard let members = object else { throw ValueDecoder(value: self, codingPath: []).mismatch(type) }
            return try map.decoded(members) as! T
        }
        return try T(from: ValueDecoder(value: self, codingPath: []))
    }
}

private struct ValueDecoder: Decoder {
    let value: JSON
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func mismatch<T>(_ type: T.Type) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "another type"))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let members = value.object else { throw mismatch([String: JSON].self) }
        return KeyedDecodingContainer(Members(members: members, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let items = value.array else { throw mismatch([JSON].self) }
        return Items(items: items, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Scalar(decoder: self) }

    private func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
        guard case .integer(let number) = value, let exact = T(exactly: number) else { throw mismatch(type) }
        return exact
    }

    private struct Scalar: SingleValueDecodingContainer {
        let decoder: ValueDecoder
        var codingPath: [any CodingKey] { decoder.codingPath }

        func decodeNil() -> Bool { decoder.value == .null }
        func decode(_ type: Bool.Type) throws -> Bool { try decoder.value.boolean ?? { throw decoder.mismatch(type) }() }
        func decode(_ type: String.Type) throws -> String { try decoder.value.string ?? { throw decoder.mismatch(type) }() }
        func decode(_ type: Double.Type) throws -> Double { try decoder.value.number ?? { throw decoder.mismatch(type) }() }
        func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
        func decode(_ type: Int.Type) throws -> Int { try decoder.integer(type) }
        func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer(type) }
        func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer(type) }
        func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer(type) }
        func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer(type) }
        func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer(type) }
        func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer(type) }
        func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer(type) }
        func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer(type) }
        func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer(type) }
        func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.value.decoded(as: type) }
    }

    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: [String: JSON]
        let codingPath: [any CodingKey]
        var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { members[key.stringValue.snakeCase] != nil }

        private func member(_ key: Key) throws -> JSON {
            guard let value = members[key.stringValue.snakeCase] else {
                throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "a member is missing"))
            }
            return value
        }

        func decodeNil(forKey key: Key) throws -> Bool { if case .null = try member(key) { true } else { false } }
        // Testing the type of each element would cost more than everything else.
        func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try member(key).boolean ?? { throw mismatch(type, key) }() }
        func decode(_ type: String.Type, forKey key: Key) throws -> String { try member(key).string ?? { throw mismatch(type, key) }() }
        func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try member(key).integer ?? { throw mismatch(type, key) }() }
        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try member(key).decoded(as: type) }
        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
            try decoder(key).container(keyedBy: type)
        }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try decoder(key).unkeyedContainer() }
        func superDecoder() -> any Decoder { ValueDecoder(value: .object(members), codingPath: codingPath) }
        func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

        private func mismatch<T>(_ type: T.Type, _ key: Key) -> DecodingError { ValueDecoder(value: .null, codingPath: codingPath + [key]).mismatch(type) }

        private func decoder(_ key: Key) throws -> ValueDecoder { ValueDecoder(value: try member(key), codingPath: codingPath + [key]) }
    }

    private struct Items: UnkeyedDecodingContainer {
        let items: [JSON]
        let codingPath: [any CodingKey]
        var currentIndex = 0
        var count: Int? { items.count }
        var isAtEnd: Bool { currentIndex == items.count }

        private mutating func next() throws -> JSON {
            guard !isAtEnd else { throw DecodingError.valueNotFound(JSON.self, .init(codingPath: codingPath, debugDescription: "the list has ended")) }
            defer { currentIndex += 1 }
            return items[currentIndex]
        }

        mutating func decodeNil() throws -> Bool {
            guard !isAtEnd, items[currentIndex] == .null else { return false }
            currentIndex += 1
            return true
        }
        mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decoded(as: type) }
        mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
            try ValueDecoder(value: next(), codingPath: codingPath).container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try ValueDecoder(value: next(), codingPath: codingPath).unkeyedContainer()
        }
        mutating func superDecoder() throws -> any Decoder { ValueDecoder(value: try next(), codingPath: codingPath) }
    }
}
