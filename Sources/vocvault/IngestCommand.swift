import ArgumentParser
import Foundation
import StandardStreams
import VoCVault
import Wire

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension InputFormat: ExpressibleByArgument {}

struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Stores records in the vault: redacts, indexes and seals them.",
        discussion: """
            A record whose source and id are already stored counts as a duplicate. Bad lines are skipped and
            counted; --rejects writes their numbers and reasons to a file, never their content. A value is set
            aside (kept sealed, but never used) if it is outside its field's bounds or identifies nobody: a
            placeholder such as N/A, a masked number, a phone number rounded by a spreadsheet.

            Examples:
              vocvault ingest feed.jsonl --source hotline
              zcat survey.csv.gz | vocvault ingest - --input csv --source survey --rejects rejects.jsonl
            """)

    @Argument(help: "A file, or - for standard input.")
    var file: String

    @Option(help: "Format of the input: jsonl or csv; by default, from the file name.")
    var input: InputFormat?

    @Option(help: "Name of the feed. Each source and id is stored once.")
    var source = "feed"

    @Option(help: "Time zone of times without an offset, such as Asia/Tokyo; defaults to that of schema.yaml.")
    var timezone: String?

    @Option(help: "File for the numbers and reasons of rejected lines, as JSON lines.")
    var rejects: String?

    func run() async throws {
        let zone = try timezone.map { name in
            guard let zone = TimeZone(identifier: name) else { throw ValidationError("--timezone must be an IANA time zone such as Asia/Shanghai") }
            return zone
        }
        let session = try VaultEnvironment.vault(needing: .bulk)
        let handle = try openInput(file)
        let rejectFile = try rejects.map { try RejectFile(path: $0) }
        let progress = ProgressLine(total: try? file == "-" ? nil : Int64(handle.seekToEndThenBack()))
        let start = ContinuousClock.now
        let report = try await session.ingest(
            handle, format: input ?? (file.hasSuffix(".csv") ? .csv : .jsonl), source: source, timeZone: zone,
            onReject: { reject in
                if let rejectFile {
                    try rejectFile.write(reject)
                } else {
                    progress.clear()
                    let lines = reject.lines > 1 ? "lines \(reject.line) to \(reject.line + reject.lines - 1)" : "line \(reject.line)"
                    printError("\(lines): \(reject.reason)")
                }
            },
            progress: { progress.show($0) })
        progress.clear()
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let rate = Double(report.stored + report.duplicates) / max(elapsed, 0.001)
        try print(
            """
            stored \(report.stored)  duplicates \(report.duplicates)  rejected \(report.rejected)  \
            new customers \(report.newCustomers)  \
            \(report.erasedBefore == 0 ? "" : "erased before \(report.erasedBefore)  ")\
            \(elapsed.formatted(.number.precision(.fractionLength(2)).grouping(.never))) s  \(Int(rate)) records/s
            """)
        if !report.setAside.isEmpty {
            try print("set aside: \(report.setAside.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
        }
        if report.rejected > 0 { throw SomeRejected() }
    }
}

extension FileHandle {
    /// Length of a regular file; throws on a pipe.
    fileprivate func seekToEndThenBack() throws -> UInt64 {
        let length = try seekToEnd()
        try seek(toOffset: 0)
        return length
    }
}

/// Collects rejected lines.
private final class RejectFile {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw VaultError.invalid("\(FileFault(path, .write, errno))") }
    }

    deinit { close(descriptor) }

    func write(_ reject: Reject) throws {
        var (line, members) = ([UInt8](), JSON.Object())
        members.add("line", .integer(Int64(reject.line)), to: &line)
        if reject.lines > 1 { members.add("last_line", .integer(Int64(reject.line + reject.lines - 1)), to: &line) }
        members.add("reason", reject.reason, to: &line)
        members.end(&line)
        line.append(0x0A)
        do throws(WriteFailure) {
            try StandardStreams.write(line, to: descriptor)
        } catch {
            throw FileError(path: path, failure: error)
        }
    }
}

/// One line, redrawn on a terminal; nothing elsewhere.
private final class ProgressLine {
    private let total: Int64?
    private let isTerminal = isErrorTerminal
    private let start = ContinuousClock.now

    init(total: Int64?) { self.total = total }

    func show(_ report: IngestReport) {
        guard isTerminal else { return }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let done = report.stored + report.duplicates
        var line = "\r\u{1B}[K"
        if let total, total > 0 {
            let share = min(1, Double(report.bytes) / Double(total))
            let filled = Int(share * 30)
            line += "[\(String(repeating: "=", count: filled))\(String(repeating: " ", count: 30 - filled))] \(Int(share * 100))%  "
        }
        line += "\(done) records  \(Int(Double(done) / max(elapsed, 0.001)))/s  \(report.rejected) rejected"
        showProgress(line)
    }

    func clear() {
        if isTerminal { showProgress("\r\u{1B}[K") }
    }
}
