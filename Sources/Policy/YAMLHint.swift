/// What a YAML parser's complaint about a line most likely means. The parser's own words describe its internals.
enum YAMLHint {
    static func message(_ problem: String, line: Int, of text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let hint = lines.indices.contains(line - 1) ? Self.hint(problem, lines[line - 1]) : nil
        return "not valid YAML: \(problem)\(hint.map { " (\($0))" } ?? "")"
    }

    private static func hint(_ problem: String, _ line: Substring) -> String? {
        let (indent, content) = (line.prefix { $0 == " " || $0 == "\t" }, line.drop { $0 == " " || $0 == "\t" })
        if indent.contains("\t") { return "indent with spaces, not with a tab" }
        if content.first == "-", !content.hasPrefix("- ") { return "a space must follow '-'" }
        if line.contains("：") { return "'：' is not ':'" }
        if line.contains("“") || line.contains("”") { return "“ and ” are not quotes to YAML" }
        if problem.contains("mapping values") { return "text that contains ': ' must stand in quotes" }
        if problem.contains("quoted scalar") || problem.contains("end of stream") { return "is a quote not closed?" }
        if problem.contains("expected key"), content.first == "-" { return "an item of a list cannot stand among keys" }
        if problem.contains("expected key") || problem.contains("'-' indicator") || problem.contains("<block end>") {
            return "is this line indented like its neighbours?"
        }
        if problem.contains("'}'") || problem.contains("']'") { return "is a comma, brace or quote missing?" }
        if problem.contains("undefined alias") { return "no '&' gives this name" }
        return nil
    }
}
