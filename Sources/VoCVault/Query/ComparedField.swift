import Policy
import RedactedAPI
import Store

/// A field in a comparison, whose literals must be of the field's type in the schema.
struct ComparedField {
    enum Kind {
        /// Ordered byte by byte, in UTF-8.
        case text
        /// Any number of texts: `=` and `in` ask whether one of them is present.
        case labels
        case integer, decimal, boolean
        /// Text as it was ingested, such as 2026-03-04; ordered like text.
        case date
        /// A date reduced to its year, as text.
        case year
        /// Milliseconds since 1970.
        case time
    }

    let name: String
    let column: String
    let kind: Kind

    /// - Parameter treatment: how the field is shown; `reveal` for a policy's own conditions.
    init(_ name: String, as treatment: Treatment, column: String, in policy: PolicySet) {
        (self.name, self.column) = (name, column)
        kind =
            switch (BuiltinField(rawValue: name), policy.field(name)) {
            case (.occurred_at?, _), (.received_at?, _): .time
            case (_?, _): AnnotationModule(rawValue: name)?.isMultiple == true ? .labels : .text
            case (nil, let schema?) where treatment == .generalize: schema.generalization == .year ? .year : .text
            case (nil, let schema?): Kind(schema.kind)
            case (nil, nil): CodedColumn.isMultiple(column) ? .labels : .text
            }
    }

    func compare(_ comparison: Condition.Comparison, _ value: Value) throws(Mismatch) -> StoredCondition {
        let isOrder = comparison != .equal && comparison != .notEqual
        if isOrder, kind == .boolean || kind == .labels { throw Mismatch(field: self) }
        switch try literal(value) {
        case .value(let stored): return .compare(column: column, comparison.stored, stored)
        case .between(let below):
            switch comparison {
            case .equal: return nowhere
            case .notEqual: return everywhere
            case .less, .lessOrEqual: return below.map { .compare(column: column, .lessOrEqual, .integer($0)) } ?? nowhere
            case .greater, .greaterOrEqual: return below.map { .compare(column: column, .greater, .integer($0)) } ?? everywhere
            }
        }
    }

    func isAmong(_ values: [Value]) throws(Mismatch) -> StoredCondition {
        guard !values.isEmpty else { throw Mismatch(field: self, given: "nothing in the parentheses") }
        var stored: [StoredValue] = []
        for value in values { if case .value(let literal) = try literal(value) { stored.append(literal) } }
        return stored.isEmpty ? nowhere : .isIn(column: column, stored)
    }

    /// True for every value, unknown if there is none.
    var everywhere: StoredCondition { .any([.compare(column: column, .equal, edge), .compare(column: column, .notEqual, edge)]) }
    /// False for every value, unknown if there is none.
    var nowhere: StoredCondition { .not(everywhere) }

    /// A value of the column's kind.
    private var edge: StoredValue { kind.isNumber ? .integer(0) : .text("") }

    private enum Literal {
        case value(StoredValue)
        /// Between this integer and the next; nil: before all of them.
        case between(Int64?)
    }

    /// The literal in the column's type.
    private func literal(_ value: Value) throws(Mismatch) -> Literal {
        switch (kind, value) {
        case (.text, .text(let text)), (.labels, .text(let text)), (.year, .text(let text)):
            // PostgreSQL's texts end at a NUL.
            guard !text.utf8.contains(0) else { throw Mismatch(field: self, given: "text with a NUL") }
            return .value(.text(text))
        case (.year, .integer(let year)): return .value(.text(String(year)))
        case (.integer, .integer(let integer)): return .value(.integer(integer))
        case (.integer, .decimal(let decimal)) where decimal.isFinite: return Self.among(integers: decimal)
        case (.decimal, .integer(let integer)): return .value(.real(Double(integer)))
        case (.decimal, .decimal(let decimal)) where decimal.isFinite: return .value(.real(decimal))
        case (.boolean, .boolean(let boolean)): return .value(.integer(boolean ? 1 : 0))
        case (.date, .time(let time)): return .value(.text(time.day ?? time.description))
        case (.date, .text(let text)) where Timestamp(text) != nil: return .value(.text(text))
        case (.time, .time(let time)): return .value(.integer(time.milliseconds))
        case (.time, .text(let text)):
            guard let time = Timestamp(text) else { throw Mismatch(field: self, value) }
            return .value(.integer(time.milliseconds))
        default: throw Mismatch(field: self, value)
        }
    }

    /// A number's position among the integers.
    private static func among(integers decimal: Double) -> Literal {
        if let whole = Int64(exactly: decimal) { return .value(.integer(whole)) }
        if decimal < Double(Int64.min) { return .between(nil) }
        return .between(Int64(exactly: decimal.rounded(.down)) ?? .max)
    }

    /// A comparison that the field does not allow. Never repeats the literal, which may be customer data.
    struct Mismatch: Error, CustomStringConvertible {
        let description: String

        fileprivate init(field: ComparedField, given: String) {
            description = "'\(field.name)' is \(field.kind.noun) and cannot be compared with \(given); \(field.kind.advice)"
        }

        fileprivate init(field: ComparedField, _ value: Value) {
            let given =
                switch value {
                case .null: "null, for which there is 'is null'"
                case .text: field.kind == .date || field.kind == .time ? "text that is not a date" : "text"
                case .integer: "a whole number"
                case .decimal(let decimal): decimal.isFinite ? "a decimal number" : "something that is not a number"
                case .boolean: "true or false"
                case .time: "a date or time"
                }
            self.init(field: field, given: given)
        }

        /// An ordering that the field does not have.
        fileprivate init(field: ComparedField) {
            description = "'\(field.name)' is \(field.kind.noun) and has no order; use =, != or in"
        }
    }
}

extension ComparedField.Kind {
    init(_ kind: FieldSchema.Kind) {
        self =
            switch kind {
            case .text: .text
            case .integer: .integer
            case .decimal: .decimal
            case .boolean: .boolean
            case .date: .date
            }
    }

    /// The column's content: numbers, or otherwise text.
    var isNumber: Bool {
        switch self {
        case .text, .labels, .date, .year: false
        case .integer, .decimal, .boolean, .time: true
        }
    }

    fileprivate var noun: String {
        switch self {
        case .text: "text"
        case .labels: "a set of labels"
        case .integer: "a whole number"
        case .decimal: "a number"
        case .boolean: "true or false"
        case .date: "a date"
        case .year: "a year"
        case .time: "a time"
        }
    }

    fileprivate var advice: String {
        switch self {
        case .text, .labels: "write text in quotes, such as 'hotline'"
        case .integer, .decimal: "write a number without quotes"
        case .boolean: "write true or false, without quotes"
        case .date: "write a date such as 2026-03-04"
        case .year: "write a year such as 1984"
        case .time: "write a time such as 2026-03-04 or 2026-03-04T12:00:00+08:00"
        }
    }
}

extension Condition.Comparison {
    var stored: StoredCondition.Comparison {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        }
    }
}

extension Timestamp {
    /// The date alone, if the time is midnight UTC.
    var day: String? {
        let text = description
        return text.hasSuffix("T00:00:00Z") ? String(text.dropLast(10)) : nil
    }
}
