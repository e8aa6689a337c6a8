import RedactedAPI
import Wire

/// What is wrong with a condition, with the place in it. Texts between quotes may be a customer's, and are not repeated.
struct ConditionMistake: Error, CustomStringConvertible {
    let cause: ExpressionError
    let condition: String

    /// How much of a long condition is shown before the place, and behind it.
    private static let (before, behind) = (50, 20)

    var description: String {
        let characters = Array(Self.withoutTexts(condition))
        let place = min(max(cause.position - 1, 0), characters.count)
        let start = max(0, place - Self.before)
        let shown = VisibleText.line(String(characters[start..<min(characters.count, place + Self.behind)]))
        let indent = String(repeating: " ", count: Listing.width(VisibleText.line(String(characters[start..<place]))))
        return "\(cause)\n  \(shown)\n  \(indent)^"
    }

    /// As many characters, but dots in the place of values, in quotes or without.
    private static func withoutTexts(_ condition: String) -> String {
        var (shown, before, isList) = ("", "", false)
        var rest = Substring(condition)
        func dots(_ text: Substring) -> String { String(repeating: "·", count: text.count) }
        while let first = rest.first {
            if first == "'" || first == "\"" {
                let content = rest.dropFirst().prefix { $0 != first }
                let isClosed = content.endIndex < rest.endIndex
                shown += "\(first)\(dots(content))\(isClosed ? String(first) : "")"
                rest = rest.dropFirst(content.count + (isClosed ? 2 : 1))
                before = "'"
            } else if first.isLetter || first.isNumber || first == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || "_.-:+@".contains($0) }
                let isValue = leading.contains(before) || isList || first.isNumber || !word.allSatisfy(\.isASCII)
                shown += isValue ? dots(word) : String(word)
                rest = rest.dropFirst(word.count)
                before = word.lowercased()
            } else {
                if !first.isWhitespace {
                    isList = first == "(" && before == "in" || isList && first != ")"
                    before = String(first)
                }
                shown.append(first)
                rest = rest.dropFirst()
            }
        }
        return shown
    }

    /// What values come behind.
    private static let leading: Set<String> = ["=", "<", ">", "contains", "in", "between", "like"]
}

extension Condition {
    /// Reads a condition of the command line.
    init(asked text: String) throws {
        do throws(ExpressionError) {
            self = try Condition(parsing: text)
        } catch {
            throw ConditionMistake(cause: error, condition: text)
        }
    }
}
