import Policy

/// Finds the e-mail addresses of a value, in whatever way it is written: `"Ada" <mailto:Ada@Example.COM.>; b@example.com`.
enum EmailAddresses {
    /// Each in lower case; none: the value identifies nobody.
    ///
    /// By RFC 5321 the part before the @ may tell cases apart; no provider that people use does.
    static func addresses(in value: ArraySlice<UInt8>) -> [String] {
        let text = Handles.text(value).lowercased()
        let found = addresses(in: text)
        return found.isEmpty ? addresses(in: respelt(text)) : found
    }

    /// As addresses stand in links, and as people type them: ada%40example.com, ada @ example.com, ada@example。com
    private static func respelt(_ text: String) -> String {
        let text = text.replacing("%40", with: "@").replacing("。", with: ".")
        return text.split(separator: "@", omittingEmptySubsequences: false).enumerated().map { index, part in
            let begin = index > 0 ? part.drop(while: \.isWhitespace) : part
            return String(begin.reversed().drop(while: \.isWhitespace).reversed())
        }.joined(separator: "@")
    }

    private static func addresses(in text: String) -> [String] {
        guard text.contains("@") else { return [] }
        var found: [String] = []
        for part in parts(of: text) {
            guard let address = address(part), !found.contains(address) else { continue }
            found.append(address)
        }
        return found
    }

    /// The usual case, an address and nothing else: whether it is somebody's; nil for anything else.
    static func plain(_ value: ArraySlice<UInt8>, into result: inout [UInt8]) -> Bool? {
        guard value.count <= 254 else { return nil }
        var at: Int?
        for (index, byte) in value.enumerated() {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x5F: continue
            case 0x2E where index > 0 && index < value.count - 1: continue
            case 0x40 where at == nil && index > 0: at = index
            default: return nil
            }
        }
        guard let at, at <= 64, Normalizer.email.handle(value, into: &result) else { return false }
        return isDomain(result[(at + 1)...]) && !isPattern(result[..<at])
    }

    private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
        var (labels, length, hasLetter, last): (Int, Int, Bool, UInt8) = (1, 0, false, 0x2D)
        for byte in bytes {
            if byte == 0x2E {
                guard (1...63).contains(length), last != 0x2D else { return false }
                (labels, length, hasLetter) = (labels + 1, 0, false)
            } else {
                if length == 0, byte == 0x2D { return false }
                length += 1
                if byte &- 97 < 26 { hasLetter = true }
            }
            last = byte
        }
        return labels >= 2 && (1...63).contains(length) && last != 0x2D && hasLetter
    }

    /// Pieces of which each may have one address.
    private static func parts(of text: String) -> [Substring] {
        text.split { $0.isWhitespace || ",;、|<>()[]{}\"'“”‘’".contains($0) }.filter { $0.contains("@") }
            .flatMap { part in
                // a@example.com/b@example.com; a slash before the @ is part of the address.
                part.count(where: { $0 == "@" }) > 1 ? part.split(separator: "/") : [part]
            }
    }

    private static func address(_ part: Substring) -> String? {
        var part = part
        // mailto:a@example.com?subject=…, 邮箱:a@example.com
        if let colon = part.lastIndex(of: ":") { part = part[part.index(after: colon)...] }
        if let question = part.firstIndex(of: "?") { part = part[..<question] }
        while let last = part.last, !last.isLetter, !last.isNumber { part.removeLast() }
        while part.first == "." { part.removeFirst() }
        let halves = part.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count == 2, isMailbox(halves[0]), isDomain(halves[1]) else { return nil }
        let address = "\(halves[0])@\(halves[1])"
        guard Normalizer.email.handle(address) == address, !isPattern(Array(halves[0].utf8)[...]) else { return nil }
        return address
    }

    private static func isMailbox(_ text: Substring) -> Bool {
        (1...64).contains(text.utf8.count) && text.contains { $0.isLetter || $0.isNumber } && !text.contains { "*•●∗✱×\\/".contains($0) }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-" && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
            } && labels.last!.contains { $0.isLetter }
    }

    /// 123456@qq.com, 111111@163.com: what people type who do not want to give theirs; ad...@example.com: the rest is hidden.
    private static func isPattern(_ bytes: ArraySlice<UInt8>) -> Bool {
        if bytes.suffix(2).elementsEqual("..".utf8) { return true }
        guard bytes.allSatisfy({ $0 &- 48 < 10 }) else { return bytes.count > 2 && bytes.allSatisfy { $0 == bytes.first } }
        return bytes.allSatisfy { $0 == bytes.first } || Digits.areInOrder(bytes)
    }
}
