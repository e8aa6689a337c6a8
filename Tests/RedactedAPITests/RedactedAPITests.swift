import Foundation
import RedactedAPI
import Testing

@Suite("Redacted API values")
struct RedactedAPITests {
    @Test("conditions read as written", arguments: [
        ("rating <= 2", Condition.compare(field: "rating", .lessOrEqual, .integer(2))),
        ("rating <> -1.5", .compare(field: "rating", .notEqual, .decimal(-1.5))),
        ("channel in ('hotline', 'app')", .isIn(field: "channel", [.text("hotline"), .text("app")])),
        ("channel not in ('a')", .not(.isIn(field: "channel", [.text("a")]))),
        ("text contains '空调'", .contains(field: "text", "空调")),
        ("name = 'O''Brien'", .compare(field: "name", .equal, .text("O'Brien"))),
        ("region is not null", .not(.isNull(field: "region"))),
        ("a = 1 or b = 2 and c = 3", .or([.compare(field: "a", .equal, .integer(1)), .and([.compare(field: "b", .equal, .integer(2)), .compare(field: "c", .equal, .integer(3))])])),
        ("not (a = true)", .not(.compare(field: "a", .equal, .boolean(true)))),
        ("rating between 2 and 4", .and([.compare(field: "rating", .greaterOrEqual, .integer(2)), .compare(field: "rating", .lessOrEqual, .integer(4))])),
        ("occurred_at >= 2026-03-04T12:00:00+08:00", .compare(field: "occurred_at", .greaterOrEqual, .time(Timestamp("2026-03-04T04:00:00Z")!))),
    ])
    func conditions(text: String, expected: Condition) throws {
        #expect(try Condition(parsing: text) == expected)
    }

    @Test("a wrong expression is located, and its literals are not repeated", arguments: [
        ("rating <=", 10), ("rating = 'open", 10), ("= 2", 1), ("rating in (1 2)", 14), ("a = 1 b", 7), ("a ! 1", 3),
        ("phone = 13800138000 and", 24), ("text contains 5", 16), ("(a = 1", 7), ("", 1),
        ("a = 99999999999999999999", 5), ("a = -9223372036854775809", 5), ("a in (1, 9223372036854775808)", 10), ("a = 1e999", 5),
    ])
    func wrongConditions(text: String, position: Int) {
        let error = #expect(throws: ExpressionError.self) { try Condition(parsing: text) }
        #expect(error?.position == position)
        #expect(error?.description.contains("13800138000") == false)
    }

    @Test("nesting is limited, so that no expression overflows the stack")
    func nesting() {
        let deep = String(repeating: "(", count: 5000) + "a = 1" + String(repeating: ")", count: 5000)
        #expect(throws: ExpressionError.self) { try Condition(parsing: deep) }
        #expect(throws: ExpressionError.self) { try Condition(parsing: String(repeating: "not ", count: 5000) + "a = 1") }
    }

    @Test("what is read can be written and read again, however deep")
    func writtenAgain() throws {
        let nots = String(repeating: "not ", count: Condition.maximumDepth) + "a = 1"
        // Three levels each time.
        let mixed = (1...Condition.maximumDepth / 3).reduce("a = 0") { "not (b = \($1) and (\($0) or c is null))" }
        for text in [nots, mixed, String(repeating: "(", count: 90) + "a = 1" + String(repeating: ")", count: 90)] {
            let condition = try Condition(parsing: text)
            #expect(condition.isExpressible)
            #expect(try Condition(parsing: condition.description) == condition)
        }
        #expect(throws: ExpressionError.self) { try Condition(parsing: "not (b = 1 and (\(mixed) or c is null))") }
        #expect(throws: ExpressionError.self) { try Condition(parsing: "not " + nots) }
        #expect(!Condition.not(try Condition(parsing: nots)).isExpressible)
        for condition in [Condition.isIn(field: "a", []), .compare(field: "a", .equal, .null), .compare(field: "a", .equal, .decimal(.nan))] { #expect(!condition.isExpressible) }
    }

    @Test("times agree with Foundation over four centuries")
    func timestamps() throws {
        let formatter = ISO8601DateFormatter()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let seconds = Int64.random(in: -6_000_000_000...7_000_000_000, using: &random)
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(Timestamp(text)?.milliseconds == seconds * 1000, "\(text)")
            #expect(Timestamp(milliseconds: seconds * 1000).description == text)
        }
    }

    @Test("offsets, fractions and dates are read; nonsense is not")
    func timestampForms() {
        #expect(Timestamp("2026-03-04T12:37:39.25+08:00")?.description == "2026-03-04T04:37:39.250Z")
        #expect(Timestamp("2026-03-04")?.description == "2026-03-04T00:00:00Z")
        #expect(Timestamp("2024-02-29") != nil)
        // Years that no four digits have are written as they are.
        #expect(Timestamp(milliseconds: 253_402_300_800_000).description == "10000-01-01T00:00:00Z")
        #expect(Timestamp(milliseconds: -62_198_755_200_001).description == "-2-12-31T23:59:59.999Z")
        for wrong in ["2026-02-29", "2026-13-01", "2026-03-04T25:00:00Z", "2026-3-4", "2026-03-04T12:00:00+8", "x", "", "2026-03-04T12:00:00Zjunk"] {
            #expect(Timestamp(wrong) == nil, "\(wrong)")
        }
    }

    @Test("measures and groups read back as their names")
    func measures() {
        for name in ["count", "avg(rating)", "sum(rating)", "topbox(rating)", "csat(rating)", "nps(nps)", "min(rating)", "max(rating)", "distinct(subject)", "median(rating)", "percentile(rating, 90)", "stddev(rating)"] { #expect(Measure(name)?.name == name) }
        #expect(Measure("product(rating)") == nil && Measure("avg") == nil)
        #expect(Measure("percentile(rating,5)")?.name == "percentile(rating, 5)")
        for wrong in ["percentile(rating)", "percentile(rating, 0)", "percentile(rating, 100)", "percentile(rating, 2.5)"] { #expect(Measure(wrong) == nil, "\(wrong)") }
        #expect(Measure.list("count, percentile(rating, 90) ,change(avg(rating)) desc") == ["count", "percentile(rating, 90)", "change(avg(rating)) desc"])
        #expect(FigureOrder("change(percentile(rating,5)) DESC") == FigureOrder(column: "change(percentile(rating, 5))", isDescending: true))
        #expect(GroupKey("month(occurred_at)") == .time("occurred_at", .month))
        #expect(GroupKey("channel") == .field("channel"))
    }

    @Test("conditions on figures name columns, and are read back as they are written")
    func columns() throws {
        for text in ["count >= 100", "(avg(rating) < 3.5 and not (percentile(rating, 90) is null))", "change(avg(rating)) < -1", "month(occurred_at) in ('2026-03', '2026-04')"] {
            #expect(try Condition(parsingColumns: text).description == text)
        }
        #expect(try Condition(parsingColumns: "percentile( rating ,90)>4").fields == ["percentile(rating, 90)"])
        for wrong in ["avg( > 3", "avg(rating, 'x') > 3", "avg(rating > 3", "avg() > 3"] { #expect(throws: ExpressionError.self, "\(wrong)") { try Condition(parsingColumns: wrong) } }
        // A condition on rows names fields.
        #expect(throws: ExpressionError.self) { try Condition(parsing: "avg(rating) < 3") }
    }
}
