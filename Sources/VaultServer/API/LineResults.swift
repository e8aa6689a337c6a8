import RedactedAPI
import StrictJSON
import VaultAPI
import VoCVault

/// The results of an upload's lines, as NDJSON. Consecutive lines with the same result share one object.
struct LineResults {
    private(set) var bytes: [UInt8] = []
    private(set) var rejected = 0
    /// Beyond this many bytes, further rejections are only counted.
    private static let limit = 16 << 20

    mutating func add(_ batch: IngestedBatch) {
        var lines: [(line: Int, status: String)] = batch.stored.map { ($0, "stored") } + batch.duplicates.map { ($0, "duplicate") }
            + batch.erasedBefore.map { ($0, "erased-before") }
        lines.sort { $0.line < $1.line }
        var rejects = batch.rejects[...]
        var run: (first: Int, last: Int, status: String)?
        func members(_ run: (first: Int, last: Int, status: String)) -> JSON {
            ["lines": [JSON(run.first), JSON(run.last)], "status": .string(run.status), "entry": .integer(batch.receipt)]
        }
        for (line, status) in lines {
            while let reject = rejects.first, reject.line < line {
                if let done = run { append(members(done)) }
                run = nil
                append(reject)
                rejects.removeFirst()
            }
            // Blank lines inside a run have no result.
            if let current = run, current.status == status {
                run = (current.first, line, status)
            } else {
                if let done = run { append(members(done)) }
                run = (line, line, status)
            }
        }
        if let done = run { append(members(done)) }
        rejects.forEach { append($0) }
    }

    private mutating func append(_ reject: Reject) {
        rejected += 1
        guard bytes.count < Self.limit else { return }
        var members: [String: JSON] = ["line": JSON(reject.line), "status": "rejected", "reason": .string(reject.reason)]
        if reject.lines > 1 { members["last_line"] = JSON(reject.line + reject.lines - 1) }
        append(.object(members))
    }

    private mutating func append(_ object: JSON) {
        bytes += object.bytes
        bytes.append(0x0A)
    }
}
