import Store
import Testing

/// A condition that reaches the store with a value of the wrong kind takes no row there, whatever stands around it.
extension StoreCheck {
    static let conditions = [otherKinds, sameKind]

    private static let otherKinds = StoreCheck("a value of another kind than its column takes no row") { place in
        let rows = try RowsOfEachKind(place)
        for (column, value) in misfits {
            for comparison in RowsOfEachKind.comparisons {
                let condition = StoredCondition.compare(column: column, comparison, value)
                for condition in [condition, .not(condition), .not(.not(condition)), .not(.all([condition, .not(condition)])), .any([condition, .not(condition)])] {
                    #expect(rows.takesNone(condition), "\(condition)")
                }
            }
            for condition in [StoredCondition.isIn(column: column, [value]), .isIn(column: column, [value, value])] {
                for condition in [condition, .not(condition)] { #expect(rows.takesNone(condition), "\(condition)") }
            }
        }
    }

    private static let misfits = [
        ("a_number", StoredValue.text("two")), ("a_number", .text("1")), ("a_number", .text("")), ("a_real", .text("x")), ("a_real", .text("1.5")), ("a_text", .integer(1)),
        ("a_text", .real(1)), ("a_text", .integer(.max)), ("occurred_at", .text("5")), ("occurred_at", .text("zebra")), ("source", .integer(1)), ("subject", .text("1")),
        ("id", .text("1")), ("topic", .integer(1)), ("sentiment", .integer(1)), ("a_number", .null), ("a_text", .null), ("source", .null), ("subject", .null), ("topic", .null),
    ]

    private static let sameKind = StoreCheck("a value of the column's kind: those that it holds for and those that it does not are all but the absent") { place in
        let rows = try RowsOfEachKind(place)
        let count = rows.count
        for (column, values) in [
            ("a_number", [StoredValue.integer(1), .integer(.max), .integer(.min), .real(1.5), .real(-1e300)]), ("a_real", [.real(0), .real(1e300), .integer(-2)]),
            ("a_text", [.text(""), .text("1"), .text("空")]), ("occurred_at", [.integer(5), .real(5.5)]), ("source", [.text("s"), .text("t")]),
        ] {
            let present = column.hasPrefix("a_") ? 3 : 4
            for value in values {
                for comparison in RowsOfEachKind.comparisons {
                    let condition = StoredCondition.compare(column: column, comparison, value)
                    #expect(try count(condition) + count(.not(condition)) == present)
                    #expect(try count(.not(.not(condition))) == count(condition))
                    #expect(try count(.not(.any([condition, .isNull(column: column)]))) == count(.not(condition)))
                }
            }
            #expect(try count(.isIn(column: column, values)) + count(.not(.isIn(column: column, values))) == present)
        }
        #expect(try count(.not(.all([]))) == 0 && count(.not(.any([]))) == 4 && count(.not(.isNull(column: "a_text"))) == 3)
        #expect(
            try count(.not(.records([1, 2]))) == 2 && count(.compare(column: "subject", .equal, .integer(1))) == 4
                && count(.not(.compare(column: "subject", .equal, .integer(1)))) == 0)
    }
}

/// Four records of which the last has no values.
package struct RowsOfEachKind {
    package let store: VaultStore

    package init(_ place: StorePlace) throws {
        store = try place.create()
        let columns = [PlainColumn(name: "a_number", kind: .integer), PlainColumn(name: "a_real", kind: .real), PlainColumn(name: "a_text", kind: .text)]
        let values: [[StoredValue]] = [
            [.integer(1), .real(1.5), .text("1")], [.integer(2), .real(-2), .text("zebra")], [.integer(-3), .real(0), .text("")], [.null, .null, .null],
        ]
        _ = try store.write { writer in
            try writer.ensureColumns(columns)
            return try writer.insertRecords(
                values.enumerated().map { index, values in
                    NewRecord(
                        uid: UInt128(index + 1), subject: 1, source: "s", channel: "c", occurredAt: 5, receivedAt: 6, redactionVersion: 1, attributes: values, body: [1])
                }, columns: columns)
        }
    }

    package static let comparisons: [StoredCondition.Comparison] = [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual]

    package func count(_ condition: StoredCondition) throws -> Int { try store.read { try $0.places(of: condition, .within(5..<6), limit: 1_000_000, residual: nil).count } }

    /// None, or a refusal.
    func takesNone(_ condition: StoredCondition) -> Bool {
        do { return try count(condition) == 0 } catch StorageError.mismatch { return true } catch { return false }
    }
}
