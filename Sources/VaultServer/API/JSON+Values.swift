import RedactedAPI
import StrictJSON

extension JSON {
    init(_ text: String?) { self = text.map { .string($0) } ?? .null }
    init(_ number: Int) { self = .integer(Int64(number)) }
    init(_ number: Int64) { self = .integer(number) }
    init(_ time: Timestamp?) { self = time.map { .string($0.description) } ?? .null }
    init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }

    init(_ value: RedactedAPI.Value) {
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

    init(rows: [[RedactedAPI.Value]]) { self = .array(rows.map { .array($0.map { JSON($0) }) }) }
}
