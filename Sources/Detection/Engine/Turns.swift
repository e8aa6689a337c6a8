/// The turns of a conversation, as chats, transcripts and subtitles write them.
struct Turns {
    struct Turn {
        var speaker: String
        /// What is said, without the speaker.
        var content: Range<Int>
    }

    private(set) var turns: [Turn] = []

    private static let speakers: Set<String> = [
        "customer", "client", "caller", "user", "agent", "operator", "representative", "assistant", "bot", "visitor", "guest", "advisor", "support", "cust", "rep",
        "客户", "用户", "顾客", "坐席", "座席", "客服", "专员", "来电人", "来电", "主叫", "被叫", "机器人", "访客", "买家", "卖家", "店员", "员工",
    ]

    /// - Returns: nil for a text that is no conversation.
    init?(_ text: [UInt8]) {
        guard text.contains(0x0A) || text.contains(0x5B) else { return nil }
        var start = 0
        var isSubtitled = false
        while start <= text.count {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            let line = start..<(end > start && text[end - 1] == 0x0D ? end - 1 : end)
            start = end + 1
            if Self.isSubtitleMark(text[line]) {
                isSubtitled = isSubtitled || text[line].count > 12
            } else if !line.isEmpty {
                add(line, text)
            }
        }
        guard turns.count >= 2, isSubtitled || turns.count(where: { !$0.speaker.isEmpty }) >= 2 else { return nil }
    }

    /// The number of a subtitle, or its times.
    private static func isSubtitleMark(_ line: ArraySlice<UInt8>) -> Bool {
        let isNumber = !line.isEmpty && line.count <= 5 && line.allSatisfy { $0 &- 48 < 10 }
        return isNumber
            || line.count >= 12 && line.first! &- 48 < 10 && line.allSatisfy { $0 &- 48 < 10 || [0x3A, 0x2C, 0x2E, 0x20, 0x2D, 0x3E].contains($0) } && line.contains(0x3E)
    }

    /// A line, which begins with a speaker and a colon, or has speakers in brackets anywhere.
    private mutating func add(_ line: Range<Int>, _ text: [UInt8]) {
        var (from, speaker) = (line.lowerBound, "")
        if let colon = text[line].prefix(40).firstIndex(where: { $0 == 0x3A || $0 == 0xEF }), text[colon] == 0x3A || text[colon...].starts(with: [0xEF, 0xBC, 0x9A]) {
            let label = Self.label(text[line.lowerBound..<colon])
            if Self.isSpeaker(label) { (speaker, from) = (label, colon + (text[colon] == 0x3A ? 1 : 3)) }
        }
        var index = from
        while index < line.upperBound {
            if text[index] == 0x5B, let close = text[index..<min(index + 24, line.upperBound)].firstIndex(of: 0x5D), Self.isSpeaker(Self.label(text[index + 1..<close])) {
                append(speaker, from..<index, text)
                (speaker, from) = (Self.label(text[index + 1..<close]), close + 1)
                index = close
            }
            index += 1
        }
        append(speaker, from..<line.upperBound, text)
    }

    private static func label(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).lowercased().filter { $0 != " " && $0 != "\t" && $0 != "_" && $0 != "[" && $0 != "]" }
    }

    private static func isSpeaker(_ label: String) -> Bool {
        if speakers.contains(label) { return true }
        let name = label.prefix { !$0.isNumber }
        return ["speaker", "spk", "说话人", "发言人"].contains(name) && label.dropFirst(name.count).allSatisfy(\.isNumber) && label.count < 16
            || speakers.contains(String(name)) && label.dropFirst(name.count).allSatisfy(\.isNumber)
    }

    private mutating func append(_ speaker: String, _ range: Range<Int>, _ text: [UInt8]) {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, isBlank(text[low]) { low += 1 }
        while low < high, isBlank(text[high - 1]) { high -= 1 }
        if low < high { turns.append(Turn(speaker: speaker, content: low..<high)) }
    }
}
