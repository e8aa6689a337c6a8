import Foundation

/// A column as `sources.yaml` names it.
struct ColumnPattern: Hashable, Sendable {
    /// In comparable form; the heading is one of these, or contains one of them.
    private let names: [String]
    private let isPart: Bool
    /// Only this item of a list.
    let item: Int?

    init(_ name: String) {
        isPart = name.hasPrefix("~")
        var name = isPart ? String(name.dropFirst()) : name
        var item: Int?
        if let match = name.firstMatch(of: /\[(\d{1,6})\]/) {
            item = Int(match.1)
            name.removeSubrange(match.range)
        }
        self.item = item
        names = (isPart ? name.split(separator: "|").map(String.init) : [name]).map(Self.comparable).filter { !$0.isEmpty }
    }

    /// A pattern without a word fits every column.
    ///
    /// How well a heading fits: 2 if it is the name, 1 if it contains it, 0 if not. A heading is given in comparable form.
    func fit(_ heading: String) -> Int {
        if !isPart { return names.contains(heading) ? 2 : 0 }
        return names.isEmpty || names.contains { heading.contains($0) } ? 1 : 0
    }

    /// A heading or path without case, width, blanks, the marks of a list, the number in front and the punctuation behind.
    static func comparable(_ heading: String) -> String {
        var text = heading.precomposedStringWithCompatibilityMapping.lowercased()
        text = text.replacing("[]", with: "").filter { !$0.isWhitespace && !$0.isInvisible }
        if let number = text.prefixMatch(of: /\d{1,3}[、.:)](?=\D)/) { text.removeSubrange(number.range) }
        while let last = text.last, ":?*。".contains(last) { text.removeLast() }
        return text
    }

    /// A heading for people: without the number in front.
    static func label(_ heading: String) -> String {
        var text = heading.trimmingCharacters(in: .whitespacesAndNewlines)
        if let number = text.prefixMatch(of: /\d{1,3}[、.．:)](?=\D)\s*/) { text.removeSubrange(number.range) }
        return text
    }
}

extension Character {
    /// Marks of order, joiners and the like, which come into headings with what was copied.
    fileprivate var isInvisible: Bool { unicodeScalars.allSatisfy(\.properties.isDefaultIgnorableCodePoint) }
}
