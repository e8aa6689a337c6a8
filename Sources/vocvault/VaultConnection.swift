import Foundation
import RedactedAPI
import VaultAPI
import VaultClient
import VoCVault

/// The vault that commands work with: the local one, or one behind a server.
protocol VaultConnection: FollowedSource {
    func perform<O: PerformedOperation>(_ operation: O) async throws -> Receipted<O.Reply>
    func ingest(
        _ input: FileHandle, _ options: InputOptions, source: String, onReject: (Reject) throws -> Void, progress: (IngestReport) -> Void
    ) async throws -> IngestReport
    /// Issues a token, which becomes valid only once it has been shown.
    func issue(_ operation: IssueToken, show: (IssueToken.Reply) throws -> Void) async throws -> IssueToken.Reply
    /// Notices to show with the answer.
    var notices: [String] { get }
}

extension Session: VaultConnection {
    func ingest(
        _ input: FileHandle, _ options: InputOptions, source: String, onReject: (Reject) throws -> Void, progress: (IngestReport) -> Void
    ) async throws -> IngestReport {
        try ingest(input, options, source: source, batchSize: 8192, onReject: onReject, progress: progress)
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
        _ input: FileHandle, _ options: InputOptions, source: String, onReject: (Reject) throws -> Void, progress: (IngestReport) -> Void
    ) async throws -> IngestReport {
        guard options.constants.isEmpty, options.idFrom.isEmpty else {
            throw VaultError.invalid("--set and --id-from need the vault on this machine; for a server's, put the source into its sources.yaml")
        }
        let types: [InputFormat: String] = [
            .jsonl: "application/x-ndjson", .csv: "text/csv", .tsv: "text/tab-separated-values", .json: "application/json", .xlsx: IngestRecords.types[4],
        ]
        let type = options.format.flatMap { types[$0] } ?? "application/octet-stream"
        let parameters = [("preset", options.preset), ("list", options.list), ("sheet", options.sheet)].compactMap { name, value in value.map { (name, $0) } }
        let charset = options.encodingName.map { "; charset=\($0)" } ?? ""
        let upload = try await ingest(source: source, type: type + charset, timeZone: options.timeZone?.identifier, options: parameters) { try input.read(upToCount: 256 << 10) }
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
