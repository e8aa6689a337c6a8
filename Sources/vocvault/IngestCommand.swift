import ArgumentParser
import Foundation
import StandardStreams
import VaultAPI
import VoCVault
import Wire

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension InputFormat: ExpressibleByArgument {}

/// What is said about an input on the command line.
struct InputArguments: ParsableArguments {
    @Option(help: "Format of the input: jsonl, csv, tsv, json or xlsx; by default, what it looks like. gzip, zstd and a ZIP with one file are unpacked.")
    var input: InputFormat?

    @Option(help: "How files of another tool become records: a preset of sources.yaml; by default, the one whose columns the file has.")
    var preset: String?

    @Option(help: "Encoding of the text, such as gbk or shift-jis; by default, what it looks like.")
    var encoding: String?

    @Option(help: "Name of a workbook's sheet; by default, the first that is not hidden.")
    var sheet: String?

    @Option(help: "Place of the list in a JSON file, such as data.items; by default, the first list of objects.")
    var list: String?

    @Option(help: "Time zone of times without an offset, such as Asia/Tokyo; by default, that of the source, or of schema.yaml.")
    var timezone: String?

    @Option(help: "Value for every record, such as channel=web or attributes.store=S12. Repeat for several.")
    var set: [String] = []

    @Option(help: "Columns, separated by commas, that together are a record's id; 'all' for a digest of the whole row.")
    var idFrom: String?

    func options(file: String) throws -> InputOptions {
        var options = InputOptions(format: input ?? (file.hasSuffix(".csv") ? .csv : file.hasSuffix(".tsv") ? .tsv : nil))
        options.timeZone = try timezone.map { name in
            guard let zone = TimeZone(identifier: name) else { throw ValidationError("--timezone must be an IANA time zone such as Asia/Shanghai") }
            return zone
        }
        if let encoding {
            guard let known = InputOptions.encoding(named: encoding) else { throw ValidationError("--encoding '\(encoding)' is not known") }
            options.encoding = known
        }
        for pair in set {
            guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else { throw ValidationError("--set must be PATH=VALUE, such as channel=web") }
            options.constants[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
        }
        (options.preset, options.sheet, options.list) = (preset, sheet, list)
        options.idFrom = idFrom?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
        return options
    }
}

struct IngestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Stores records in the vault: redacts, indexes and seals them.",
        discussion: """
            A record whose source and id are already stored counts as a duplicate. If it
            says something else now, 'on_change' of its source in sources.yaml says
            whether it is kept as it was (the default) or replaced. Bad lines are skipped
            and counted; --rejects writes their numbers and reasons to a file, never their
            content. --keep-rejected writes the lines themselves to a file that only you
            can read, under the headings of a table: mend them there, ingest that file,
            and delete it. A value is set aside (kept sealed, but never used) if it is
            outside its field's bounds or identifies nobody: a placeholder such as N/A, a
            masked number, a phone number rounded by a spreadsheet.

            Files of other tools are read by the presets of sources.yaml; docs/INTAKE.md
            lists them. Records from standard input are stored within a second, however
            slowly they come. --acknowledge says what became of each line once that is
            durable, in the form of the answers of POST /v1/records.

            Examples:
              vocvault ingest feed.jsonl --source hotline
              vocvault ingest 问卷.xlsx --source survey-7 --check
              vocvault ingest export.csv.gz --source shop --set channel=web --id-from all --rejects rejects.jsonl
              vocvault ingest 问卷.csv --source survey-7 --keep-rejected mend.csv
              tail -F calls.jsonl | vocvault ingest - --input jsonl --source hotline --acknowledge
            """)

    @Argument(help: "A file, or - for standard input.")
    var file: String

    @OptionGroup var arguments: InputArguments

    @Option(help: "Name of the feed. Each source and id is stored once.")
    var source = "feed"

    @Option(help: "File for the numbers and reasons of rejected lines, as JSON lines.")
    var rejects: String?

    @Option(help: "New file for the rejected lines themselves, for you alone to read.")
    var keepRejected: String?

    @Flag(help: "Print a JSON line for each run of lines with the same fate as soon as it is durable, and a summary at the end.")
    var acknowledge = false

    @Flag(name: [.customLong("check"), .customLong("dry-run")], help: "Store nothing: show the first records as they would be stored, and what would be rejected.")
    var isCheck = false

    func run() async throws {
        var options = try arguments.options(file: file)
        options.keepsRejected = keepRejected != nil
        let session = try VaultEnvironment.vault(needing: .bulk)
        let handle = try openInput(file)
        if isCheck {
            guard let local = session as? Session else { throw ValidationError("--check needs the vault on this machine") }
            return try show(local.check(InputSource(handle), options, source: source))
        }
        let rejectFile = try rejects.map { try RejectFile(path: $0) }
        let keptFile = try keepRejected.map { try KeptFile(path: $0) }
        let progress = ProgressLine(total: try? file == "-" ? nil : Int64(handle.seekToEndThenBack()))
        let start = ContinuousClock.now
        let report = try await session.ingest(
            handle, options, source: source,
            onReject: { reject in
                try keptFile?.write(reject)
                if let rejectFile {
                    try rejectFile.write(reject)
                } else if !acknowledge {
                    progress.clear()
                    let lines = reject.lines > 1 ? "lines \(reject.line) to \(reject.line + reject.lines - 1)" : "line \(reject.line)"
                    printError("\(lines): \(reject.reason)")
                }
            },
            acknowledge: acknowledge ? { try Self.say(JSON(encoding: $0)) } : nil, progress: { progress.show($0) })
        progress.clear()
        if acknowledge {
            try Self.say(["summary": JSON(encoding: IngestRecords.Summary(report))])
            if let keptFile { printError(keptFile.end()) }
            if report.rejected > 0 { throw SomeRejected() }
            return
        }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let rate = Double(report.stored + report.replaced + report.duplicates) / max(elapsed, 0.001)
        try print(
            """
            stored \(report.stored)  duplicates \(report.duplicates)  rejected \(report.rejected)  \
            new customers \(report.newCustomers)  \
            \(report.erasedBefore == 0 ? "" : "erased before \(report.erasedBefore)  ")\
            \(elapsed.formatted(.number.precision(.fractionLength(2)).grouping(.never))) s  \(Int(rate)) records/s
            """)
        if report.replaced + report.keptChanged > 0 {
            try print("changed since \(report.replaced + report.keptChanged): replaced \(report.replaced), kept as they were \(report.keptChanged)")
        }
        if report.decisions > 0 { try print("decisions about purposes \(report.decisions)") }
        try tell(report.reading, report.setAside, report.unmapped)
        if let keptFile { try print(keptFile.end()) }
        if report.rejected > 0 { throw SomeRejected() }
    }

    private static func say(_ line: JSON) throws { try StandardOutput.write(line.bytes + [0x0A]) }

    /// What the input was taken for, and what became of values that are not used.
    private func tell(_ reading: String, _ setAside: [String: Int], _ unmapped: Set<String>) throws {
        if !["", "JSON lines", "CSV"].contains(reading) { try print("read as \(reading)") }
        if !setAside.isEmpty { try print("set aside: \(setAside.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))") }
        guard !unmapped.isEmpty else { return }
        try print("kept sealed, as nothing maps them: \(unmapped.sorted().map { VisibleText.line($0) }.joined(separator: ", "))")
    }

    private func show(_ check: InputCheck) throws {
        for record in check.records {
            try print("line \(record.line)")
            for value in record.values {
                let name = value.field.padding(toLength: 18, withPad: " ", startingAt: 0)
                try print("  \(name)\(value.value.map { VisibleText.line($0) } ?? "sealed")\(value.fieldClass == "plain" ? "" : "  (\(value.fieldClass))")")
            }
        }
        try print("would store \(check.readable)  would reject \(check.rejected)")
        for (reason, count) in check.reasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(20) { try print("  \(count) × \(reason)") }
        try tell(check.reading, check.setAside, check.unmapped)
        if check.rejected > 0 { throw SomeRejected() }
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

/// One line, redrawn on a terminal; nothing elsewhere.
private final class ProgressLine {
    private let total: Int64?
    private let isTerminal = isErrorTerminal
    private let start = ContinuousClock.now

    init(total: Int64?) { self.total = total }

    func show(_ report: IngestReport) {
        guard isTerminal else { return }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let done = report.stored + report.replaced + report.duplicates
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
