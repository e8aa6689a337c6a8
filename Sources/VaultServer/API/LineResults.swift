import VaultAPI
import VoCVault
import Wire

/// The results of an upload's lines, as NDJSON. Consecutive lines with the same result share one object.
struct LineResults {
    private(set) var bytes: [UInt8] = []
    private(set) var rejected = 0
    /// Beyond this many bytes, further rejections are only counted.
    private static let limit = 16 << 20

    mutating func add(_ batch: IngestedBatch) throws {
        var lines: [(line: Int, status: IngestRecords.Status)] = batch.stored.map { ($0, .stored) } + batch.duplicates.map { ($0, .duplicate) }
            + batch.replaced.map { ($0, .replaced) } + batch.erasedBefore.map { ($0, .erasedBefore) }
        lines.sort { $0.line < $1.line }
        var rejects = batch.rejects[...]
        var run: (first: Int, last: Int, status: IngestRecords.Status)?
        func end() throws {
            guard let done = run else { return }
            try append(IngestRecords.Line(status: done.status, lines: [done.first, done.last], entry: batch.receipt))
            run = nil
        }
        for (line, status) in lines {
            while let reject = rejects.first, reject.line < line {
                try end()
                try append(reject)
                rejects.removeFirst()
            }
            // Blank lines inside a run have no result.
            if let current = run, current.status == status {
                run = (current.first, line, status)
            } else {
                try end()
                run = (line, line, status)
            }
        }
        try end()
        for reject in rejects { try append(reject) }
    }

    private mutating func append(_ reject: Reject) throws {
        rejected += 1
        guard bytes.count < Self.limit else { return }
        let last = reject.lines > 1 ? reject.line + reject.lines - 1 : nil
        try append(IngestRecords.Line(status: .rejected, line: reject.line, lastLine: last, reason: reject.reason))
    }

    private mutating func append(_ line: IngestRecords.Line) throws {
        bytes += try JSON(encoding: line).bytes
        bytes.append(0x0A)
    }
}
