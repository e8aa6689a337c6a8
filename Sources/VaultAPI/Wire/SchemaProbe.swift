import RedactedAPI

/// A type with its own schema, instead of one derived from its members.
package protocol SchemaDescribing {
    static var schema: Schema { get }
    /// Any value.
    static var example: Self { get }
}

extension Schema {
    /// The schema of a type's values, derived from how they are decoded.
    ///
    /// - Parameter members: schemas of members of the outermost object, by name, where the type says too little.
    package init<T: Decodable>(of type: T.Type, members: [String: Schema] = [:]) {
        self = Probe.schema(of: type).replacing(members)
    }

    private func replacing(_ members: [String: Schema]) -> Schema {
        guard case .object(let properties) = self else { return self }
        let unknown = Set(members.keys).subtracting(properties.map(\.name))
        precondition(unknown.isEmpty, "there is no member \(unknown.sorted())")
        return .object(
            properties.map { property in
                guard let better = members[property.name] else { return property }
                if case .nullable = property.schema { return Property(name: property.name, schema: .nullable(better), isRequired: property.isRequired) }
                return Property(name: property.name, schema: better, isRequired: property.isRequired)
            })
    }
}

/// Decodes a value from nothing and notes what the type asks for.
private enum Probe {
    /// Longest text in a reply.
    static let longestText = 20_000_000
    static let text = Schema.string(length: 0...longestText, about: "")

    static func schema<T: Decodable>(of type: T.Type) -> Schema { probe(type).schema }

    /// The schema of a type, and a sample value.
    static func probe<T: Decodable>(_ type: T.Type) -> (schema: Schema, example: T) {
        switch type {
        case is String.Type: return (text, "" as! T)
        case is Bool.Type: return (.boolean(about: ""), false as! T)
        case is Double.Type: return (.number(-1e300...1e300), 0.0 as! T)
        case is Int.Type: return (.integer(Int.min...Int.max, about: ""), 0 as! T)
        case is Int64.Type: return (.integer(Int.min...Int.max, about: ""), Int64(0) as! T)
        case let type as any SchemaDescribing.Type: return (type.schema, type.example as! T)
        case let type as any StringKeyed.Type: return (.map(schema(of: type.valueType)), try! type.decoded([:]) as! T)
        case let type as any Listed.Type: return (.array(schema(of: type.elementType), count: 0...1_000_000), type.none as! T)
        case let type as any Nothing.Type: return (.nullable(schema(of: type.wrappedType)), type.nothing as! T)
        default:
            let notes = Notes()
            let example = try! T(from: ProbeDecoder(notes: notes))
            return (.object(notes.properties), example)
        }
    }
}

private final class Notes {
    var properties: [Schema.Property] = []
}

private struct ProbeDecoder: Decoder {
    let notes: Notes
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> { KeyedDecodingContainer(Members(notes: notes)) }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { fatalError("lists are described by their type") }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { fatalError("a type that is a single value has to describe itself") }

    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let notes: Notes
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { [] }

        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) -> Bool { false }

        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) -> T {
            let (schema, example) = Probe.probe(type)
            notes.properties.append(.init(name: key.stringValue.snakeCase, schema: schema, isRequired: true))
            return example
        }

        private func note<T: Decodable>(_ type: T.Type, _ key: Key) -> T? {
            notes.properties.append(.init(name: key.stringValue.snakeCase, schema: Probe.schema(of: type), isRequired: false))
            return nil
        }

        func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) -> T? { note(type, key) }
        // The protocol's default implementations would ask for the value.
        func decodeIfPresent(_ type: Bool.Type, forKey key: Key) -> Bool? { note(type, key) }
        func decodeIfPresent(_ type: String.Type, forKey key: Key) -> String? { note(type, key) }
        func decodeIfPresent(_ type: Double.Type, forKey key: Key) -> Double? { note(type, key) }
        func decodeIfPresent(_ type: Int.Type, forKey key: Key) -> Int? { note(type, key) }
        func decodeIfPresent(_ type: Int64.Type, forKey key: Key) -> Int64? { note(type, key) }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedDecodingContainer<Nested> { fatalError("not used") }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { fatalError("not used") }
        func superDecoder() -> any Decoder { fatalError("not used") }
        func superDecoder(forKey key: Key) -> any Decoder { fatalError("not used") }
    }
}

/// An enumeration whose values the schema lists.
package protocol Word: RawRepresentable, CaseIterable, Codable, Sendable, SchemaDescribing where RawValue == String {}

extension Word {
    package static var schema: Schema { .choice(allCases.map(\.rawValue)) }
    package static var example: Self { allCases.first! }
}

private protocol Listed {
    static var elementType: any Decodable.Type { get }
    static var none: Self { get }
}

extension Array: Listed where Element: Decodable {
    fileprivate static var elementType: any Decodable.Type { Element.self }
    fileprivate static var none: [Element] { [] }
}

private protocol Nothing {
    static var wrappedType: any Decodable.Type { get }
    static var nothing: Self { get }
}

extension Nullable: Nothing {
    fileprivate static var wrappedType: any Decodable.Type { Value.self }
    fileprivate static var nothing: Nullable<Value> { Nullable(wrappedValue: nil) }
}

extension Timestamp: SchemaDescribing {
    package static var schema: Schema { .time }
    package static var example: Timestamp { Timestamp(milliseconds: 0) }
}

extension Condition: SchemaDescribing {
    package static var schema: Schema { .text("such as rating <= 2 and text contains '空调'", 1...4000) }
    package static var example: Condition { .and([]) }
}

extension Value: SchemaDescribing {
    package static var schema: Schema { .scalar }
    package static var example: Value { .null }
}

extension Bytes: SchemaDescribing {
    package static var schema: Schema { .text("", 0...1) }
    package static var example: Bytes { Bytes([]) }
}
