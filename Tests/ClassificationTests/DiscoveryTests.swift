import Classification
import Policy
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Discovery of codes")
struct DiscoveryTests {
    /// Texts about two things that no frame has, each of several customers, and others.
    private static func discovery(least: Int = 5, lockers: Int = 6) -> Discovery {
        var discovery = Discovery(least: least)
        for number in 0..<lockers { discovery.add("柜子的取件码一直收不到,打了\(number + 31)次", of: "s_\(number)", isCoded: false) }
        for number in 0..<7 { discovery.add("The parking gate would not open for visitor \(number + 51)", of: "e_\(number)", isCoded: false) }
        for number in 0..<40 { discovery.add("味道不错,一直点这家", of: "c_\(number)", isCoded: true) }
        // One customer says it often.
        for _ in 0..<30 { discovery.add("王师傅的猫叫咪咪", of: "s_one", isCoded: false) }
        return discovery
    }

    @Test("texts without a topic are grouped by what many customers say, not by what one says often")
    func groups() {
        let proposals = Self.discovery().proposals(limit: 10)
        #expect(proposals.map(\.customers) == [7, 6] && proposals.map(\.texts) == [7, 6])
        let words = proposals.map { $0.words.joined(separator: " ") }
        #expect(words[0].contains("parking gate") && words[1].contains("取件码"))
        #expect(!words.joined().contains("咪咪") && !words.joined(separator: " ").contains("一直"))
        #expect(Self.discovery().proposals(limit: 10) == proposals && Self.discovery().proposals(limit: 1) == [proposals[0]])
    }

    @Test("what fewer customers say is neither proposed nor shown")
    func fewCustomers() {
        #expect(Self.discovery(lockers: 4).proposals(limit: 10).count == 1)
        var discovery = Discovery(least: 5)
        for number in 0..<5 {
            discovery.add("柜子的取件码收不到" + (number == 0 ? ",我家住翠湖苑八栋" : ""), of: "s_\(number)", isCoded: false)
            discovery.add("the parking gate is closed" + (number == 1 ? ", says Bartholomew" : ""), of: "s_\(number)", isCoded: false)
        }
        let samples = discovery.proposals(limit: 10).flatMap(\.samples).joined(separator: "\n")
        #expect(samples.contains("取件码") && samples.contains("parking gate"))
        #expect(!samples.contains("翠湖") && !samples.contains("Bartholomew"))
    }

    @Test("terms that were rejected do not come again")
    func rejected() {
        let first = Self.discovery().proposals(limit: 1)[0]
        let next = Self.discovery().proposals(limit: 10, rejected: first.words)
        #expect(next.allSatisfy { $0.words[0] != first.words[0] } && next.contains { $0.words.joined().contains("取件码") })
    }

    @Test("a proposal is accepted into the frame under a name of one's own, or rejected; the rest of the file stays")
    func editing() throws {
        let text = """
            version: 1
            # ours
            codes:
              # prices
              - {id: price, zh: 价格, en: Price, phrases: [价格]}  # stays

            """
        let code = CodeFrameEdit.Code(id: "delivery.code", chinese: "取件码", english: "Pickup \"code\"", department: "Logistics", phrases: ["取件码", "pickup code: #1"])
        let added = try CodeFrameEdit.adding(code, to: text, file: "codeframe.yaml")
        #expect(added.split(separator: "\n").filter { !$0.contains("delivery.code") } == text.split(separator: "\n"))
        let frame = try CodeFrameFile.read(added, file: "codeframe.yaml")
        let found = try #require(frame.codes.first { $0.id == "delivery.code" })
        #expect(found.english == "Pickup \"code\"" && found.phrases == code.phrases && frame.codes.count == 2)
        #expect(throws: PolicyError.self) { try CodeFrameEdit.adding(code, to: added, file: "codeframe.yaml") }
        #expect(throws: PolicyError.self) {
            try CodeFrameEdit.adding(.init(id: "No such", chinese: "", english: "", department: "", phrases: []), to: text, file: "codeframe.yaml")
        }
        let once = try CodeFrameEdit.rejecting(["今天"], in: added, file: "codeframe.yaml")
        let twice = try CodeFrameEdit.rejecting(["昨天", "今天"], in: once, file: "codeframe.yaml")
        #expect(try CodeFrameFile.read(twice, file: "codeframe.yaml").rejected == ["今天", "昨天"])
        #expect(twice.contains("# ours") && twice.contains("# stays"))
    }

    @Test("over a vault: what the frame lacks is proposed, and what an erased customer wrote counts no more")
    func vault() async throws {
        let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("minimum_group: 5", with: "minimum_group: 1") : text }
        try vault.ingest((0..<5).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: "柜子的取件码收不到") } + [line(id: "9", customer: ["id": "C9"], text: "价格太贵")])
        let frame = CodeFrame(codes: [.init(id: "price", chinese: "", english: "", department: "", isUrgent: false, phrases: ["价格"])])
        let analyst = try vault.session("analyst")
        let found = try await Classifier(frame: frame).discover(on: analyst, purpose: "insight", page: 2)
        #expect(found.texts == 6 && found.uncoded == 5 && found.proposals.map(\.customers) == [5])
        #expect(found.proposals[0].samples == ["柜子的取件码收不到"])
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        #expect(try await Classifier(frame: frame).discover(on: analyst, purpose: "insight").proposals.isEmpty)
        await #expect(throws: VaultError.self) { try await Classifier(frame: frame).discover(on: vault.session("reporting"), purpose: "insight") }
    }
}
