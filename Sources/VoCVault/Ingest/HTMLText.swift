/// Text of messages that are HTML.
enum HTMLText {
    private static let entities: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "hellip": "…", "mdash": "—", "ndash": "–", "rsquo": "’", "lsquo": "‘", "ldquo": "“", "rdquo": "”",
    ]
    /// Elements that end a line.
    private static let blocks: Set<String> = ["br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "ul", "ol", "table"]

    /// The text without tags, comments, scripts and styles, with its entities resolved. What has no tag and no entity stays as it is.
    static func plain(_ html: ArraySlice<UInt8>) -> [UInt8] {
        guard html.contains(0x3C) || html.contains(0x26) else { return Array(html) }
        let bytes = Array(html)
        var (text, index, hidden) = ([UInt8](), 0, nil as String?)
        while index < bytes.count {
            switch bytes[index] {
            case 0x3C:
                guard let tag = tag(bytes, index) else {
                    if hidden == nil { text.append(bytes[index]) }
                    index += 1
                    continue
                }
                if hidden == tag.name, tag.isEnd { hidden = nil } else if hidden == nil, !tag.isEnd, tag.name == "script" || tag.name == "style" { hidden = tag.name }
                if hidden == nil, blocks.contains(tag.name), !text.isEmpty, text.last != 0x0A { text.append(0x0A) }
                index = tag.end
            case 0x26:
                let (value, end) = entity(bytes, index)
                if hidden == nil { text += value }
                index = end
            default:
                if hidden == nil { text.append(bytes[index]) }
                index += 1
            }
        }
        while let last = text.last, last == 0x0A || last == 0x20 || last == 0x0D { text.removeLast() }
        return text
    }

    /// A tag or comment at a position; nil for a `<` that begins none, such as in `a < b`.
    private static func tag(_ bytes: [UInt8], _ start: Int) -> (name: String, isEnd: Bool, end: Int)? {
        var index = start + 1
        guard index < bytes.count else { return nil }
        if bytes[index] == 0x21 {
            let isComment = bytes[index...].starts(with: [0x21, 0x2D, 0x2D])
            var end = index
            while end < bytes.count, !(bytes[end] == 0x3E && (!isComment || end >= index + 4 && bytes[end - 1] == 0x2D && bytes[end - 2] == 0x2D)) { end += 1 }
            return end < bytes.count ? ("!", false, end + 1) : nil
        }
        let isEnd = bytes[index] == 0x2F
        if isEnd { index += 1 }
        let name = bytes[index...].prefix { ($0 | 0x20) &- 97 < 26 || $0 &- 48 < 10 }
        guard let first = name.first, (first | 0x20) &- 97 < 26, let end = bytes[name.endIndex...].firstIndex(of: 0x3E) else { return nil }
        return (String(decoding: name, as: UTF8.self).lowercased(), isEnd, end + 1)
    }

    private static func entity(_ bytes: [UInt8], _ start: Int) -> ([UInt8], Int) {
        let name = bytes[(start + 1)...].prefix(10).prefix { $0 != 0x3B && $0 != 0x20 && $0 != 0x26 }
        guard name.endIndex < bytes.count, bytes[name.endIndex] == 0x3B else { return ([0x26], start + 1) }
        let text = String(decoding: name, as: UTF8.self)
        if let value = entities[text] { return (Array(value.utf8), name.endIndex + 1) }
        guard text.hasPrefix("#") else { return ([0x26], start + 1) }
        let digits = text.dropFirst()
        let code = digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let code, code > 0, let scalar = Unicode.Scalar(code) else { return ([0x26], start + 1) }
        return (Array(String(Character(scalar)).utf8), name.endIndex + 1)
    }
}
