import Foundation
import RedactedAPI
import TestVaults
import Testing
@testable import VoCVault

/// Pages that are kept ready are those that reading anew would give.
@Suite("Pages kept ready")
struct PageCacheTests {
    private let vault: TestVault
    private let query = Query(select: ["record", "product", "text"], limit: 5, purpose: "insight")

    init() throws {
        vault = try TestVault()
        try vault.ingest((0..<9).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "第\($0)台很好", at: "2026-03-0\(9 - $0)T00:00:00Z") })
    }

    private func shownAgain(_ session: Session, _ query: Query) async throws -> ShownPage? { try await session.knownPage(query) }

    @Test("a page asked for again is the same, has an entry of its own, and goes on where the first does")
    func again() async throws {
        let analyst = try vault.session("analyst")
        #expect(try await shownAgain(analyst, query) == nil)
        let first = try analyst.page(query)
        let second = try #require(try await shownAgain(analyst, query))
        #expect(second.content.rows == first.rows && second.receipt == first.receipt + 1)
        var rest = query
        rest.cursor = second.nextCursor
        let rows = try analyst.page(rest).rows
        rest.cursor = first.nextCursor
        #expect(try analyst.page(rest).rows == rows && rows.count == 4)
        #expect(try await shownAgain(analyst, rest)?.content.rows == rows)
    }

    @Test("it is shown to nobody whom the policy shows something else", arguments: ["manager", "agent", "ingest"])
    func others(role: String) async throws {
        _ = try vault.session("analyst").page(query)
        #expect(try await shownAgain(vault.session(role), query) == nil)
    }

    @Test("nothing of before a change is shown after it, though another process made it")
    func changes() async throws {
        let analyst = try vault.session("analyst")
        let officer = try vault.session("compliance")
        // Another process: it shares the files and nothing else.
        let other = try Vault.open(at: vault.location)
        let elsewhere = try other.session(token: vault.token("compliance", named: "elsewhere"))
        let subjects = try (0..<9).map { try officer.lookup(field: "customer_id", value: "C\($0)", purpose: nil).subjects[0] }
        let before = try analyst.page(query).rows
        // Whoever knows that something has changed reads anew.
        _ = try analyst.page(query)
        #expect(try await shownAgain(analyst, query) != nil)
        _ = try elsewhere.eraseSubject(subjects[0], purpose: "subject-request", reason: "asked")
        #expect(try await shownAgain(analyst, query) == nil)
        let after = try analyst.page(query).rows
        #expect(after.count == 5 && after[0] == before[1])
        _ = try elsewhere.eraseSubject(subjects[1], purpose: "subject-request", reason: "asked")
        #expect(try analyst.page(query).rows[0] == before[2])
        _ = try officer.eraseSubject(subjects[2], purpose: "subject-request", reason: "asked")
        #expect(try analyst.page(query).rows[0] == before[3])
        try vault.ingest([line(id: "new", customer: ["id": "C0"], at: "2026-03-10T00:00:00Z")])
        #expect(try analyst.page(query).rows[1] == before[3])
    }

    @Test("a quota covers pages however they are shown, and many at once", arguments: [1, 40])
    func quota(clients: Int) async throws {
        let vault = try TestVault { name, text in
            name == "roles.yaml" ? text.replacing("quotas: {rows: 200000}", with: "quotas: {rows: 60}") : text
        }
        try vault.ingest((0..<6).map { line(id: "\($0)", customer: ["id": "C\($0)"]) })
        let analyst = try vault.session("analyst")
        _ = try analyst.page(query)
        let query = query
        let shown = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<clients {
                group.addTask {
                    var shown = 0
                    for _ in 0..<(40 / clients) where try await analyst.knownPage(query) != nil { shown += 1 }
                    return shown
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(shown == 11)
        #expect(throws: VaultError.self) { try analyst.page(query) }
    }

    @Test("a token that was good before shows a page once more only while it is good, as of the access's own transaction")
    func presumed() async throws {
        let (token, id, _) = try vault.administrator.issueToken(principal: "p", role: "analyst", days: 3)
        func presumed(_ token: String) -> PresumedSession? { vault.vault.presumedSession(tokenHash: Token.hash(token), client: "test", request: "q_1") }
        // Nobody has signed in with it yet.
        #expect(presumed(token) == nil)
        let first = try vault.vault.session(token: token).page(query)
        let session = try #require(presumed(token))
        let again = try #require(try await session.knownPage(query))
        #expect(again.content.rows == first.rows && again.receipt == first.receipt + 1)
        let entry = try #require(try vault.session("compliance").auditEntries(.init(principal: "p")).max { $0.seq < $1.seq })
        #expect(entry.seq == again.receipt && entry.action == "query" && entry.request == "q_1" && entry.client == "test")
        // By another process, of which this one knows nothing.
        let other = try Vault.open(at: vault.location)
        try other.session(token: vault.adminToken).revokeToken(id)
        #expect(try await session.knownPage(query) == nil)
        #expect(try await presumed(token)?.knownPage(query) == nil)
        #expect(try vault.session("compliance").auditEntries(.init(principal: "p")).allSatisfy { $0.seq <= again.receipt })
    }

    @Test("a token that expires is presumed good no longer")
    func expired() async throws {
        let token = try vault.administrator.issueToken(principal: "p", role: "analyst", days: 3).token
        _ = try vault.vault.session(token: token).page(query)
        let session = try #require(vault.vault.presumedSession(tokenHash: Token.hash(token), client: "test", request: "q_1"))
        #expect(try await session.knownPage(query) != nil)
        vault.clock.advance(days: 4)
        #expect(try await session.knownPage(query) == nil)
        #expect(vault.vault.presumedSession(tokenHash: Token.hash(token), client: "test", request: "q_1") == nil)
    }
}
