import Store

/// Rows with few different values of each kind, so that groups are large and small.
package enum RandomRows {
    package static let columns = [
        PlainColumn(name: "a_text", kind: .text), PlainColumn(name: "a_integer", kind: .integer), PlainColumn(name: "a_real", kind: .real),
    ]

    package static func records(_ count: Int, _ random: inout some RandomNumberGenerator) -> [NewRecord] {
        let texts = ["", "a", "b", "eight888", "nine-nine", "名字", "名字很长的一个产品", String(repeating: "x", count: 64)]
        return (1...count).map { number in
            var new = NewRecord(number: Int64(number), subject: .random(in: 1...30, using: &random), at: .random(in: 0...8_000_000_000, using: &random))
            new.uid = .random(in: 0...UInt128.max, using: &random)
            new.attributes = [
                Bool.random(using: &random) ? .null : .text(texts.randomElement(using: &random)!),
                Int.random(in: 0...9, using: &random) == 0 ? .null : .integer([-3, 0, 1, 255, 1 << 40].randomElement(using: &random)!),
                Int.random(in: 0...9, using: &random) == 0 ? .null : .real([-0.5, -0.0, 0, 1, 1e9].randomElement(using: &random)!),
            ]
            return new
        }
    }

    /// What a group is made of.
    static func set(of rows: [NewRecord]) -> RecordSet {
        RecordSet(rows: Int64(rows.count), sum: rows.reduce(0) { $0 &+ UInt64(truncatingIfNeeded: $1.uid >> 64) })
    }

    /// What a group's rows say of a measure, worked out the plain way.
    static func expected(_ measure: AggregateRequest.Measure, _ rows: [NewRecord]) -> StoredValue {
        guard let column = measure.column, let position = columns.firstIndex(where: { $0.name == column }) else { return .integer(Int64(rows.count)) }
        let values = rows.map { $0.attributes[position] }.filter { $0 != .null }
        let numbers = values.map { value -> Double in
            switch value {
            case .integer(let integer): measure.bounds.map { Double(min(max(integer, $0.lowerBound), $0.upperBound)) } ?? Double(integer)
            case .real(let real): real
            case .text, .null: 0
            }
        }
        func number(_ value: Double?) -> StoredValue { value.map { position == 1 ? .integer(Int64($0)) : .real($0) } ?? .null }
        return switch measure.function {
        case .count: .integer(Int64(values.count))
        case .average: numbers.isEmpty ? .null : .real(numbers.reduce(0, +) / Double(numbers.count))
        case .sum: numbers.isEmpty ? .null : number(numbers.reduce(0, +))
        case .squares: numbers.isEmpty ? .null : number(numbers.reduce(0) { $0 + ($1 - Double(measure.bounds!.lowerBound)) * ($1 - Double(measure.bounds!.lowerBound)) })
        case .minimum: number(numbers.min())
        case .maximum: number(numbers.max())
        case .distinct: .integer(Int64(Set(values).count))
        }
    }
}

extension NewRecord {
    package init(number: Int64, subject: Int64 = 1, body: [UInt8] = [1], at time: Int64 = 5) {
        self.init(
            uid: UInt128(number), subject: subject, source: "s", channel: "c", occurredAt: time, receivedAt: 6, redactionVersion: 1, attributes: [],
            body: body[...])
    }
}

extension AuditHead {
    package init(ofSize size: Int64) { self.init(size: size, frontier: [], lastTime: 1, changedBy: size - 1, checkpoint: "") }
}
