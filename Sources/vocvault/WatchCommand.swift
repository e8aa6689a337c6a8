import ArgumentParser
import Foundation
import Store
import VaultAPI
import VaultClient
import VoCVault
import Wire

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Stores the files that are handed over in a folder: FOLDER/SOURCE/FILE.",
        discussion: """
            Hand a file over by renaming it into place: names that begin with a dot, or
            end in .part, .tmp or ~, are left alone. The folder that it stands in is its
            source; sources.yaml says how files of that source are read. Once all of its
            records are durable, it is in 'done' beside it, with a receipt for each run of
            lines; a file that cannot be read is in 'failed', with the reason, and so are
            rejected records, to be mended and handed over again. Nothing is lost or
            stored twice when this is killed, and several may watch one folder.

            Examples:
              vocvault watch /srv/intake
              vocvault watch /srv/intake --once --discard
            """)

    @Argument(help: "The folder.")
    var folder: String

    @Option(help: "Source of files that stand in the folder itself; by default, they are left alone.")
    var source: String?

    @Flag(help: "Take what is there now, and end.")
    var once = false

    @Flag(help: "Delete a file once all its records are durable or kept in 'failed'.")
    var discard = false

    /// How often the folder is looked at.
    private static let pause = Duration.milliseconds(500)
    /// How long it is left alone when the vault cannot take anything just now.
    private static let longPause = Duration.seconds(10)

    func run() async throws {
        var path = folder
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        let watched = WatchedFolder(path: path, source: source)
        let vault = try VaultEnvironment.vault(needing: .bulk)
        var hasRejects = false
        while true {
            var pause = Self.pause
            do {
                let files = try watched.take()
                for taken in files {
                    let isWhole = try await store(taken, in: vault, watched)
                    hasRejects = hasRejects || !isWhole
                }
                if !files.isEmpty { continue }
            } catch let error where !once && Self.passes(error) {
                printError("vocvault: \(error); trying again")
                pause = Self.longPause
            }
            if once { break }
            try await Task.sleep(for: pause)
        }
        if hasRejects { throw SomeRejected() }
    }

    /// - Returns: whether nothing was rejected.
    private func store(_ taken: WatchedFolder.Taken, in vault: any VaultConnection, _ watched: WatchedFolder) async throws -> Bool {
        var options = InputOptions(format: taken.name.hasSuffix(".csv") ? .csv : taken.name.hasSuffix(".tsv") ? .tsv : nil)
        options.keepsRejected = vault is Session
        var (receipts, rejected) = ([UInt8](), RejectedRecords())
        do {
            let report = try await vault.ingest(
                taken.handle, options, source: taken.source, onReject: { rejected.add($0) },
                acknowledge: { receipts += try JSON(encoding: $0).bytes + [0x0A] }, progress: { _ in })
            receipts += try JSON.object(["summary": JSON(encoding: IngestRecords.Summary(report))]).bytes + [0x0A]
            if !rejected.lines.isEmpty { try watched.keep(rejected, of: taken) }
            // What was rejected and is not kept stands nowhere else.
            try watched.settle(taken, receipts: receipts, isKept: !discard || rejected.count < report.rejected)
            try print("\(taken.source)/\(VisibleText.line(taken.name)): stored \(report.stored)  duplicates \(report.duplicates)  rejected \(report.rejected)")
            return report.rejected == 0
        } catch let error where Self.isAboutFile(error) {
            try watched.fail(taken, reason: "\(error)")
            printError("\(taken.source)/\(VisibleText.line(taken.name)): \(error)")
            return false
        }
    }

    /// Whether an error says that a file cannot be read, now or later.
    private static func isAboutFile(_ error: any Error) -> Bool {
        switch error {
        case let error as Interrupted: isAboutFile(error.cause)
        case VaultError.invalid: true
        case let error as VaultClientError: [.invalid, .mediaType, .tooLarge].contains(error.failure)
        default: false
        }
    }

    /// Whether trying again later makes sense: not if somebody must act first.
    private static func passes(_ error: any Error) -> Bool {
        switch error {
        case let error as Interrupted: passes(error.cause)
        case let error as VaultError: error.failure.passes
        case VaultClientError.unreachable, VaultClientError.brokenOff: true
        case let error as VaultClientError: error.failure.map { $0.passes || $0 == .storageFull || $0 == .unknownOutcome } ?? false
        case let error as StorageError: error.failure.passes || error.failure == .storageFull || error.failure == .unknownOutcome
        default: false
        }
    }
}
