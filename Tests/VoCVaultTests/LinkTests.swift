import Foundation
import RedactedAPI
import TestVaults
import Testing
import VaultAPI
import VoCVault

@Suite("One person, several customers")
struct LinkTests {
    private let vault: TestVault
    private let li: Session
    private let wang: Session
    private let purpose = "subject-request"

    init() throws {
        vault = try TestVault()
        (li, wang) = (try vault.session("compliance", named: "li"), try vault.session("compliance", named: "wang"))
    }

    private func find(_ field: String, _ value: String) throws -> [String] { try li.lookup(field: field, value: value, purpose: purpose).subjects }

    private func customers() throws -> Int {
        let count = AggregateQuery(groupBy: [], measures: [.distinct("subject")], purpose: "insight")
        guard case .integer(let count)? = try vault.session("analyst").aggregate(count).rows.first?[0] else { return -1 }
        return Int(count)
    }

    private func links(all: Bool = false) throws -> [SubjectLink] { try li.perform(ListLinks(purpose: purpose, all: all)).reply.links }

    private func decide(_ number: Int64, _ decision: LinkDecision, as session: Session) throws -> String {
        try session.perform(DecideLink(number: number, decision: decision, purpose: purpose, reason: "case 12")).reply.state
    }

    /// A phone, an address, and a record with both.
    private func ingestThree() throws {
        try vault.ingest([
            line(id: "a1", customer: ["phone": "13611110001", "name": "林一"]), line(id: "a2", customer: ["email": "lin1@example.com", "name": "林一"]),
            line(id: "a3", customer: ["id": "L-1", "phone": "13611110001", "email": "lin1@example.com", "name": "林一"]),
        ])
        // So that figures are shown.
        try vault.ingest((1...20).map { line(id: "o\($0)", customer: ["id": "O\($0)"]) })
    }

    @Test("customers who share unique handles are one person, counted once, found by each, and erased together")
    func joined() throws {
        try ingestThree()
        #expect(try customers() == 21)
        let found = try find("phone", "136 1111 0001")
        #expect(try found.count == 1 && find("email", "LIN1@example.com") == found && find("customer_id", "l-1") == found)
        #expect(try li.page(Query(select: ["subject"], filter: nil, purpose: purpose)).rows.filter { $0[0] == .text(found[0]) }.count == 3)
        #expect(try li.page(Query(select: ["record"], filter: .compare(field: "subject", .equal, .text(found[0])), purpose: purpose)).rows.count == 3)
        #expect(try links(all: true).map { [$0.state, $0.askedBy, $0.field] } == [["done", "policy", "email"]])
        #expect(try li.eraseSubject(found[0], purpose: purpose, reason: "asked", dryRun: true).records == 3)
        #expect(try li.eraseSubject(found[0], purpose: purpose, reason: "asked").records == 3)
        #expect(try find("phone", "13611110001").isEmpty && find("email", "lin1@example.com").isEmpty && customers() == 20)
        #expect(try li.erasureCertificate(found[0], purpose: purpose).contains("customers of one person: 2\nhandles searched: customer_id 1, email 1, phone 1\n"))
        #expect(try links(all: true).isEmpty)
        _ = try li.verifyAudit()
    }

    @Test("a landline of two and a phone with another name join nobody; the phone is proposed, the landline not")
    func told() throws {
        try vault.ingest([
            line(id: "b1", customer: ["phone": "021-55550001", "name": "赵甲"]), line(id: "b2", customer: ["phone": "021-55550001", "name": "钱乙"]),
            line(id: "b3", customer: ["id": "Z-1", "phone": "021-55550001", "name": "赵甲"]), line(id: "b4", customer: ["id": "Q-2", "phone": "021-55550001", "name": "钱乙"]),
        ])
        #expect(try find("phone", "021 5555 0001").count == 2)
        #expect(try find("customer_id", "Z-1") != find("customer_id", "Q-2"))
        #expect(try links().isEmpty)
        try vault.ingest([line(id: "c1", customer: ["phone": "13611110002", "name": "赵甲"]), line(id: "c2", customer: ["phone": "13611110002", "name": "钱乙"])])
        #expect(try find("phone", "13611110002").count == 2)
        #expect(try links().map { [$0.state, $0.field, $0.doubt] } == [["proposed", "phone", "name"]])
    }

    @Test("a record without a name, at a number of several people, is nobody's of them, and joins none of them")
    func nameless() throws {
        try vault.ingest([line(id: "d1", customer: ["phone": "13611110005", "name": "赵甲"]), line(id: "d2", customer: ["phone": "13611110005", "name": "钱乙"])])
        try vault.ingest([line(id: "d3", customer: ["phone": "13611110005"]), line(id: "d4", customer: ["phone": "13611110005"])])
        #expect(try find("phone", "13611110005").count == 3)
        #expect(try links(all: true).map(\.state) == ["proposed", "proposed", "proposed"])
        // Whoever goes by the name is still found by it.
        try vault.ingest([line(id: "d5", customer: ["phone": "13611110005", "name": "钱 乙"])])
        #expect(try find("phone", "13611110005").count == 3)
    }

    @Test("a title, an initial and a name in any script tell people apart, and say of nobody who they are")
    func initials() throws {
        for (number, name) in ["John Smith", "Jane Smith"].enumerated() { try vault.ingest([line(id: "m\(number)", customer: ["phone": "13611110021", "name": name])]) }
        #expect(try find("phone", "13611110021").count == 2)
        // Both have these initials, and one of them is a man.
        try vault.ingest([line(id: "m3", customer: ["phone": "13611110021", "name": "J. Smith"])])
        #expect(try find("phone", "13611110021").count == 3)
        // Of a single customer, it is the same one, and a number that comes again after years is a stranger's.
        try vault.ingest([
            line(id: "n1", customer: ["phone": "13611110022", "name": "Mr John Smith"], at: "2020-03-04"),
            line(id: "n2", customer: ["phone": "13611110022", "name": "J. Smith"], at: "2020-03-05"),
        ])
        #expect(try find("phone", "13611110022").count == 1)
        try vault.ingest([line(id: "n3", customer: ["phone": "13611110022", "name": "Mr J. Smith"], at: "2026-03-04")])
        #expect(try find("phone", "13611110022").count == 2)
        #expect(try links().last?.doubt == "gap")
    }

    @Test("what is proposed about somebody who is restricted, whoever handles the restriction sees and decides, and nobody else")
    func restrictedLinks() throws {
        let linker = "  linker:\n    description: Says who is who.\n    grants:\n      - name: link\n        purposes: [subject-request]\n        actions: [subject.link]\n\n"
        let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("  privacy-lead:\n", with: linker + "  privacy-lead:\n") : text }
        let (officer, clerk) = (try vault.session("compliance"), try vault.session("linker"))
        try vault.ingest([
            line(id: "c1", customer: ["id": "C1", "phone": "13611110002", "name": "赵甲"]), line(id: "c2", customer: ["id": "C2", "phone": "13611110002", "name": "钱乙"]),
        ])
        func listed(_ session: Session) throws -> Int { try session.perform(ListLinks(purpose: purpose, all: true)).reply.links.count }
        let people = try ["C1", "C2"].map { try #require(try officer.lookup(field: "customer_id", value: $0, purpose: purpose).subjects.first) }
        #expect(try listed(clerk) == 1 && listed(officer) == 1)
        _ = try officer.restrictSubject(people[1], purpose: purpose, reason: "contested")
        #expect(try listed(clerk) == 0 && listed(officer) == 1)
        #expect(throws: VaultError.self) { try clerk.perform(DecideLink(number: 1, decision: .reject, purpose: purpose, reason: "case 12")) }
        #expect(throws: VaultError.notFound("the customer")) {
            try clerk.perform(AskLink(kind: .join, subject: people[0], other: people[1], record: nil, purpose: purpose, reason: "case 12"))
        }
        #expect(try officer.perform(DecideLink(number: 1, decision: .reject, purpose: purpose, reason: "case 12")).reply.state == "rejected")
    }

    @Test("a number that comes again after years is somebody else's until somebody decides, unless the name is the same")
    func recycled() throws {
        let (then, now, later) = ("2020-03-04T12:00:00+08:00", "2026-03-04T12:00:00+08:00", "2026-04-04T12:00:00+08:00")
        try vault.ingest([line(id: "g1", customer: ["phone": "13611110006"], at: then)])
        try vault.ingest([line(id: "g2", customer: ["phone": "13611110006"], at: now), line(id: "g3", customer: ["phone": "13611110006"], at: later)])
        #expect(try find("phone", "13611110006").count == 2)
        #expect(try links().map { [$0.state, $0.field, $0.doubt] } == [["proposed", "phone", "gap"]])
        try vault.ingest([line(id: "g4", customer: ["phone": "13611110006"], at: then), line(id: "g5", customer: ["phone": "13611110006"], at: later)])
        #expect(try find("phone", "13611110006").count == 2)
        // In one batch, in whatever order; and where the one before had an id, or the one who comes has.
        try vault.ingest([line(id: "h1", customer: ["phone": "13611110007"], at: now), line(id: "h2", customer: ["phone": "13611110007"], at: then)])
        #expect(try find("phone", "13611110007").count == 2)
        try vault.ingest([line(id: "i1", customer: ["id": "I-1", "phone": "13611110008"], at: then), line(id: "i2", customer: ["phone": "13611110008"], at: now)])
        #expect(try find("phone", "13611110008").count == 2)
        try vault.ingest([line(id: "j1", customer: ["phone": "13611110010"], at: then)])
        try vault.ingest([line(id: "j2", customer: ["id": "J-1", "phone": "13611110010"], at: now)])
        #expect(try find("phone", "13611110010").count == 2)
        #expect(try links().count == 4)
        // The name, or an address that nobody else gets, says that it is the same person.
        try vault.ingest([line(id: "k1", customer: ["phone": "13611110011", "name": "赵甲"], at: then), line(id: "k2", customer: ["phone": "13611110011", "name": "赵甲"], at: now)])
        try vault.ingest([line(id: "l1", customer: ["email": "zhao@example.com"], at: then), line(id: "l2", customer: ["email": "zhao@example.com"], at: now)])
        #expect(try find("phone", "13611110011").count == 1 && find("email", "zhao@example.com").count == 1)
        _ = try li.verifyAudit()
    }

    @Test("customers with many names are reported; nicknames, titles and spellings of one name are no names")
    func manyNamed() throws {
        let shared = ["赵甲", "钱乙", "孙丙", "李丁", "赵 甲", "赵女士", "小赵"]
        try vault.ingest(shared.enumerated().map { line(id: "n\($0)", customer: ["id": "SHOP", "name": $1]) })
        try vault.ingest(["Ada Byron", "ADA BYRON", "Byron, Ada", "Ada"].enumerated().map { line(id: "e\($0)", customer: ["id": "ONE", "name": $1]) })
        try vault.ingest([line(id: "two", customer: ["id": "TWO", "name": "周戊"]), line(id: "two2", customer: ["id": "TWO", "name": "吴己"])])
        let found = try li.perform(ListManyNamed(purpose: purpose)).reply.customers
        #expect(try found.map(\.subject) == find("customer_id", "SHOP"))
        #expect(found.first?.names == 4 && found.first?.records == 7)
        #expect(try li.perform(ListManyNamed(purpose: purpose, names: 2)).reply.customers.map(\.names) == [4, 2])
        #expect(throws: VaultError.self) { try vault.session("analyst").perform(ListManyNamed(purpose: "insight")) }
    }

    @Test("what the vault proposes takes two people; a split restores exactly, and is not joined again")
    func decided() throws {
        try vault.ingest([line(id: "c1", customer: ["phone": "13611110002", "name": "赵甲"]), line(id: "c2", customer: ["phone": "13611110002", "name": "钱乙"])])
        try vault.ingest((1...20).map { line(id: "o\($0)", customer: ["id": "O\($0)"]) })
        let before = try find("phone", "13611110002")
        let son = try #require(
            try before.first { subject in
                try li.page(Query(select: ["name"], filter: .compare(field: "subject", .equal, .text(subject)), purpose: purpose)).rows.contains([.text("钱*")])
            })
        let number = try #require(try links().first?.number)
        #expect(try decide(number, .accept, as: li) == "proposed")
        #expect(throws: VaultError.self) { try decide(number, .accept, as: li) }
        #expect(try customers() == 22)
        #expect(try decide(number, .accept, as: wang) == "done")
        #expect(try customers() == 21 && find("phone", "13611110002").count == 1)
        // Of later records as well.
        try vault.ingest([line(id: "c3", customer: ["phone": "13611110002", "name": "钱乙"])])
        #expect(try customers() == 21)
        let split = try li.perform(AskLink(kind: .split, subject: son, purpose: purpose, reason: "father and son")).reply.number
        #expect(throws: VaultError.self) { try decide(split, .accept, as: li) }
        #expect(try decide(split, .accept, as: wang) == "done")
        #expect(try find("phone", "13611110002") == before && customers() == 22)
        #expect(try li.page(Query(select: ["record"], filter: .compare(field: "subject", .equal, .text(son)), purpose: purpose)).rows.count == 2)
        try vault.ingest([line(id: "c4", customer: ["phone": "13611110002", "name": "钱乙"])])
        #expect(try find("phone", "13611110002").count == 2)
        _ = try li.verifyAudit()
    }

    @Test("a hold on one keeps all, a restriction of one restricts all")
    func protected() throws {
        try ingestThree()
        let subject = try find("phone", "13611110001")[0]
        let (hold, _) = try li.holdSubject(subject, purpose: purpose, reason: "court case")
        // By the pseudonym of the other customer, who is no longer shown.
        let split = try li.perform(AskLink(kind: .join, subject: subject, other: try find("customer_id", "O1")[0], purpose: purpose, reason: "same")).reply.number
        #expect(try decide(split, .accept, as: wang) == "done")
        let other = try find("customer_id", "O1")[0]
        #expect(other == subject)
        #expect(throws: VaultError.onHold(ground: "court case")) { try li.eraseSubject(other, purpose: purpose, reason: "asked") }
        _ = try li.releaseSubject(other, hold: hold, purpose: purpose, reason: "closed")
        #expect(try li.restrictSubject(other, purpose: purpose, reason: "contested").records == 4)
        #expect(try customers() == 19)
        try vault.ingest([line(id: "late", customer: ["id": "O1"])])
        #expect(try customers() == 19)
        #expect(try li.restrictSubject(subject, purpose: purpose, reason: "settled", lift: true).records == 5)
        #expect(try customers() == 20)
        _ = try li.verifyAudit()
    }

    @Test("a record moves to another customer with what leads to it, and back")
    func moved() throws {
        try vault.ingest([
            line(id: "m1", customer: ["id": "M-1", "phone": "13611110003"]), line(id: "m2", customer: ["id": "M-1", "phone": "13611110004"]),
            line(id: "m3", customer: ["id": "M-2"]),
        ])
        let record = try #require(
            try li.page(Query(select: ["record", "phone"], purpose: purpose)).rows.first { $0[1].description.hasSuffix("0004") }?[0].description)
        let (former, next) = (try find("customer_id", "M-1")[0], try find("customer_id", "M-2")[0])
        let move = try li.perform(AskLink(kind: .move, subject: next, record: record, purpose: purpose, reason: "typed under the wrong id")).reply.number
        #expect(try decide(move, .accept, as: wang) == "done")
        #expect(try find("phone", "13611110004") == [next] && find("phone", "13611110003") == [former])
        #expect(try li.eraseSubject(next, purpose: purpose, reason: "asked", dryRun: true).records == 2)
        let back = try li.perform(AskLink(kind: .move, subject: former, record: record, purpose: purpose, reason: "it was right")).reply.number
        #expect(try decide(back, .accept, as: wang) == "done")
        #expect(try find("phone", "13611110004") == [former])
        #expect(throws: VaultError.self) {
            // The only record of a customer.
            let only = try li.page(Query(select: ["record"], filter: .compare(field: "subject", .equal, .text(next)), purpose: purpose)).rows[0][0].description
            let number = try li.perform(AskLink(kind: .move, subject: former, record: only, purpose: purpose, reason: "x")).reply.number
            _ = try decide(number, .accept, as: wang)
        }
        _ = try li.verifyAudit(deep: 100)
    }
}
