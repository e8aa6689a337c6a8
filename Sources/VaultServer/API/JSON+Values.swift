import Wire

extension JSON {
    init(_ number: Int) { self = .integer(Int64(number)) }
    init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }
}
