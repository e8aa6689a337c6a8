import Foundation
import SyntheticFeed

/// A synthetic feed on disk.
struct FeedFile {
    let path: String
    let bytes: Int

    /// - Parameter hasTexts: whether customers say anything.
    init(folder: URL, records: Int, hasTexts: Bool = true) throws {
        path = folder.appendingPathComponent(hasTexts ? "feed.jsonl" : "silent.jsonl").path
        try Data().write(to: URL(fileURLWithPath: path))
        let handle = FileHandle(forWritingAtPath: path)!
        var feed = Feed(seed: 7, count: records)
        var block = ""
        var total = 0
        for index in 0..<records {
            var record = feed.next()
            if !hasTexts { record.text = "" }
            block += record.json + "\n"
            if block.utf8.count > 1 << 20 || index == records - 1 {
                total += block.utf8.count
                try handle.write(contentsOf: Data(block.utf8))
                block = ""
            }
        }
        try handle.close()
        bytes = total
    }

    /// What customers say in the first records.
    func texts(_ count: Int) throws -> [String] {
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").prefix(count)
        return try lines.compactMap { try (JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?["text"] as? String }
    }
}
