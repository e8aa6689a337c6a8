import Foundation
import Policy
import RedactedAPI
import Store
import TestVaults
import Testing
import VaultAPI

@testable import VoCVault

@Suite("Mentions in others' texts")
struct MentionTests {
    private let vault: TestVault
    private let officer: Session
    private let purpose = "subject-request"

    init() throws {
        vault = try TestVault()
        officer = try vault.session("compliance")
    }

    /// Somebody with a name and two handles; a friend's record with both; another one's of the same name; and one about nobody.
    private func ingest() throws -> String {
        try vault.ingest([
            line(id: "m1", customer: ["id": "M-1", "name": "王小明", "phone": "13611110009", "email": "wxm@example.com"], text: "空调坏了"),
            line(id: "f1", customer: ["id": "F-1", "name": "李丽"], text: Self.friend), line(id: "s1", customer: ["id": "S-1"], text: "我叫王小明,还没有收到货"),
            line(id: "x1", customer: ["id": "X-1", "name": "王小明"], text: "我叫王小明,遥控器不见了"), line(id: "y1", customer: ["id": "Y-1"], text: "很好用"),
        ])
        return try officer.lookup(field: "customer_id", value: "M-1", purpose: purpose).subjects[0]
    }

    private static let friend = "我叫李丽,我的朋友叫王小明,他的电话是136 1111 0009,邮箱WXM@example.com,请联系小明"

    private func mentions(of subject: String, all: Bool = false) throws -> [SubjectMention] {
        try officer.perform(ListMentions(subject: subject, purpose: purpose, all: all)).reply.mentions
    }

    private func decide(_ subject: String, _ record: String, _ decision: MentionDecision) throws {
        _ = try officer.perform(DecideMention(subject: subject, record: record, decision: decision, purpose: purpose, reason: "read it, case 12"))
    }

    private func text(of record: String) throws -> String {
        var text = ""
        _ = try officer.reveal(record: record, field: "text", purpose: purpose, reason: "case 12") { text = $0 }
        return text
    }

    @Test("records of others with a name or a handle are found, and those whose own customer has the name are not")
    func found() throws {
        let subject = try ingest()
        let found = try mentions(of: subject)
        #expect(found.map(\.fields) == [["email", "name", "phone"], ["name"]] && found.allSatisfy { $0.decision == nil && $0.channel == "hotline" })
        #expect(try text(of: found[0].record).contains("李丽"))
        // Whoever analyses sees no token, and cannot ask.
        #expect(throws: VaultError.self) { try vault.session("analyst").perform(ListMentions(subject: subject, purpose: "insight")) }
        let rows = try vault.session("analyst").page(Query(select: ["text"], purpose: "insight")).rows
        #expect(!rows.isEmpty && rows.allSatisfy { !$0[0].description.contains("小明") })
        _ = try officer.verifyAudit(deep: 100)
    }

    @Test("a family name that the text's own customer has, too, stays with them")
    func familyNames() throws {
        try vault.ingest([
            line(id: "m1", customer: ["id": "M-1", "name": "Janet Ashworth", "phone": "13611110009"], text: "too loud"),
            line(
                id: "f1", customer: ["id": "F-1", "name": "Peter Ashworth"],
                text: "I am Peter Ashworth. My sister Janet Ashworth has the same one, call Ms Ashworth on 13611110009."),
        ])
        let subject = try officer.lookup(field: "customer_id", value: "M-1", purpose: purpose).subjects[0]
        let record = try mentions(of: subject)[0].record
        try decide(subject, record, .theirs)
        _ = try officer.perform(EraseSubject(subject: subject, purpose: purpose, reason: "asked"))
        let left = try text(of: record)
        #expect(left.contains("I am Peter Ashworth.") && !left.contains("Janet") && !left.contains("Ms Ashworth") && !left.contains("0009"), "\(left)")
    }

    @Test("what comes while records are searched, and what goes, counts when the customer is erased")
    func since() throws {
        let subject = try ingest()
        let engine = officer.vault
        let customers = try engine.store.read { try $0.person(of: officer.pseudonyms(purpose).number(.subject, of: subject)!) }
        let scan = try engine.mentionCandidates(of: customers)
        #expect(scan.undecided == 2)
        try vault.ingest([line(id: "f2", customer: ["id": "F-2"], text: "我叫张三,找王小明")])
        try decide(subject, try mentions(of: subject)[0].record, .theirs)
        let now = try engine.store.read { try engine.mentionCandidates(of: customers, since: scan, in: $0) }
        #expect(now.found.count == 3 && now.undecided == 2)
        // Somebody else is looked for from the start.
        let friend = try officer.lookup(field: "customer_id", value: "F-1", purpose: purpose).subjects[0]
        _ = try officer.eraseSubject(friend, purpose: purpose, reason: "asked")
        let left = try engine.store.read { try engine.mentionCandidates(of: customers, since: now, in: $0) }
        #expect(left.found.count == 2 && left.undecided == 2)
        #expect(throws: VaultError.self) { try officer.perform(EraseSubject(subject: subject, purpose: purpose, reason: "asked")) }
    }

    @Test("what is decided is in the copy, redacted, and leaves the text with the erasure; the source's next export does not bring it back")
    func erased() throws {
        let subject = try ingest()
        let found = try mentions(of: subject)
        try decide(subject, found[0].record, .theirs)
        try decide(subject, found[1].record, .another)
        #expect(try mentions(of: subject).isEmpty && mentions(of: subject, all: true).map(\.decision) == [.theirs, .another])
        var copy: SubjectCopy?
        _ = try officer.exportSubject(subject, purpose: purpose, reason: "asked") { copy = $0 }
        let said = try #require(copy?.mentions)
        #expect(said.map(\.record) == [found[0].record] && said[0].text?.contains("我的朋友") == true)
        #expect(said[0].text?.contains("李丽") == false && said[0].text?.contains("小明") == false)
        #expect(copy?.searched.handles == ["customer_id": 1, "email": 1, "phone": 1])
        let plan = try officer.perform(EraseSubject(subject: subject, purpose: purpose, reason: "asked", dryRun: true)).reply
        #expect(plan.mentions == 1 && plan.mentionsKept == 0 && plan.undecidedMentions == 0)
        #expect(try text(of: found[0].record) == Self.friend)
        let done = try officer.perform(EraseSubject(subject: subject, purpose: purpose, reason: "asked")).reply
        #expect(done.mentions == 1)
        let left = try text(of: found[0].record)
        #expect(left.contains("李丽") && !left.contains("小明") && !left.contains("0009") && !left.lowercased().contains("wxm"), "\(left)")
        #expect(try text(of: found[1].record).contains("王小明"))
        #expect(
            try officer.erasureCertificate(subject, purpose: purpose)
                .contains("\nmentions in texts of others: 1 removed, 0 kept under hold, 0 undecided, searched for the erasure\n"))
        let again = try vault.ingest([line(id: "f1", customer: ["id": "F-1", "name": "李丽"], text: Self.friend)]).report
        #expect(again.stored == 0 && again.duplicates == 1 && again.keptChanged == 0)
        #expect(try text(of: found[0].record) == left)
        _ = try officer.verifyAudit(deep: 100)
    }

    @Test("an erasure stops while others may mention the customer, and says afterwards that nobody looked")
    func undecided() throws {
        let subject = try ingest()
        #expect(throws: VaultError.self) { try officer.perform(EraseSubject(subject: subject, purpose: purpose, reason: "asked")) }
        #expect(try officer.perform(EraseSubject(subject: subject, purpose: purpose, reason: "asked", dryRun: true)).reply.undecidedMentions == 2)
        let done = try officer.perform(EraseSubject(subject: subject, purpose: purpose, reason: "asked", sharersStay: true)).reply
        #expect(done.records == 1 && done.undecidedMentions == nil)
        #expect(try officer.erasureCertificate(subject, purpose: purpose).contains("mentions in texts of others: 0 removed, 0 kept under hold, not searched"))
    }

    @Test("what a legal hold on somebody else keeps stays as it is, and the certificate says so")
    func held() throws {
        let subject = try ingest()
        let found = try mentions(of: subject)
        for mention in found { try decide(subject, mention.record, .theirs) }
        let friend = try officer.lookup(field: "customer_id", value: "F-1", purpose: purpose).subjects[0]
        _ = try officer.holdSubject(friend, purpose: purpose, reason: "court case")
        #expect(throws: VaultError.self) { try officer.perform(EraseSubject(subject: subject, purpose: purpose, reason: "asked")) }
        let done = try officer.perform(EraseSubject(subject: subject, purpose: purpose, reason: "asked", sharersStay: true)).reply
        #expect(done.mentions == 1 && done.mentionsKept == 1)
        #expect(try text(of: found[0].record) == Self.friend)
        #expect(try !text(of: found[1].record).contains("王小明"))
        #expect(try officer.erasureCertificate(subject, purpose: purpose).contains("mentions in texts of others: 1 removed, 1 kept under hold, searched at "))
    }

    @Test("only a record of somebody else that has a name or a handle can be decided, and a text that changes is decided anew")
    func refused() throws {
        let subject = try ingest()
        let found = try mentions(of: subject)
        let own = try officer.page(Query(select: ["record"], filter: .compare(field: "subject", .equal, .text(subject)), purpose: purpose)).rows[0][0].description
        let other = try officer.lookup(field: "customer_id", value: "Y-1", purpose: purpose).subjects[0]
        let silent = try officer.page(Query(select: ["record"], filter: .compare(field: "subject", .equal, .text(other)), purpose: purpose)).rows[0][0].description
        for record in [own, silent, "r_none"] { #expect(throws: VaultError.self) { try decide(subject, record, .theirs) } }
        try decide(subject, found[0].record, .theirs)
        try decide(subject, found[0].record, .another)
        #expect(try mentions(of: subject, all: true).map(\.decision) == [.another, nil])
        let friend = try officer.lookup(field: "customer_id", value: "F-1", purpose: purpose).subjects[0]
        _ = try officer.eraseSubject(friend, purpose: purpose, reason: "asked")
        #expect(try mentions(of: subject, all: true).map(\.fields) == [["name"]])
        _ = try officer.verifyAudit(deep: 100)
    }

    @Test("tokens go with the text, and are made anew for records that an older version redacted")
    func renewed() throws {
        let subject = try ingest()
        func everyRecord(_ change: (SealedRecord, StoreWriter) throws -> Void) throws {
            _ = try vault.vault.store.write { writer in
                for record in try writer.reader.sealedRecords(after: 0, limit: 100) { try change(record, writer) }
            }
        }
        try everyRecord { record, writer in
            try writer.replaceBody(of: record.id, with: SealedBody.removing([.mentions], from: record.body), redactionVersion: MentionTokens.firstVersion - 1)
        }
        #expect(try mentions(of: subject).count == 2)
        #expect(try vault.session("retention").reredact().done == 5)
        #expect(try mentions(of: subject).count == 2)
        try everyRecord { record, writer in
            #expect(try (SealedBody.range(of: .mentions, in: record.body[...]) != nil) == [2, 3].contains(record.id))
            let bits = Compartment.text.bit | Compartment.mentions.bit
            try writer.replaceBody(of: record.id, with: SealedBody.removing([.text, .mentions], from: record.body), purged: bits)
        }
        #expect(try mentions(of: subject).isEmpty)
    }
}
