/// What is wrong with a query expression. Never repeats a literal from it, which may be customer data.
public struct ExpressionError: Error, Equatable, CustomStringConvertible {
    /// Character position, from 1.
    public var position: Int
    public var message: String

    public var description: String { "expression, character \(position): \(message)" }
}

extension Condition {
    /// Reads an expression such as
    /// `rating <= 2 and channel in ('hotline', 'app') and text contains '空调'`.
    ///
    /// Operators: `= != <> < <= > >=`, `in (…)`, `not in (…)`, `between … and …`, `contains`, `is null`, `is not null`, `and`,
    /// `or`, `not`, parentheses. Literals: numbers, `'text'` (a quote is doubled), `true`, `false`, dates as `2026-03-04` or
    /// `2026-03-04T12:00:00+08:00`. The schema decides which of them a field can be compared with.
    public init(parsing text: String) throws(ExpressionError) {
        var parser = ConditionParser(tokens: try Lexer.tokens(of: text))
        self = try parser.parse()
    }

    /// Reads a condition on the columns of figures, such as `count >= 100 and avg(rating) < 3`.
    public init(parsingColumns text: String) throws(ExpressionError) {
        var parser = ConditionParser(tokens: try Lexer.tokens(of: text), namesColumns: true)
        self = try parser.parse()
    }
}

private struct Token {
    enum Kind: Equatable {
        case word(String)
        case literal(Value)
        case symbol(String)
        case end
    }

    var kind: Kind
    var position: Int
}

private struct Lexer {
    static func tokens(of text: String) throws(ExpressionError) -> [Token] {
        let characters = Array(text)
        var tokens: [Token] = []
        var index = 0
        while index < characters.count {
            let start = index
            let character = characters[index]
            if character.isWhitespace {
                index += 1
            } else if character == "'" || character == "\"" {
                let content = try quoted(characters, &index)
                tokens.append(Token(kind: .literal(.text(content)), position: start + 1))
            } else if character.isASCII, character.isNumber || (character == "-" && next(characters, index)?.isNumber == true) {
                index += 1
                while let other = at(characters, index), other.isNumber || "+-.:TZtzeE".contains(other) { index += 1 }
                let word = String(characters[start..<index])
                guard let value = number(word) else {
                    let isWhole = word.drop { $0 == "-" }.allSatisfy { ("0"..."9").contains($0) }
                    throw ExpressionError(position: start + 1, message: isWhole ? "a whole number must fit into 64 bits" : "not a number or date")
                }
                tokens.append(Token(kind: .literal(value), position: start + 1))
            } else if character.isLetter || character == "_" {
                while let other = at(characters, index), other.isLetter || other.isNumber || other == "_" || other == "." { index += 1 }
                let word = String(characters[start..<index])
                switch word.lowercased() {
                case "true": tokens.append(Token(kind: .literal(.boolean(true)), position: start + 1))
                case "false": tokens.append(Token(kind: .literal(.boolean(false)), position: start + 1))
                default: tokens.append(Token(kind: .word(word), position: start + 1))
                }
            } else {
                let pair = String(characters[start..<min(start + 2, characters.count)])
                let symbol = ["<=", ">=", "!=", "<>"].contains(pair) ? pair : String(character)
                guard "=<>(),!".contains(character), symbol != "!" else {
                    throw ExpressionError(position: start + 1, message: Meant.symbol(pair).map { "unexpected character: write \($0)" } ?? "unexpected character")
                }
                if pair == "==" { throw ExpressionError(position: start + 1, message: "'==' is written '='") }
                index += symbol.count
                tokens.append(Token(kind: .symbol(symbol), position: start + 1))
            }
        }
        return tokens + [Token(kind: .end, position: characters.count + 1)]
    }

    private static func at(_ characters: [Character], _ index: Int) -> Character? {
        index < characters.count ? characters[index] : nil
    }

    private static func next(_ characters: [Character], _ index: Int) -> Character? { at(characters, index + 1) }

    private static func quoted(_ characters: [Character], _ index: inout Int) throws(ExpressionError) -> String {
        let start = index
        let quote = characters[index]
        var content = ""
        index += 1
        while let character = at(characters, index) {
            index += 1
            if character != quote {
                content.append(character)
            } else if at(characters, index) == quote {
                content.append(quote)
                index += 1
            } else {
                return content
            }
        }
        throw ExpressionError(position: start + 1, message: "the quoted text does not end")
    }

    private static func number(_ word: String) -> Value? {
        if let integer = Int64(word) { return .integer(integer) }
        if let time = Timestamp(word) { return .time(time) }
        // A floating-point number would differ from what was written.
        guard word.contains(where: { ".eE".contains($0) }) else { return nil }
        return Double(word).flatMap { $0.isFinite ? .decimal($0) : nil }
    }
}

private struct ConditionParser {
    let tokens: [Token]
    /// Whether names may be those of figures, with what is in parentheses.
    let namesColumns: Bool
    private var position = 0
    private var depth = 0

    init(tokens: [Token], namesColumns: Bool = false) { (self.tokens, self.namesColumns) = (tokens, namesColumns) }

    mutating func parse() throws(ExpressionError) -> Condition {
        let condition = try disjunction()
        guard tokens[position].kind == .end else { throw error("'and', 'or' or the end expected" + meant(of: ["and", "or"])) }
        guard condition.depth <= Condition.maximumDepth else { throw error("nested too deeply") }
        return condition
    }

    private func error(_ message: String) -> ExpressionError {
        ExpressionError(position: tokens[position].position, message: message)
    }

    /// " (did you mean 'and'?)", if the word at hand is near to one of these.
    private func meant(of words: [String]) -> String {
        guard case .word(let found) = tokens[position].kind, let word = Meant.word(found, among: words) else { return "" }
        return " (did you mean '\(word)'?)"
    }

    private mutating func take(word: String) -> Bool {
        guard case .word(let found) = tokens[position].kind, found.lowercased() == word else { return false }
        position += 1
        return true
    }

    private mutating func take(symbol: String) -> Bool {
        guard tokens[position].kind == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func disjunction() throws(ExpressionError) -> Condition {
        var parts = [try conjunction()]
        while take(word: "or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction() throws(ExpressionError) -> Condition {
        var parts = [try negation()]
        while take(word: "and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func negation() throws(ExpressionError) -> Condition {
        depth += 1
        defer { depth -= 1 }
        // A connective is written in one pair of parentheses, and after 'not' in two.
        guard depth <= 2 * Condition.maximumDepth + 1 else { throw error("nested too deeply") }
        if take(word: "not") { return .not(try negation()) }
        if take(symbol: "(") {
            let inner = try disjunction()
            guard take(symbol: ")") else { throw error("')' expected") }
            return inner
        }
        return try comparison()
    }

    private mutating func comparison() throws(ExpressionError) -> Condition {
        let field = try name()
        if take(word: "is") {
            let negated = take(word: "not")
            guard take(word: "null") else { throw error("'null' expected" + (negated ? "" : ": to compare, write '='")) }
            return negated ? .not(.isNull(field: field)) : .isNull(field: field)
        }
        if take(word: "contains") {
            guard case .text(let words) = try literal(), !words.isEmpty else { throw error("quoted text expected") }
            return .contains(field: field, words)
        }
        if take(word: "between") {
            let low = try literal()
            guard take(word: "and") else { throw error("'and' expected") }
            return .and([.compare(field: field, .greaterOrEqual, low), .compare(field: field, .lessOrEqual, try literal())])
        }
        let negated = take(word: "not")
        if take(word: "in") {
            guard take(symbol: "(") else { throw error("'(' expected") }
            var values = [try literal()]
            while take(symbol: ",") { values.append(try literal()) }
            guard take(symbol: ")") else { throw error("')' expected") }
            return negated ? .not(.isIn(field: field, values)) : .isIn(field: field, values)
        }
        guard !negated, case .symbol(let symbol) = tokens[position].kind,
            let comparison = Condition.Comparison(rawValue: symbol == "<>" ? "!=" : symbol)
        else { throw error("a comparison expected: = != < <= > >= in between contains is" + meant(of: ["in", "between", "contains", "is", "not"])) }
        position += 1
        return .compare(field: field, comparison, try literal())
    }

    /// `rating`; or of columns also `avg(rating)`, `percentile(rating, 90)`, `change(avg(rating))`.
    private mutating func name() throws(ExpressionError) -> String {
        guard case .word(let word) = tokens[position].kind else { throw error("a field name expected") }
        position += 1
        guard namesColumns, take(symbol: "(") else { return word }
        depth += 1
        defer { depth -= 1 }
        guard depth <= 2 * Condition.maximumDepth + 1 else { throw error("nested too deeply") }
        var inner = try name()
        if take(symbol: ",") {
            guard case .integer(let number) = try literal() else { throw error("a whole number expected") }
            inner += ", \(number)"
        }
        guard take(symbol: ")") else { throw error("')' expected") }
        return "\(word)(\(inner))"
    }

    private mutating func literal() throws(ExpressionError) -> Value {
        guard case .literal(let value) = tokens[position].kind else {
            let isWord = if case .word = tokens[position].kind { true } else { false }
            throw error("a value expected: number, date or 'text'" + (isWord ? ", which stands in quotes" : ""))
        }
        position += 1
        return value
    }
}

/// What people write who know other languages, or mistype.
private enum Meant {
    private static let words = [
        "like": "contains", "ilike": "contains", "matches": "contains", "includes": "contains", "has": "contains", "contain": "contains", "containing": "contains",
        "eq": "=", "equals": "=", "equal": "=", "ne": "!=", "lt": "<", "le": "<=", "lte": "<=", "gt": ">", "ge": ">=", "gte": ">=", "isnt": "is not",
    ]

    static func word(_ written: String, among known: [String]) -> String? {
        let written = written.lowercased()
        if let meant = words[written], known.contains("contains") { return meant }
        return known.first { isNear(written, $0) }
    }

    /// Whether two words have the same letters but for one that is wrong, missing, too many, or two that have changed places.
    private static func isNear(_ a: String, _ b: String) -> Bool {
        guard a.count > 1, b.count > 2, abs(a.count - b.count) <= 1 else { return false }
        let (a, b) = (Array(a), Array(b))
        let start = zip(a, b).prefix { $0 == $1 }.count
        let end = zip(a.dropFirst(start).reversed(), b.dropFirst(start).reversed()).prefix { $0 == $1 }.count
        let (restA, restB) = (a[start..<a.count - end], b[start..<b.count - end])
        return max(restA.count, restB.count) <= 1 || restA.count == 2 && restB.elementsEqual(restA.reversed())
    }

    static func symbol(_ written: String) -> String? {
        switch written.prefix(2) {
        case "&&": return "'and'"
        case "||": return "'or'"
        case "=~", "~=", "~*": return "'contains'"
        default: break
        }
        switch written.first {
        case "&": return "'and'"
        case "|": return "'or'"
        case "~": return "'contains'"
        case "!": return "'not', or '!=' for unequal"
        case "‘", "’", "“", "”", "`", "「", "」": return "straight quotes: 'text'"
        case "＝": return "'='"
        case "（", "）": return "'(' and ')'"
        case "，", "、": return "','"
        case "≤": return "'<='"
        case "≥": return "'>='"
        case "≠": return "'!='"
        default: return nil
        }
    }
}
