import Foundation
import SyntheticFeed

/// A synthetic feed on disk.
struct FeedFile {
    let path: String
    let records: Int

    /// - Parameter hasTexts: whether customers say anything.
    init(folder: URL, records: Int, hasTexts: Bool = true) throws {
        self.records = records
        path = folder.appendingPathComponent(hasTexts ? "feed.jsonl" : "silent.jsonl").path
        try Data().write(to: URL(fileURLWithPath: path))
        let handle = FileHandle(forWritingAtPath: path)!
        var feed = Feed(seed: 7, count: records)
        var block = ""
        for index in 0..<records {
            var record = feed.next()
            if !hasTexts { record.text = "" }
            block += record.json + "\n"
            if block.utf8.count > 1 << 20 || index == records - 1 {
                try handle.write(contentsOf: Data(block.utf8))
                block = ""
            }
        }
        try handle.close()
    }

    /// What customers say in the first records.
    func texts(_ count: Int) throws -> [String] {
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").prefix(count)
        return try lines.compactMap { try (JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?["text"] as? String }
    }
}
