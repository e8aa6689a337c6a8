import ArgumentParser
import Foundation
import RedactedAPI
import VaultClient
import VoCVault

struct ChangesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "changes", abstract: "Reads records that are new, have changed or are gone since the last time.",
        discussion: """
            The first time it reads all records, then what changed since: what came, was corrected, redacted again or withdrawn, and \
            what is gone. A record stands as it is now, however often it changed. One that is 'gone' was erased or deleted, or its \
            customer no longer allows its use: forget what was made of it.

            --place FILE remembers how far it was read. A place that the vault no longer has, after a restore or once retention has \
            removed the changes, is refused: delete FILE to begin anew.

            Examples:
              vocvault changes --purpose insight --select record,product,text --place insight.place --format ndjson
            """)

    @Option(help: "Fields to show, separated by commas; 'record' among them.")
    var select = "record,text"

    @Option(help: "File that remembers how far was read; made if there is none.")
    var place: String?

    @Option(help: "Continue from this cursor.")
    var after: String?

    @Option(help: "Records to read, at most; without it, all that there are.")
    var limit: Int?

    @Option(help: "Purpose of the access, from purposes.yaml.")
    var purpose: String

    @OptionGroup var output: FormatOption

    func validate() throws {
        if place != nil, after != nil { throw ValidationError("--place and --after both say where to begin") }
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    func run() async throws {
        let fields = select.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        let session = try VaultEnvironment.vault()
        let file = place.map { PlaceFile(path: $0, of: "\(purpose) \(fields.joined(separator: ","))") }
        var query = ChangeQuery(select: fields, after: try after ?? file?.read(), limit: limit, purpose: purpose)
        guard let record = fields.firstIndex(of: "record") else { throw VaultError.invalid("select 'record', too: what is gone goes by it") }
        var listing = Listing(columns: ["change"] + fields, format: output.format)
        var leftOut: [String] = []
        var page: ChangePage
        repeat {
            page = try await session.changes(query)
            try listing.print(zip(page.changes, page.rows).map { [.text($0.rawValue)] + $1 })
            try listing.print(page.gone.map { name in [.text("gone")] + fields.indices.map { $0 == record ? .text(name) : .null } })
            leftOut += page.leftOut
            query.after = page.cursor
            query.limit = query.limit.map { $0 - page.rows.count - page.gone.count }
        } while page.hasMore && query.limit ?? 1 > 0
        try listing.finish()
        // Only once everything is written out: what was lost on the way comes again.
        if let file { try file.write(page.cursor) } else { printError("later: --after \(page.cursor)") }
        if !leftOut.isEmpty { throw VaultError.altered(records: leftOut) }
    }
}

/// A file that remembers how far changes were read.
struct PlaceFile {
    let path: String
    /// What was read: a place of something else is none.
    let of: String

    /// nil: there is no such file.
    ///
    /// - Throws: ``VaultError/invalid(_:)`` for a file that is none, or of something else.
    func read() throws -> String? {
        guard let kept = try kept() else { return nil }
        guard kept.of == of else { throw isOfSomethingElse }
        return kept.cursor
    }

    /// What the file is a place of; nil: there is no such file.
    func known() throws -> String? { try kept()?.of }

    private func kept() throws -> (of: String, cursor: String)? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let text = FileManager.default.contents(atPath: path).flatMap({ String(data: $0, encoding: .utf8) }) else { throw VaultError.invalid("\(path) cannot be read") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines[0] == Self.heading else { throw isOfSomethingElse }
        return (String(lines[1]), String(lines[2]))
    }

    var isOfSomethingElse: VaultError { .invalid("\(path) does not say how far these changes were read: name another file, or delete it to begin anew") }

    func write(_ cursor: String) throws { try writePrivately(Data("\(Self.heading)\n\(of)\n\(cursor)\n".utf8), to: path, replacing: true) }

    private static let heading = "vocvault place v1"
}

/// Whether the vault no longer has the place from which changes were to be read.
func isPlaceGone(_ error: any Error) -> Bool {
    switch error {
    case let error as VaultError: error.failure == .cursorGone
    case let error as VaultClientError: error.failure == .cursorGone
    default: false
    }
}
