import VaultAPI
import Wire

/// The results of an input's lines, as NDJSON. Consecutive lines with the same result share one object.
package struct LineResults: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// What rejections took so far.
    private var rejections = 0
    /// Beyond this many bytes, further rejections are only counted.
    private static let limit = 16 << 20

    package init() {}

    package mutating func add(_ batch: IngestedBatch) throws {
        for line in IngestRecords.Line.all(of: batch) {
            let text = try JSON(encoding: line).bytes
            if line.status == .rejected {
                guard rejections < Self.limit else { continue }
                rejections += text.count
            }
            bytes += text
            bytes.append(0x0A)
        }
    }

    /// What was added since it was taken last.
    package mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}

extension IngestRecords.Line {
    /// What became of the lines of a batch, in their order.
    package static func all(of batch: IngestedBatch) -> [IngestRecords.Line] {
        var results: [IngestRecords.Line] = []
        var lines: [(line: Int, status: IngestRecords.Status)] =
            batch.stored.map { ($0, .stored) } + batch.duplicates.map { ($0, .duplicate) }
            + batch.replaced.map { ($0, .replaced) } + batch.erasedBefore.map { ($0, .erasedBefore) }
        lines.sort { $0.line < $1.line }
        var rejects = batch.rejects[...]
        var run: (first: Int, last: Int, status: IngestRecords.Status)?
        func end() {
            guard let done = run else { return }
            results.append(IngestRecords.Line(status: done.status, lines: [done.first, done.last], entry: batch.receipt))
            run = nil
        }
        for (line, status) in lines {
            while let reject = rejects.first, reject.line < line {
                end()
                results.append(IngestRecords.Line(reject))
                rejects.removeFirst()
            }
            // Blank lines inside a run have no result.
            if let current = run, current.status == status {
                run = (current.first, line, status)
            } else {
                end()
                run = (line, line, status)
            }
        }
        end()
        return results + rejects.map { IngestRecords.Line($0) }
    }

    private init(_ reject: Reject) {
        self.init(status: .rejected, line: reject.line, lastLine: reject.lines > 1 ? reject.line + reject.lines - 1 : nil, reason: reject.reason)
    }
}

extension IngestRecords.Summary {
    package init(_ report: IngestReport) {
        self.init(
            stored: report.stored, duplicates: report.duplicates, replaced: report.replaced, keptChanged: report.keptChanged, decisions: report.decisions,
            rejected: report.rejected, newCustomers: report.newCustomers, erasedBefore: report.erasedBefore, setAside: report.setAside,
            unmapped: report.unmapped.sorted(), reading: report.reading)
    }
}
