import Foundation
import RedactedAPI
import VaultAPI
import VaultClient
import VoCVault

/// The vault that commands work with: the local one, or one behind a server.
protocol VaultConnection: FollowedSource {
    func perform<O: PerformedOperation>(_ operation: O) async throws -> Receipted<O.Reply>
    /// - Parameter acknowledge: is told what became of lines once that is durable, while the rest is still to come.
    func ingest(
        _ input: FileHandle, _ options: InputOptions, source: String, onReject: (Reject) throws -> Void, acknowledge: ((IngestRecords.Line) throws -> Void)?,
        progress: (IngestReport) -> Void
    ) async throws -> IngestReport
    /// Issues a token, which becomes valid only once it has been shown.
    func issue(_ operation: IssueToken, show: (IssueToken.Reply) throws -> Void) async throws -> IssueToken.Reply
    /// Notices to show with the answer.
    var notices: [String] { get }
}

extension Session: VaultConnection {
    func ingest(
        _ input: FileHandle, _ options: InputOptions, source: String, onReject: (Reject) throws -> Void, acknowledge: ((IngestRecords.Line) throws -> Void)?,
        progress: (IngestReport) -> Void
    ) async throws -> IngestReport {
        try ingest(InputSource(input), options, source: source) { batch in
            try batch.rejects.forEach(onReject)
            if let acknowledge { try IngestRecords.Line.all(of: batch).forEach(acknowledge) }
            progress(batch.report)
        }
    }
}

extension Session {
    func issue(_ operation: IssueToken, show: (IssueToken.Reply) throws -> Void) async throws -> IssueToken.Reply { try operation.perform(in: self, show: show) }
}

extension VaultClient: VaultConnection {
    /// A server's token is valid before it is shown; if it cannot be shown, it is revoked at once.
    func issue(_ operation: IssueToken, show: (IssueToken.Reply) throws -> Void) async throws -> IssueToken.Reply {
        let issued = try await perform(operation).reply
        do {
            try show(issued)
            return issued
        } catch {
            do {
                _ = try await perform(RevokeToken(id: issued.id, reason: "it could not be shown"))
            } catch let refusal {
                printError("vocvault: token \(issued.id) could neither be shown nor revoked: \(refusal)")
            }
            throw error
        }
    }

    /// A server sends its notices with its answers.
    var notices: [String] { [] }

    func ingest(
        _ input: FileHandle, _ options: InputOptions, source: String, onReject: (Reject) throws -> Void, acknowledge: ((IngestRecords.Line) throws -> Void)?,
        progress: (IngestReport) -> Void
    ) async throws -> IngestReport {
        guard options.constants.isEmpty, options.idFrom.isEmpty else {
            throw VaultError.invalid("--set and --id-from need the vault on this machine; for a server's, put the source into its sources.yaml")
        }
        guard !options.keepsRejected else { throw VaultError.invalid("--keep-rejected needs the vault on this machine; a server names the lines") }
        let types: [InputFormat: String] = [
            .jsonl: "application/x-ndjson", .csv: "text/csv", .tsv: "text/tab-separated-values", .json: "application/json", .xlsx: IngestRecords.types[4],
        ]
        let type = options.format.flatMap { types[$0] } ?? "application/octet-stream"
        let parameters = [("preset", options.preset), ("list", options.list), ("sheet", options.sheet)].compactMap { name, value in value.map { (name, $0) } }
        let charset = options.encodingName.map { "; charset=\($0)" } ?? ""
        let upload = try await ingest(
            source: source, type: type + charset, timeZone: options.timeZone?.identifier, options: parameters, acknowledge: acknowledge
        ) { try available(input, upTo: 256 << 10) }
        for reject in upload.rejects { try onReject(Reject(line: reject.line, lines: reject.lines, reason: reject.reason)) }
        var report = IngestReport()
        let sum = upload.summary
        (report.stored, report.duplicates, report.rejected, report.newCustomers) = (sum.stored, sum.duplicates, sum.rejected, sum.newCustomers)
        (report.replaced, report.keptChanged, report.decisions) = (sum.replaced, sum.keptChanged, sum.decisions)
        (report.erasedBefore, report.setAside, report.unmapped, report.reading) = (sum.erasedBefore, sum.setAside, Set(sum.unmapped), sum.reading)
        progress(report)
        return report
    }
}

extension VaultConnection {
    /// The fields that the role's first grant for queries under a purpose shows.
    func shownFields(purpose: String) async throws -> Set<String> {
        let grants = try await perform(WhoAmI()).reply.grants
        let grant = grants.first { $0.actions.contains(QueryPage.action!) && $0.purposes.contains(purpose) }
        return Set((grant?.fields ?? [:]).filter { !["deny", "suppress"].contains($0.value) }.keys)
    }
}

extension Receipted {
    /// Number of the audit entry, for the line that confirms the operation.
    var entry: String { receipt.entry.map(String.init) ?? "none" }
}

/// The bytes that are there, or come next; none at the end. `FileHandle.read(upToCount:)` waits for all of them.
private func available(_ input: FileHandle, upTo count: Int) throws -> Data {
    var buffer = [UInt8](repeating: 0, count: count)
    while true {
        let received = read(input.fileDescriptor, &buffer, count)
        if received >= 0 { return Data(buffer.prefix(received)) }
        let code = errno
        guard code == EINTR else { throw VaultError.invalid("the input cannot be read: \(String(cString: strerror(code)))") }
    }
}
