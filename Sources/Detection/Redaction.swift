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
        let placeholders = Self.placeholders(entities)
        var output: [UInt8] = []
        output.reserveCapacity(text.count + placeholders.reduce(0) { $0 + $1.utf8.count })
        var position = text.startIndex
        for (entity, placeholder) in zip(entities, placeholders) {
            output.append(contentsOf: text[position..<text.startIndex + entity.bytes.lowerBound])
            if let operation = rules[entity.type]?.replacement, operation != .placeholder {
                let value = text[text.startIndex + entity.bytes.lowerBound..<text.startIndex + entity.bytes.upperBound]
                output += Array(operation.replacement(of: String(decoding: value, as: UTF8.self), entity.type, placeholder: placeholder).utf8)
            } else {
                output.append(contentsOf: placeholder.utf8)
            }
            position = text.startIndex + entity.bytes.upperBound
        }
        output.append(contentsOf: text[position...])
        return output
    }

    private static func placeholders(_ entities: [Entity]) -> [String] {
        var values: [EntityType: [String: Int]] = [:]
        // Most texts have one value of a type at most, which needs no numbers.
        let isRepeated = entities.count > 1
        if isRepeated {
            for entity in entities {
                let next = (values[entity.type]?.count ?? 0) + 1
                if values[entity.type]?[entity.key] == nil { values[entity.type, default: [:]][entity.key] = next }
            }
        }
        return entities.map { entity in
            guard isRepeated, let numbers = values[entity.type], numbers.count > 1 else { return "[\(entity.type.rawValue)]" }
            return "[\(entity.type.rawValue)_\(numbers[entity.key]!)]"
        }
    }
}
