extension Detector {
    /// `text` with every entity replaced by its placeholder; all other bytes stay as they are.
    ///
    /// One value of a type is `[PHONE]`; with several they are numbered, the same value always
    /// alike: `[NAME_1] … [NAME_2] … [NAME_1]`.
    public func redact(_ text: Span<UInt8>, known: [KnownValue] = []) -> [UInt8] {
        Self.replace(entities(in: text, known: known), in: text)
    }

    /// The same for a `String`.
    public func redact(_ text: String, known: [KnownValue] = []) -> String {
        let bytes = Array(text.utf8)
        return String(decoding: redact(bytes.span, known: known), as: UTF8.self)
    }

    /// `text` with `entities` (in order, without overlaps) replaced.
    public static func replace(_ entities: [Entity], in text: Span<UInt8>) -> [UInt8] {
        var numbers: [EntityType: [String: Int]] = [:]
        for entity in entities {
            let next = (numbers[entity.type]?.count ?? 0) + 1
            if numbers[entity.type]?[entity.key] == nil { numbers[entity.type, default: [:]][entity.key] = next }
        }
        var output: [UInt8] = []
        output.reserveCapacity(text.count + entities.count * 8)
        var position = 0
        for entity in entities {
            append(text, position..<entity.bytes.lowerBound, to: &output)
            let values = numbers[entity.type]!
            output.append(0x5B)
            output.append(contentsOf: entity.type.rawValue.utf8)
            if values.count > 1 {
                output.append(0x5F)
                output.append(contentsOf: String(values[entity.key]!).utf8)
            }
            output.append(0x5D)
            position = entity.bytes.upperBound
        }
        append(text, position..<text.count, to: &output)
        return output
    }

    private static func append(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
        for index in range { output.append(text[index]) }
    }
}
