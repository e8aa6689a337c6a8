import AuditLog
import Foundation
import RedactedAPI
import Store
import TestVaults
import Testing

@testable import VoCVault

@Suite("Following what changes")
struct ChangeTests {
    private let purpose = "subject-request"

    /// What its source changed takes the place of what was there.
    private func vault(_ edit: (String, String) -> String = { $1 }) throws -> TestVault {
        try TestVault(sources: true) { name, text in
            let text = edit(name, TestVault.openRows(name, text))
            return name == "sources.yaml"
                ? text.replacing(
                    "\nsources: {}",
                    with:
                        "\nsources:\n  test: {format: json, on_change: replace, id: id, occurred_at: occurred_at, channel: channel, text: text, fields: {customer.id: customer.id, customer.phone: customer.phone, customer.email: customer.email, customer.name: customer.name, attributes.rating: attributes.rating}}"
                ) : text
        }
    }

    /// What one page says, by the texts of records; those that are gone by the texts that they had.
    private final class Follower {
        private let session: Session
        private var texts: [String: String] = [:]
        private(set) var cursor: String?

        init(_ session: Session) { self.session = session }

        func next(_ limit: Int? = nil) throws -> (told: [String], hasMore: Bool) {
            let page = try session.changes(ChangeQuery(select: ["record", "text"], after: cursor, limit: limit, purpose: "insight"))
            cursor = page.cursor
            var told: [String] = []
            for (row, change) in zip(page.rows, page.changes) {
                texts[row[0].description] = row[1].description
                told.append("\(change) \(row[1])")
            }
            for name in page.gone { told.append("gone \(texts.removeValue(forKey: name) ?? "unknown")") }
            return (told.sorted(), page.hasMore)
        }
    }

    private func subject(_ id: String, _ officer: Session) throws -> String {
        try #require(try officer.lookup(field: "customer_id", value: id, purpose: purpose).subjects.first)
    }

    private func lines(_ numbers: ClosedRange<Int>) -> [String] { numbers.map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "第 \($0) 条") } }

    @Test("new, replaced, restricted and freed, objected, redacted anew, purged of its text and erased: each is told once, nothing twice")
    func kinds() throws {
        let vault = try vault()
        let (coder, officer) = (try vault.session("classification"), try vault.session("compliance"))
        let follower = Follower(coder)
        #expect(try follower.next() == ([], false))
        try vault.ingest(lines(1...4))
        #expect(try follower.next().told == ["new 第 1 条", "new 第 2 条", "new 第 3 条", "new 第 4 条"])
        #expect(try follower.next() == ([], false))
        try vault.ingest([line(id: "2", customer: ["id": "C2"], text: "改了的第 2 条"), line(id: "5", customer: ["id": "C5"], text: "第 5 条")])
        #expect(try follower.next().told == ["changed 改了的第 2 条", "new 第 5 条"])
        // Labels are what followers write themselves.
        let record = try coder.page(Query(select: ["record"], limit: 1, purpose: "insight")).rows[0][0].description
        _ = try coder.annotate([Annotation(record: record, module: "topic", labels: ["price": 1])], purpose: "insight")
        #expect(try follower.next() == ([], false))
        let first = try subject("C1", officer)
        _ = try officer.restrictSubject(first, purpose: purpose, reason: "letter")
        #expect(try follower.next().told == ["gone 第 1 条"])
        _ = try officer.restrictSubject(first, purpose: purpose, reason: "settled", lift: true)
        #expect(try follower.next().told == ["changed 第 1 条"])
        _ = try officer.recordConsent(subject("C3", officer), purpose: purpose, about: "insight", decision: .objected)
        #expect(try follower.next().told == ["gone 第 3 条"])
        // Said again, it changes nothing.
        _ = try officer.recordConsent(subject("C3", officer), purpose: purpose, about: "insight", decision: .objected)
        #expect(try follower.next() == ([], false))
        _ = try officer.recordConsent(subject("C3", officer), purpose: purpose, about: "insight", decision: .given)
        #expect(try follower.next().told == ["changed 第 3 条"])
        _ = try vault.session("retention").reredact(all: true)
        #expect(try follower.next().told.count == 5)
        let erased = try subject("C4", officer)
        _ = try officer.eraseSubject(erased, purpose: purpose, reason: "asked")
        #expect(try follower.next().told == ["gone 第 4 条"])
        #expect(try follower.next() == ([], false))
        _ = try vault.administrator.verifyAudit()
    }

    @Test("who turns out to be one person with somebody who objects is gone, too")
    func persons() throws {
        let vault = try vault()
        let (coder, officer) = (try vault.session("classification"), try vault.session("compliance"))
        try vault.ingest([
            line(id: "a", customer: ["phone": "13611110001", "name": "林一"], text: "其一"), line(id: "b", customer: ["email": "lin1@example.com", "name": "林一"], text: "其二"),
        ])
        let follower = Follower(coder)
        #expect(try follower.next().told == ["new 其一", "new 其二"])
        let phone = try #require(try officer.lookup(field: "phone", value: "13611110001", purpose: purpose).subjects.first)
        _ = try officer.recordConsent(phone, purpose: purpose, about: "insight", decision: .objected)
        #expect(try follower.next().told == ["gone 其一"])
        // From here on, they are one person.
        try vault.ingest([line(id: "c", customer: ["phone": "13611110001", "email": "lin1@example.com", "name": "林一"], text: "其三")])
        #expect(try follower.next().told.filter { $0 != "gone unknown" } == ["gone 其二"])
    }

    @Test("pages of any size tell everything, and what changed behind them, in an order that is another under another purpose")
    func pages() throws {
        let vault = try vault { name, text in
            // A second purpose with texts.
            name == "roles.yaml"
                ? text.replacing("purposes: [insight]\n        actions: [query, annotate]", with: "purposes: [insight, operation]\n        actions: [query, annotate]") : text
        }
        let officer = try vault.session("compliance")
        let coder = try vault.session("classification")
        let follower = Follower(coder)
        try vault.ingest(lines(1...9))
        var (told, known): ([String], Set<String>) = ([], [])
        func take(_ page: (told: [String], hasMore: Bool)) -> Bool {
            #expect(page.told.count <= 2)
            for word in page.told {
                told.append(word)
                let text = String(word.drop { $0 != " " }.dropFirst())
                if word.hasPrefix("gone") { known.remove(text) } else { known.insert(text) }
            }
            return page.hasMore
        }
        #expect(try take(follower.next(2)))
        #expect(told.count == 2 && told.allSatisfy { $0.hasPrefix("new ") })
        _ = try officer.eraseSubject(subject("C6", officer), purpose: purpose, reason: "asked")
        _ = try officer.eraseSubject(subject("C2", officer), purpose: purpose, reason: "asked")
        try vault.ingest([line(id: "7", customer: ["id": "C7"], text: "改了的第 7 条")] + lines(10...11))
        while try take(follower.next(2)) {}
        #expect(known.subtracting(["第 7 条"]) == Set([1, 3, 4, 5, 8, 9, 10, 11].map { "第 \($0) 条" } + ["改了的第 7 条"]))
        #expect(try follower.next() == ([], false))
        func order(_ purpose: String) throws -> [String] {
            var (cursor, texts): (String?, [String]) = (nil, [])
            var page: ChangePage
            repeat {
                page = try coder.changes(ChangeQuery(select: ["record", "text"], after: cursor, limit: 1, purpose: purpose))
                cursor = page.cursor
                texts += page.rows.map { $0[1].description }
            } while page.hasMore
            return texts
        }
        let (one, other) = (try order("insight"), try order("operation"))
        #expect(one.sorted() == other.sorted() && one != other && one != one.sorted() && one.count == 9)
    }

    @Test("a cursor goes with its principal, fields and grant, and shows nothing")
    func bound() throws {
        let vault = try vault()
        let coder = try vault.session("classification")
        try vault.ingest(lines(1...3))
        let cursor = try coder.changes(ChangeQuery(select: ["record", "text"], purpose: "insight")).cursor
        func refused(_ session: Session, _ query: ChangeQuery) { #expect(throws: VaultError.self) { try session.changes(query) } }
        refused(try vault.session("classification", named: "other"), ChangeQuery(select: ["record", "text"], after: cursor, purpose: "insight"))
        refused(coder, ChangeQuery(select: ["record", "topic"], after: cursor, purpose: "insight"))
        refused(coder, ChangeQuery(select: ["record", "text"], after: cursor + "A", purpose: "insight"))
        refused(coder, ChangeQuery(select: ["text"], purpose: "insight"))
        refused(coder, ChangeQuery(select: ["record"], limit: 0, purpose: "insight"))
        refused(try vault.session("reporting"), ChangeQuery(select: ["record"], purpose: "insight"))
        #expect(try coder.changes(ChangeQuery(select: ["record", "text"], after: cursor, purpose: "insight")).rows.isEmpty)
        let entries = try vault.session("compliance").auditEntries(AuditFilter(principal: "classification", outcome: .allowed)).filter { $0.action == "query" }
        #expect(entries.map(\.rows) == [0, 3] && entries.allSatisfy(\.isView), "each page is an entry, and lists fold them")
    }

    @Test("a vault that was rolled back refuses later cursors, and takes those of before; so it does once changes are forgotten")
    func forgotten() throws {
        let vault = try vault()
        let folder = vault.folder.appendingPathComponent("backup").path
        let keys = vault.folder.appendingPathComponent("backup-keys").path
        let (coder, officer) = (try vault.session("classification"), try vault.session("compliance"))
        let token = try vault.token("classification", named: "follower")
        func changes(_ session: Session, _ cursor: String?) throws -> ChangePage {
            try session.changes(ChangeQuery(select: ["record", "text"], after: cursor, purpose: "insight"))
        }
        try vault.ingest(lines(1...3))
        let follower = try vault.vault.session(token: token)
        let early = try changes(follower, nil).cursor
        _ = try vault.administrator.backup(to: folder, keysTo: keys, keep: nil)
        try vault.ingest(lines(4...5))
        let late = try changes(follower, early)
        #expect(late.rows.count == 2)
        var location = vault.location
        location.home = vault.folder.appendingPathComponent("restored").path
        _ = try Vault.restore(from: folder, snapshot: nil, keyStore: keys + "/keystore.db", to: location, clock: { [clock = vault.clock] in clock.now })
        let restored = try Vault.open(at: location, clock: { [clock = vault.clock] in clock.now }).session(token: token)
        #expect(try changes(restored, early).rows.isEmpty)
        #expect { try changes(restored, late.cursor) } throws: { ($0 as? VaultError)?.failure == .cursorGone }
        #expect(try changes(restored, nil).rows.count == 3)
        // Here, changes of more than 90 days ago are no longer known.
        _ = try changes(coder, nil)
        let place = try changes(coder, nil).cursor
        _ = try officer.restrictSubject(subject("C1", officer), purpose: purpose, reason: "letter")
        vault.clock.advance(days: 80)
        let fresh = try changes(coder, place).cursor
        vault.clock.advance(days: 11)
        let report = try vault.session("retention").retentionRun(consent: RetentionConsent(clock: true))
        #expect(report.ended["changes"] == 1)
        #expect { try changes(coder, place) } throws: { ($0 as? VaultError)?.failure == .cursorGone }
        #expect(try changes(coder, fresh).gone.isEmpty)
        _ = try vault.administrator.verifyAudit()
    }

    @Test("who takes a change away, or adds one, is found out; nothing is noted before anybody follows")
    func altered() throws {
        let vault = try vault()
        let officer = try vault.session("compliance")
        try vault.ingest(lines(1...3))
        func noted() throws -> Int { try vault.vault.store.read { try $0.changes(after: 0, through: .max, upTo: .max).count } }
        _ = try officer.restrictSubject(subject("C1", officer), purpose: purpose, reason: "letter")
        #expect(try noted() == 0)
        _ = try vault.session("classification").changes(ChangeQuery(select: ["record"], purpose: "insight"))
        _ = try officer.restrictSubject(subject("C2", officer), purpose: purpose, reason: "letter")
        #expect(try noted() == 1)
        _ = try vault.administrator.verifyAudit()
        try vault.alter("DELETE FROM changed WHERE record > 0")
        #expect { try vault.administrator.verifyAudit() } throws: { "\($0)".contains("changed") }
    }
}
