extension Detector {
    /// `text` with every entity replaced as its type's operator says; all other bytes stay as they are.
    ///
    /// One value of a type is `[PHONE]`; with several they are numbered, the same value always
    /// alike: `[NAME_1] … [NAME_2] … [NAME_1]`.
    public func redact(_ text: ArraySlice<UInt8>, known: [KnownValue] = []) -> [UInt8] {
        replace(entities(in: text.span, known: known), in: text)
    }

    /// The same for a `String`.
    public func redact(_ text: String, known: [KnownValue] = []) -> String {
        String(decoding: redact(Array(text.utf8)[...], known: known), as: UTF8.self)
    }

    /// `text` with `entities` (in order, without overlaps; offsets from its start) replaced.
    public func replace(_ entities: [Entity], in text: ArraySlice<UInt8>) -> [UInt8] {
        let numbers = Self.numbers(entities)
        var output: [UInt8] = []
        output.reserveCapacity(text.count + entities.count * 16)
        var position = text.startIndex
        for (index, entity) in entities.enumerated() {
            output.append(contentsOf: text[position..<text.startIndex + entity.bytes.lowerBound])
            output.append(contentsOf: replacement(of: entity, numbers?[index], in: text).utf8)
            position = text.startIndex + entity.bytes.upperBound
        }
        output.append(contentsOf: text[position...])
        return output
    }

    /// What `replace` puts in the place of each entity.
    public func replacements(of entities: [Entity], in text: ArraySlice<UInt8>) -> [String] {
        let numbers = Self.numbers(entities)
        return entities.enumerated().map { index, entity in replacement(of: entity, numbers?[index], in: text) }
    }

    private func replacement(of entity: Entity, _ number: Int?, in text: ArraySlice<UInt8>) -> String {
        let placeholder = Self.placeholder(entity, number)
        guard let operation = replacement(of: entity), operation != .placeholder else { return placeholder }
        let value = text[text.startIndex + entity.bytes.lowerBound..<text.startIndex + entity.bytes.upperBound]
        return operation.replacement(of: String(decoding: value, as: UTF8.self), entity.type, placeholder: placeholder)
    }

    private func replacement(of entity: Entity) -> RedactionOperator? {
        entity.own == nil ? rules[entity.type]?.replacement : own.first { $0.name == entity.own }?.replacement
    }

    private static func placeholder(_ entity: Entity, _ number: Int?) -> String {
        // [TEXT:ja]: a language needs no number.
        if entity.type == .foreign { return "[\(entity.type.rawValue):\(entity.key)]" }
        guard let number, number > 0 else { return "[" + entity.name + "]" }
        return "[\(entity.name)_\(number)]"
    }

    private struct Value: Hashable {
        var type: String
        var key: String
    }

    /// The number of each entity's value among those of its type, 0 where the type has one value only; nil when no
    /// type has several.
    private static func numbers(_ entities: [Entity]) -> [Int]? {
        // Most texts have one entity of a type at most, which needs no comparing.
        guard entities.count > 1, entities.count > 8 || entities.indices.contains(where: { index in entities[..<index].contains { $0.name == entities[index].name } })
        else { return nil }
        var values: [Value: Int] = [:]
        var counts: [String: Int] = [:]
        let numbers = entities.map { entity in
            let value = Value(type: entity.name, key: entity.key)
            if let known = values[value] { return known }
            let number = (counts[entity.name] ?? 0) + 1
            (values[value], counts[entity.name]) = (number, number)
            return number
        }
        return zip(entities, numbers).map { counts[$0.name]! > 1 ? $1 : 0 }
    }
}
