import Wire

/// Markup (WHATWG HTML, and SVG within it), written as a literal: `"<td>\(name)</td>"`.
///
/// Only what stands in the source is taken as markup. What a literal quotes is text, and is escaped, unless it is `HTML`
/// itself: no page can leave that out, and one that lacks a value does not compile.
package struct HTML: Sendable, Equatable {
    package private(set) var text: String

    static let empty: HTML = ""
    var isEmpty: Bool { text.isEmpty }

    static func + (a: HTML, b: HTML) -> HTML { "\(a)\(b)" }
    static func += (a: inout HTML, b: HTML) { a.text += b.text }
}

extension HTML: ExpressibleByStringInterpolation {
    package init(stringLiteral markup: String) { text = markup }
    package init(stringInterpolation interpolation: StringInterpolation) { text = interpolation.output }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var output = ""

        package init(literalCapacity: Int, interpolationCount: Int) { output.reserveCapacity(literalCapacity + interpolationCount * 16) }

        package mutating func appendLiteral(_ markup: String) { output += markup }

        /// Text that people or programs wrote. It stays text, in an element as in an attribute, and acts on nothing around it.
        package mutating func appendInterpolation(_ text: String) {
            for scalar in VisibleText.lines(text).unicodeScalars {
                switch scalar {
                case "&": output += "&amp;"
                case "<": output += "&lt;"
                case ">": output += "&gt;"
                case "\"": output += "&quot;"
                case "'": output += "&#39;"
                default: output.unicodeScalars.append(scalar)
                }
            }
        }

        package mutating func appendInterpolation(_ number: some FixedWidthInteger) { output += String(number) }
        package mutating func appendInterpolation(_ part: HTML) { output += part.text }
        package mutating func appendInterpolation(_ part: HTML?) { output += part?.text ?? "" }
    }
}

extension Sequence {
    /// A part for each, one after the other.
    func html(_ part: (Element) -> HTML) -> HTML {
        var whole = HTML.empty
        for element in self { whole += part(element) }
        return whole
    }
}

/// A part that is there under a condition.
func when(_ condition: Bool, _ part: @autoclosure () -> HTML) -> HTML { condition ? part() : .empty }
