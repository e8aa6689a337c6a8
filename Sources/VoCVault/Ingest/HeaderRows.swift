import Foundation

/// The rows of headings of a table: one, or a group's above its columns', or a name's above a question's.
struct HeaderRows {
    private let rows: [[String]]

    init(_ rows: [[String]]) { self.rows = rows }

    /// What each column is called, how people know it, and the value that ticks it where it is one of a question's answers.
    var columns: [(names: [String], label: String, tick: String?)] {
        var seen: [String: Int] = [:]
        var group = ""
        // A question with several columns: its heading stands above the first, and the answers' below.
        let isBelow = rows.count == 2 && rows[0].contains("")
        return rows[0].indices.map { index in
            var names = rows.map { $0[index] }.filter { !$0.isEmpty && !$0.hasPrefix("{") }
            // A heading above several columns is written above the first of them.
            if rows.count > 1 {
                if !rows[0][index].isEmpty { group = rows[0][index] } else if !group.isEmpty, !names.isEmpty { names.insert(group, at: 0) }
            }
            var label = names.isEmpty ? "column \(index + 1)" : isBelow ? names[0] : names.last!
            seen[label, default: 0] += 1
            if let count = seen[label], count > 1, !isBelow || names.count < 2 { label += " (\(count))" }
            return (names.isEmpty ? [label] : names, label, isBelow && names.count > 1 ? names.last : nil)
        }
    }

    /// The zone of times, where a row of headings says it, as Qualtrics' third one does.
    var timeZone: TimeZone? {
        for name in rows.dropFirst().joined() {
            if let match = name.firstMatch(of: /"timeZone"\s*:\s*"([^"]+)"/), let zone = TimeZone(identifier: String(match.1)) { return zone }
        }
        return nil
    }
}
