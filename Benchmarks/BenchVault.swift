import Foundation
import RedactedAPI
import Synchronization
import VoCVault

/// A vault of its own for one round.
final class BenchVault {
    let vault: Vault
    let analystToken: String
    let loaderToken: String
    private let admin: Session
    private let loader: Session
    private let analyst: Session
    private let agent: Session
    private let officer: Session
    private let purger: Session
    private var record = ""
    private var asked: Int64 = 0
    private var people = 0

    /// - Parameter years: by how much its clock is ahead, so that records are due.
    init(folder: URL, policies: String, years: Int64 = 0, in place: Vault.StorePlace = .files) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let keys = folder.appendingPathComponent("keys").path
        let policies = try Self.policies(policies, in: folder)
        _ = try KeyFileWriter.generate(at: keys, template: nil, today: "bench")
        let (vault, token) = try Vault.create(
            at: .init(home: folder.appendingPathComponent("vault").path, keys: keys, policies: policies), in: place,
            clock: { Vault.systemClock() + years * 365 * 86_400_000 })
        let admin = try vault.session(token: token)
        (self.vault, self.admin) = (vault, admin)
        func issue(_ role: String) throws -> String { try admin.issueToken(principal: role, role: role, days: nil).token }
        (loaderToken, analystToken) = (try issue("ingest"), try issue("classification"))
        loader = try vault.session(token: loaderToken)
        // The bench measures work, not quotas: `classification` and `follow-up` reads stay below theirs.
        analyst = try vault.session(token: analystToken)
        agent = try vault.session(token: issue("agent"))
        officer = try vault.session(token: issue("compliance"))
        purger = try vault.session(token: issue("retention"))
    }

    /// The policies with what the bench reads beside texts, a day at a time.
    private static func policies(_ path: String, in folder: URL) throws -> String {
        let copy = folder.appendingPathComponent("policies")
        try FileManager.default.copyItem(atPath: path, toPath: copy.path)
        let roles = copy.appendingPathComponent("roles.yaml")
        let read = ["record: pseudonym", "text: mask", "channel: reveal", "occurred_at: reveal", "product: reveal", "rating: reveal"]
        try String(contentsOf: roles, encoding: .utf8)
            .replacing("          record: pseudonym\n          text: mask\n", with: read.map { "          \($0)\n" }.joined())
            .write(to: roles, atomically: true, encoding: .utf8)
        return copy.path
    }

    /// A day yet to come.
    static func end(_ number: Int64) -> Timestamp { Timestamp(milliseconds: 4_000_060_800_000 + number * 86_400_000) }

    func ingest(_ path: String) throws {
        let handle = FileHandle(forReadingAtPath: path)!
        let report = try loader.ingest(handle, InputOptions(format: .jsonl), source: "bench", onReject: { _ in }, progress: { _ in })
        precondition(report.rejected == 0)
    }

    /// Takes in one record, as a server does with what comes in one piece.
    func store(_ line: String) throws {
        guard let upload = try loader.seal(Array(line.utf8), InputOptions(format: .jsonl), source: "single") else { preconditionFailure("no record in the line") }
        let loader = loader
        let (result, done) = (Stored(), DispatchSemaphore(value: 0))
        Task {
            do {
                let batch = try await loader.store(upload)
                result.value.withLock { $0 = .success(batch) }
            } catch {
                result.value.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        done.wait()
        let batch = try result.value.withLock { $0! }.get()
        precondition(batch.stored.count == 1)
    }

    /// - Parameter isNew: whether it is a page that nobody has asked for, so that none is kept ready.
    func page(_ count: Int, isNew: Bool) throws {
        if isNew { asked += 1 }
        let page = try analyst.page(
            Query(
                select: ["record", "channel", "occurred_at", "text", "product", "rating"], until: Self.end(asked),
                limit: count, purpose: "insight"))
        precondition(page.rows.count == count)
    }

    /// The newest texts with a word that about one in thirty has.
    func search(_ word: String) throws {
        asked += 1
        let page = try analyst.page(
            Query(
                select: ["record", "text"], filter: .contains(field: "text", word), until: Self.end(asked), limit: 100,
                purpose: "insight"))
        precondition(page.rows.count == 100)
    }

    func lookup(_ phone: String) throws { try lookup(phone, as: officer) }

    func lookup(_ phone: String, as officer: Session) throws {
        let found = try officer.lookup(field: "phone", value: phone, purpose: "subject-request").subjects
        precondition(!found.isEmpty)
    }

    func erase(_ phone: String) throws {
        for subject in try officer.lookup(field: "phone", value: phone, purpose: "subject-request").subjects {
            _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        }
    }

    /// Deletes everything: all of it is due.
    func purge() throws {
        let report = try purger.retentionRun(consent: RetentionConsent(clock: true, records: .max))
        precondition(report.isComplete)
    }

    func aggregate() throws {
        let table = try analyst.aggregate(
            AggregateQuery(groupBy: [.field("channel"), .field("product")], measures: [.count], purpose: "insight"))
        precondition(table.rows.count == 25)
    }

    /// Says of all records what they are about, as a module does.
    func code(as labels: inout LabelSource) throws {
        var cursor: String?
        repeat {
            let page = try analyst.page(Query(select: ["record"], limit: 10_000, cursor: cursor, purpose: "insight"))
            let records = page.rows.map { $0[0].description }
            cursor = page.nextCursor
            let topics = records.map { Annotation(record: $0, module: "topic", labels: Dictionary(uniqueKeysWithValues: labels.next().map { ($0, 0.6) })) }
            let sentiments = records.map { Annotation(record: $0, module: "sentiment", labels: ["negative": 0.8]) }
            _ = try analyst.annotate(topics + sentiments, purpose: "insight")
        } while cursor != nil
    }

    func countTopics() throws {
        let table = try analyst.aggregate(AggregateQuery(groupBy: [.field("topic")], measures: [.count], purpose: "insight"))
        precondition(table.rows.count == LabelSource.topics.count)
    }

    func reveal() throws { try reveal(as: agent) }

    /// Finds the record that ``reveal(as:)`` reads of.
    func chooseRecord() throws {
        let page = try agent.page(Query(select: ["record"], limit: 1, purpose: "follow-up"))
        record = page.rows[0][0].description
    }

    func reveal(as agent: Session) throws {
        if record.isEmpty { try chooseRecord() }
        _ = try agent.reveal(record: record, field: "phone", purpose: "follow-up", reason: "bench") { _ in }
    }

    /// Further people of a role, each with quotas of their own.
    func staff(_ count: Int, _ role: String) throws -> [Session] {
        try (0..<count).map { _ in
            people += 1
            return try vault.session(token: admin.issueToken(principal: "\(role)-\(people)", role: role, days: nil).token)
        }
    }
}

/// What another task stored.
private final class Stored: Sendable {
    let value = Mutex<Result<IngestedBatch, any Error>?>(nil)
}
