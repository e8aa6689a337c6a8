import Policy

/// Finds the e-mail addresses of a value, in whatever way it is written: `"Ada" <mailto:Ada@Example.COM.>; b@example.com`.
enum EmailAddresses {
    /// Each in lower case; none: the value identifies nobody.
    ///
    /// By RFC 5321 the part before the @ may tell cases apart; no provider that people use does.
    static func addresses(in value: ArraySlice<UInt8>) -> [String] {
        if let address = plain(value) { return [address] }
        let text = Handles.text(value).lowercased()
        guard text.contains("@") else { return [] }
        var found: [String] = []
        for part in parts(of: text) {
            guard let address = address(part), !found.contains(address) else { continue }
            found.append(address)
        }
        return found
    }

    /// The usual case: an address and nothing else.
    private static func plain(_ value: ArraySlice<UInt8>) -> String? {
        guard value.count <= 254 else { return nil }
        var hasAt = false
        for byte in value {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x5F: continue
            case 0x40 where !hasAt: hasAt = true
            default: return nil
            }
        }
        return hasAt ? address(String(decoding: value, as: UTF8.self).lowercased()[...]) : nil
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
        guard Normalizer.email.handle(address) == address, !isPattern(halves[0]) else { return nil }
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

    /// 123456@qq.com, 111111@163.com: what people type who do not want to give theirs.
    private static func isPattern(_ mailbox: Substring) -> Bool {
        let bytes = Array(mailbox.utf8)
        guard bytes.allSatisfy({ $0 &- 48 < 10 }) else { return bytes.count > 2 && bytes.allSatisfy { $0 == bytes[0] } }
        return bytes.allSatisfy { $0 == bytes[0] } || zip(bytes, bytes.dropFirst()).allSatisfy { $1 &- 48 == ($0 &- 48 + 1) % 10 }
    }
}
