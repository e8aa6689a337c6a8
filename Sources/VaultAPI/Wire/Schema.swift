import RedactedAPI
import Wire

/// The form of a JSON value. It checks requests and, as JSON Schema 2020-12, describes them in the OpenAPI document, so that the
/// two cannot differ.
public indirect enum Schema: Sendable {
    public struct Property: Sendable {
        public var name: String
        public var schema: Schema
        public var isRequired: Bool

        package init(name: String, schema: Schema, isRequired: Bool) { (self.name, self.schema, self.isRequired) = (name, schema, isRequired) }
    }

    case string(length: ClosedRange<Int>, about: String)
    /// RFC 3339, or a date alone.
    case time
    case choice([String])
    case integer(ClosedRange<Int>, about: String)
    case number(ClosedRange<Double>)
    case boolean(about: String)
    case array(Schema, count: ClosedRange<Int>)
    case object([Property])
    /// An object with arbitrary names.
    case map(Schema)
    /// A value in a row: null, text, number or boolean.
    case scalar
    case nullable(Schema)
    case reference(String)

    public static func text(_ about: String, _ length: ClosedRange<Int> = 1...1000) -> Schema { .string(length: length, about: about) }

    /// Why a value does not fit, and where; nil if it fits. Never repeats the value.
    package func problem(of value: JSON, at place: String = "") -> String? {
        let name = place.isEmpty ? "the body" : "'\(place)'"
        switch (self, value) {
        case (.string, .string(let text)) where text.utf8.contains(0): return "\(name) must not contain NUL (U+0000)"
        case (.string(let length, _), .string(let text)):
            return length.contains(text.unicodeScalars.count) ? nil : "\(name) must have \(length.lowerBound) to \(length.upperBound) characters"
        case (.string, _): return "\(name) must be a text"
        case (.time, let value):
            if let text = value.string, Timestamp(text) != nil { return nil }
            return "\(name) must be a time such as 2026-03-04 or 2026-03-04T12:00:00Z"
        case (.choice(let choices), let value):
            if let text = value.string, choices.contains(text) { return nil }
            return "\(name) must be one of \(choices.joined(separator: ", "))"
        case (.integer(let range, _), let value):
            if let number = value.integer, range.contains(number) { return nil }
            return "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)"
        case (.number(let range), let value):
            if let number = value.number, range.contains(number) { return nil }
            return "\(name) must be a number from \(range.lowerBound) to \(range.upperBound)"
        case (.boolean, let value): return value.boolean == nil ? "\(name) must be true or false" : nil
        case (.array(let item, let count), .array(let items)):
            guard count.contains(items.count) else { return "\(name) must have \(count.lowerBound) to \(count.upperBound) items" }
            for (index, value) in items.enumerated() {
                if let problem = item.problem(of: value, at: "\(place)[\(index)]") { return problem }
            }
            return nil
        case (.array, _): return "\(name) must be a list"
        case (.object(let properties), .object(let members)):
            return problem(of: members, properties, place)
        case (.map(let schema), .object(let members)):
            for (_, value) in members {
                if let problem = schema.problem(of: value, at: "\(place).…") { return problem }
            }
            return nil
        case (.object, _), (.map, _): return "\(name) must be an object"
        case (.scalar, .array), (.scalar, .object): return "\(name) must be a plain value"
        case (.scalar, _): return nil
        case (.nullable, .null): return nil
        case (.nullable(let schema), let value): return schema.problem(of: value, at: place)
        case (.reference(let component), let value):
            return Components.schemas[component]?.problem(of: value, at: place)
        }
    }

    private func problem(of members: [String: JSON], _ properties: [Property], _ place: String) -> String? {
        func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }
        for property in properties {
            guard let value = members[property.name] else {
                if property.isRequired { return "'\(path(property.name))' is missing" }
                continue
            }
            if let problem = property.schema.problem(of: value, at: path(property.name)) { return problem }
        }
        // An unknown name may contain anything, so it is not repeated.
        if members.count > properties.count || !members.keys.allSatisfy({ name in properties.contains { $0.name == name } }) {
            let known = properties.map(\.name).joined(separator: ", ")
            return "\(place.isEmpty ? "the body" : "'\(place)'") may have only \(known.isEmpty ? "no members" : known)"
        }
        return nil
    }

    /// As JSON Schema.
    package var document: JSON {
        func described(_ members: [String: JSON], _ about: String) -> JSON {
            .object(about.isEmpty ? members : members.merging(["description": .string(about)]) { $1 })
        }
        switch self {
        case .string(let length, let about):
            return described(
                [
                    "type": .string("string"), "minLength": .integer(Int64(length.lowerBound)), "maxLength": .integer(Int64(length.upperBound)),
                    "pattern": "^[^\\u0000]*$",
                ], about)
        case .time:
            let formats = ["date", "date-time"].map { JSON.object(["type": "string", "format": .string($0)]) }
            return .object(["anyOf": .array(formats)])
        case .choice(let choices): return .object(["type": .string("string"), "enum": .array(choices.map { .string($0) })])
        case .integer(let range, let about):
            return described(["type": .string("integer"), "minimum": .integer(Int64(range.lowerBound)), "maximum": .integer(Int64(range.upperBound))], about)
        case .number(let range):
            return .object(["type": .string("number"), "minimum": .decimal(range.lowerBound), "maximum": .decimal(range.upperBound)])
        case .boolean(let about): return described(["type": .string("boolean")], about)
        case .array(let item, let count):
            return .object([
                "type": .string("array"), "items": item.document, "minItems": .integer(Int64(count.lowerBound)),
                "maxItems": .integer(Int64(count.upperBound)),
            ])
        case .object(let properties):
            let required = properties.filter(\.isRequired).map { JSON.string($0.name) }
            var members: [String: JSON] = [
                "type": .string("object"), "additionalProperties": .boolean(false),
                "properties": .object(Dictionary(uniqueKeysWithValues: properties.map { ($0.name, $0.schema.document) })),
            ]
            if !required.isEmpty { members["required"] = .array(required) }
            return .object(members)
        case .map(let schema): return .object(["type": .string("object"), "additionalProperties": schema.document])
        case .scalar: return .object(["type": .array(["string", "number", "boolean", "null"].map { .string($0) })])
        case .nullable(let schema): return .object(["anyOf": .array([schema.document, .object(["type": .string("null")])])])
        case .reference(let component): return .object(["$ref": .string("#/components/schemas/\(component)")])
        }
    }
}

extension Schema.Property {
    package static func required(_ name: String, _ schema: Schema) -> Self { .init(name: name, schema: schema, isRequired: true) }
    package static func optional(_ name: String, _ schema: Schema) -> Self { .init(name: name, schema: schema, isRequired: false) }
}
