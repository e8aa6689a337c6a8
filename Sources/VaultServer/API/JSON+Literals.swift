import RedactedAPI
package import StrictJSON

extension JSON: @retroactive ExpressibleByStringLiteral, @retroactive ExpressibleByIntegerLiteral, @retroactive ExpressibleByBooleanLiteral,
    @retroactive ExpressibleByArrayLiteral, @retroactive ExpressibleByDictionaryLiteral, @retroactive ExpressibleByUnicodeScalarLiteral,
    @retroactive ExpressibleByExtendedGraphemeClusterLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int64) { self = .integer(number) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(arrayLiteral items: JSON...) { self = .array(items) }
    package init(dictionaryLiteral members: (String, JSON)...) { self = .object(Dictionary(members) { $1 }) }

    package init(_ text: String?) { self = text.map { .string($0) } ?? .null }
    package init(_ number: Int) { self = .integer(Int64(number)) }
    package init(_ number: Int64) { self = .integer(number) }
    package init(_ time: Timestamp?) { self = time.map { .string($0.description) } ?? .null }
    package init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }

    package init(_ value: RedactedAPI.Value) {
        self =
            switch value {
            case .null: .null
            case .text(let text): .string(text)
            case .integer(let number): .integer(number)
            case .decimal(let number): number.isFinite ? .decimal(number) : .null
            case .boolean(let value): .boolean(value)
            case .time(let time): .string(time.description)
            }
    }

    package init(rows: [[RedactedAPI.Value]]) { self = .array(rows.map { .array($0.map { JSON($0) }) }) }
}
