import Foundation
import Policy
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

@Suite("What came in from each source")
struct SourceRunTests {
    private let vault: TestVault
    private let administrator: Session

    init() throws {
        vault = try TestVault()
        administrator = vault.administrator
    }

    private func runs(_ source: String? = nil) throws -> ListRuns.Reply { try administrator.runs(of: source, limit: 50) }

    @Test("a run says what became of its records, when they occurred last, and that it has ended")
    func run() throws {
        let lines = [line(id: "1", at: "2026-03-01T10:00:00Z"), "{", line(id: "2", at: "2026-03-02T10:00:00Z"), line(id: "1"), line(id: "9", at: "2099-01-01T00:00:00Z")]
        try vault.ingest(lines, source: "hotline")
        try vault.ingest(lines, source: "hotline")
        try vault.ingest([line(id: "1")], source: "app")
        let found = try runs()
        #expect(found.sources.map(\.source) == ["app", "hotline"])
        let hotline = try #require(found.sources.last)
        #expect(hotline.runs == 2 && hotline.counts == SourceCounts(stored: 2, replaced: 0, duplicates: 4, rejected: 4, erasedBefore: 0))
        // Of the record that came twice; what is yet to come is rejected, and tells nothing of how late a source is.
        #expect(hotline.latest == Timestamp("2026-03-04T04:37:39Z"))
        #expect(hotline.lag == Int((vault.clock.now - hotline.latest!.milliseconds) / 1000))
        let own = try runs("hotline").runs
        #expect(own.count == 2 && own.allSatisfy { $0.kind == .file && $0.state == .done && $0.counts.rejected == 2 })
        #expect(own[1].counts.stored == 2 && own[0].counts.stored == 0 && own[0].counts.duplicates == 3)
        _ = try vault.administrator.verifyAudit()
    }

    @Test("several batches are one run, also where the last has nothing; one whose input breaks off has failed, and keeps what it stored")
    func batches() throws {
        let session = try vault.session("ingest")
        func input(_ blocks: [[String]], thenFailing: Bool = false) -> InputSource {
            var rest = blocks
            return InputSource {
                guard !rest.isEmpty else {
                    if thenFailing { throw VaultError.invalid("the input cannot be read") }
                    return nil
                }
                return Array((rest.removeFirst().joined(separator: "\n") + "\n").utf8)[...]
            }
        }
        let lines = (0..<6).map { line(id: "\($0)") }
        _ = try session.ingest(input([lines]), InputOptions(format: .jsonl), source: "whole", batchSize: 2) { _ in }
        #expect(try runs("whole").runs.map { "\($0.state) \($0.counts.stored)" } == ["done 6"])
        #expect(throws: (any Error).self) { _ = try session.ingest(input([lines], thenFailing: true), InputOptions(format: .jsonl), source: "half", batchSize: 2) { _ in } }
        let half = try #require(runs("half").runs.first)
        #expect(half.state == .failed && (2...6).contains(half.counts.stored))
        #expect(try administrator.examine().first { $0.check == "sources" }?.state == .warning)
        _ = try vault.administrator.verifyAudit()
    }

    @Test("records that come with requests are one row a day for each source, however many share a transaction")
    func requests() async throws {
        let session = try vault.session("ingest")
        @Sendable func send(_ id: String, _ source: String = "app") async throws {
            let upload = try #require(try session.seal(Array((line(id: id) + "\n{\n").utf8), InputOptions(format: .jsonl), source: source))
            _ = try await session.store(upload)
        }
        try await withThrowingTaskGroup { group in
            for number in 0..<12 { group.addTask { try await send("\(number)") } }
            try await group.waitForAll()
        }
        try await send("1")
        try await send("1", "web")
        vault.clock.advance(days: 1)
        try await send("20")
        let found = try runs("app").runs
        #expect(found.map(\.kind) == [.requests, .requests])
        #expect(
            found.map(\.counts) == [
                SourceCounts(stored: 1, replaced: 0, duplicates: 0, rejected: 1, erasedBefore: 0),
                SourceCounts(stored: 12, replaced: 0, duplicates: 1, rejected: 13, erasedBefore: 0),
            ])
        #expect(try runs().sources.map { "\($0.source) \($0.runs)" } == ["app 2", "web 1"])
        _ = try vault.administrator.verifyAudit()
    }

    @Test("erased customers' records count, and who may not examine the vault sees nothing")
    func erased() throws {
        let officer = try vault.session("compliance")
        try vault.ingest([line(id: "1", customer: ["id": "C1"]), line(id: "2", customer: ["id": "C2"])], source: "crm")
        let subject = try #require(try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects.first)
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        try vault.ingest([line(id: "1", customer: ["id": "C1"]), line(id: "2", customer: ["id": "C2"])], source: "crm")
        #expect(try runs("crm").runs[0].counts == SourceCounts(stored: 0, replaced: 0, duplicates: 1, rejected: 0, erasedBefore: 1))
        #expect { try vault.session("ingest").runs(of: nil, limit: 1) } throws: { if case VaultError.denied = $0 { true } else { false } }
    }

    @Test("a source that rejects more than it takes is a warning; retention removes what is old")
    func attention() throws {
        try vault.ingest([line(id: "1")], source: "good")
        #expect(try administrator.examine().first { $0.check == "sources" }?.state == .ok)
        try vault.ingest(["{", "[", line(id: "1")], source: "bad")
        let finding = try #require(try administrator.examine().first { $0.check == "sources" })
        #expect(finding.state == .warning && finding.finding == "the last run of 'bad' rejected 2 records and took 1")
        // Once it is mended, all is well.
        try vault.ingest([line(id: "2"), line(id: "3")], source: "bad")
        #expect(try administrator.examine().first { $0.check == "sources" }?.state == .ok)
        vault.clock.advance(days: 401)
        let report = try vault.session("retention").retentionRun(consent: RetentionConsent(clock: true))
        #expect(try report.ended["runs"] == 3 && runs().sources.isEmpty)
    }

    @Test("what was changed in the table is refused at use and named by verification")
    func altered() throws {
        try vault.ingest(["{", line(id: "1")], source: "hotline")
        try vault.alter("UPDATE intake SET rejected = 0")
        #expect { try runs() } throws: { "\($0)".contains("intake") }
        #expect { try administrator.verifyAudit() } throws: { "\($0)".contains("intake") }
    }
}
