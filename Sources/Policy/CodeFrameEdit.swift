import Foundation

/// Changes `codeframe.yaml` as somebody decides about proposed codes. What else the file says, comments too, stays as it is.
public enum CodeFrameEdit {
    /// What an accepted proposal says of the code.
    public struct Code: Sendable {
        public var id: String
        public var chinese: String
        public var english: String
        public var department: String
        public var phrases: [String]

        public init(id: String, chinese: String, english: String, department: String, phrases: [String]) {
            (self.id, self.chinese, self.english, self.department, self.phrases) = (id, chinese, english, department, phrases)
        }

        fileprivate var line: String {
            "- {id: \(quoted(id)), zh: \(quoted(chinese)), en: \(quoted(english)), department: \(quoted(department)), phrases: \(list(phrases))}"
        }
    }

    /// The file with a code before the others.
    ///
    /// - Throws: ``PolicyError`` if the changed file would not be valid, or if its codes are not listed one below another.
    public static func adding(_ code: Code, to text: String, file: String) throws -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let start = lines.firstIndex(where: { key($0, "codes") == "" }) else {
            throw PolicyError([.init(file: file, line: 0, message: "its codes are not one below another: add the code by hand: \(code.line)")])
        }
        let next = lines[(start + 1)...].first { line in !line.allSatisfy(\.isWhitespace) && line.first { $0 != " " } != "#" } ?? "  "
        lines.insert(next.prefix { $0 == " " } + code.line, at: start + 1)
        return try checked(lines.joined(separator: "\n"), file: file)
    }

    /// The file with terms that are not proposed again.
    ///
    /// - Throws: as ``adding(_:to:file:)``.
    public static func rejecting(_ terms: [String], in text: String, file: String) throws -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let known = try CodeFrameFile.read(text, file: file).rejected
        let new = terms.filter { !known.contains($0) }
        guard !new.isEmpty else { return text }
        if let place = lines.firstIndex(where: { key($0, "rejected") != nil }) {
            guard let value = key(lines[place], "rejected"), value.hasPrefix("["), value.hasSuffix("]") else {
                throw PolicyError([.init(file: file, line: place + 1, message: "'rejected' is not a list on one line: add by hand: \(list(new))")])
            }
            lines[place] = "rejected: \(list(known + new))"
        } else {
            let place = lines.firstIndex { key($0, "codes") != nil } ?? lines.endIndex
            lines.insert("rejected: \(list(new))", at: place)
        }
        return try checked(lines.joined(separator: "\n"), file: file)
    }

    private static func checked(_ text: String, file: String) throws -> String {
        _ = try CodeFrameFile.read(text, file: file)
        return text
    }

    /// The value that stands on a line with a key of the file, without a comment behind a list.
    private static func key(_ line: String, _ name: String) -> String? {
        guard line.hasPrefix(name + ":") else { return nil }
        let value = line.dropFirst(name.utf8.count + 1).drop { $0 == " " }
        let end = value.first == "#" ? value.startIndex : value.endIndex
        return String(value[..<end]).trimmingCharacters(in: .whitespaces)
    }

    private static func list(_ texts: [String]) -> String { "[\(texts.map(quoted).joined(separator: ", "))]" }

    /// In double quotes, as JSON has it, which YAML reads alike.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: quoted += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
