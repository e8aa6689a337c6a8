/// A figure about a group of rows.
public enum Measure: Sendable, Hashable {
    case count
    case average(String)
    case minimum(String)
    case maximum(String)
    case distinct(String)
    case sum(String)
    /// The share of values that are the field's highest, in per cent.
    case topBox(String)
    /// The share of values that are one of the field's two highest, in per cent.
    case csat(String)
    /// The share of values of 9 and 10 less that of 0 to 6, in points (Reichheld 2003).
    case nps(String)
    /// The value that so many per cent of the values do not exceed, 1 to 99.
    case percentile(String, Int)
    /// The same with 50 per cent.
    case median(String)
    /// The standard deviation of the values, as of a sample: with the number of values less one.
    case deviation(String)

    /// The field that it is computed from.
    public var field: String? {
        switch self {
        case .count: nil
        case .average(let field), .minimum(let field), .maximum(let field), .distinct(let field), .sum(let field), .topBox(let field), .csat(let field), .nps(let field),
            .percentile(let field, _), .median(let field), .deviation(let field):
            field
        }
    }

    /// What can be written.
    public static let forms = "count, avg(f), sum(f), min(f), max(f), distinct(f), topbox(f), csat(f), nps(f), median(f), percentile(f, 1 to 99) or stddev(f)"

    /// Reads `count`, `avg(rating)`, `percentile(rating, 90)` and the other ``forms``.
    public init?(_ text: String) {
        if text == "count" || text == "count(*)" {
            self = .count
            return
        }
        guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return nil }
        let field = String(text[text.index(after: open)...].dropLast())
        switch text[..<open] {
        case "avg": self = .average(field)
        case "min": self = .minimum(field)
        case "max": self = .maximum(field)
        case "distinct": self = .distinct(field)
        case "sum": self = .sum(field)
        case "topbox": self = .topBox(field)
        case "csat": self = .csat(field)
        case "nps": self = .nps(field)
        case "median": self = .median(field)
        case "stddev": self = .deviation(field)
        case "percentile":
            guard let comma = field.lastIndex(of: ","), let share = Int(field[field.index(after: comma)...].drop { $0 == " " }), (1...99).contains(share) else { return nil }
            self = .percentile(String(field[..<comma]), share)
        default: return nil
        }
    }

    public var name: String {
        switch self {
        case .count: "count"
        case .average(let field): "avg(\(field))"
        case .minimum(let field): "min(\(field))"
        case .maximum(let field): "max(\(field))"
        case .distinct(let field): "distinct(\(field))"
        case .sum(let field): "sum(\(field))"
        case .topBox(let field): "topbox(\(field))"
        case .csat(let field): "csat(\(field))"
        case .nps(let field): "nps(\(field))"
        case .percentile(let field, let share): "percentile(\(field), \(share))"
        case .median(let field): "median(\(field))"
        case .deviation(let field): "stddev(\(field))"
        }
    }

    /// Whether it is a fraction even where its digits are those of a whole number.
    package var isFraction: Bool {
        switch self {
        case .average, .topBox, .csat, .nps, .percentile, .median, .deviation: true
        case .count, .minimum, .maximum, .distinct, .sum: false
        }
    }

    /// The parts of a list such as `count, percentile(rating, 90)`, at the commas outside of parentheses, without blanks around them.
    public static func list(_ text: String) -> [String] {
        var (parts, part, depth) = ([String](), "", 0)
        for character in text + "," {
            if character == ",", depth <= 0 {
                let trimmed = part.drop(while: \.isWhitespace)
                let end = trimmed.lastIndex { !$0.isWhitespace }
                if let end { parts.append(String(trimmed[...end])) }
                part = ""
                continue
            }
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            part.append(character)
        }
        return parts
    }
}
