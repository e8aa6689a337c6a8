import Classification
import Foundation
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Classification")
struct ClassificationTests {
    private let frame = CodeFrame(codes: [
        .init(id: "price", chinese: "价格", english: "Price", department: "", isUrgent: false, phrases: ["太贵", "价格", "price"]),
        .init(id: "delivery", chinese: "配送", english: "Delivery", department: "", isUrgent: false, phrases: ["快递", "late", "on hold"]),
        .init(id: "urgent.safety", chinese: "安全", english: "Safety", department: "", isUrgent: true, phrases: ["冒烟"]),
    ])

    @Test("phrases give topics and reasons to hurry; English ones are whole words")
    func phrases() {
        let classifier = Classifier(frame: frame)
        let coding = classifier.code("价格太贵,快递慢,插座冒烟了")
        #expect(Set(coding.topics.keys) == ["price", "delivery"] && Set(coding.urgency.keys) == ["urgent.safety"])
        #expect(coding.topics["price"]! > coding.topics["delivery"]!)
        #expect(classifier.code("The plate is translated, PRICEY").topics.isEmpty)
        #expect(Set(classifier.code("Late again, kept me ON HOLD; the price!").topics.keys) == ["price", "delivery"])
    }

    @Test("sentiment of plain cases in both languages", arguments: [
        ("服务态度很好,安装师傅很专业,非常满意,推荐", Sentiment.Label.positive), ("太差了,用了两天就坏,客服不理人,再也不买了", .negative),
        ("Great product, friendly technician, very happy", .positive), ("Terrible, broken after two days and support was rude", .negative),
        ("[NAME] 2026", .neutral), ("The box is blue", .neutral),
    ])
    func sentiment(text: String, expected: Sentiment.Label) {
        #expect(Sentiment.standard.of(text).label == expected)
    }

    @Test("levels of need by phrase, else by the code; points of pain, itch and delight", arguments: [
        ("快递太慢,差评,很失望,再也不买", .performance, .pain, .delight), ("连最基本的制冷都没有,太差了,垃圾", .basic, .pain, .delight),
        ("没想到安装师傅这么专业,非常满意,惊喜", .delight, .delight, .pain), ("没想到这么差,太失望了,垃圾", nil, .pain, .delight),
        ("希望价格能再低一点", .performance, .itch, .delight), ("Great, very happy with the price", .performance, nil, .pain), ("The box is blue", nil, nil, .itch),
    ] as [(String, Need?, Point?, Point)])
    func needs(text: String, need: Need?, point: Point?, not other: Point) {
        var frame = frame
        for index in 0..<2 { frame.codes[index].need = .performance }
        frame.needPhrases = [.basic: ["最基本"], .delight: ["没想到", "惊喜"], .performance: ["太慢"]]
        frame.wishes = ["希望"]
        let coding = Classifier(frame: frame).code(text)
        #expect(coding.need == need && !coding.points.contains(other))
        if let point { #expect(coding.points.contains(point)) } else { #expect(coding.points.isEmpty) }
        #expect(Classifier(frame: frame).version != Classifier(frame: self.frame).version)
    }

    @Test("texts that say the same up to small edits are copies; others are not", arguments: [
        ("安装师傅迟到了两个小时,空调装好以后一直漏水,打了三次电话都没有人来处理", "安装师傅迟到了两个小时!空调装好以后一直漏水,打了三次电话都没人来处理。", true),
        ("The technician came two hours late and the unit has been leaking ever since", "the technician came 2 hours late and the unit has been leaking ever since!!", true),
        ("安装师傅迟到了两个小时,空调装好以后一直漏水,打了三次电话都没有人来处理", "安装师傅很准时,空调装好以后一直很安静,打了一次电话马上有人来处理", false),
        ("很好", "很好。", true), ("很好", "很好用", false), ("[NAME]", "", false),
    ])
    func duplicates(first: String, second: String, isCopy: Bool) {
        var known = NearDuplicates()
        let (earlier, later) = (known.isCopy(first), known.isCopy(second))
        #expect(!earlier && later == isCopy)
    }

    @Test("copies are marked, the oldest is the original, and each is counted once on demand")
    func marking() async throws {
        let vault = try TestVault()
        let text = "安装师傅迟到了两个小时,空调装好以后一直漏水,打了三次电话都没有人来处理"
        try vault.ingest((0..<20).map { line(id: "\($0)", customer: ["id": "C\($0)"], text: $0 < 8 ? text + String(repeating: "!", count: $0) : "第\($0)条:\(String(repeating: Character(UnicodeScalar(0x4E00 + $0 * 97)!), count: 20))", at: "2026-03-0\(1 + $0 % 9)T12:00:00Z") })
        let coder = try vault.session("classification")
        #expect(try await NearDuplicates.mark(coder, purpose: "insight", page: 6) == (20, 7))
        let analyst = try vault.session("analyst")
        let originals = try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], filter: try Condition(parsing: "originality = 'original'"), purpose: "insight"))
        #expect(originals.rows == [[.integer(13)]])
        let first = try analyst.page(Query(select: ["occurred_at"], filter: try Condition(parsing: "originality = 'original' and text contains '安装师傅'"), purpose: "insight"))
        #expect(first.rows == [[.time(Timestamp("2026-03-01T12:00:00Z")!)]])
        // Again it changes nothing; without the original the next oldest is one.
        #expect(try await NearDuplicates.mark(coder, purpose: "insight") == (20, 7))
    }

    @Test("a model learns, is the same again, and survives being written and read")
    func model() throws {
        let examples = (0..<200).map { index in
            LinearModel.Example(text: index % 2 == 0 ? "价格 高 第\(index)次" : "快递 慢 第\(index)次", labels: [index % 2 == 0 ? "price" : "delivery"])
        }
        let model = LinearModel(training: examples)
        #expect(model.labels == ["delivery", "price"] && model.text == LinearModel(training: examples).text)
        let read = try #require(LinearModel(text: model.text))
        for text in ["价格真高", "快递太慢"] {
            let (a, b) = (model.scores(text), read.scores(text))
            #expect(a.allSatisfy { abs($0.value - b[$0.key]!) < 0.05 })
        }
        #expect(read.scores("价格真高")["price"]! > 0.7 && read.scores("价格真高")["delivery"]! < 0.3)
        #expect(LinearModel(text: "price 0 1 abc") == nil && LinearModel(text: "") == nil && LinearModel(text: String(model.text.dropLast(9))) == nil)
    }

    @Test("records are coded once, again when the frame changes, and queries can use the labels")
    func incremental() async throws {
        let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("minimum_group: 5", with: "minimum_group: 1") : text }
        try vault.ingest([
            line(id: "1", customer: ["id": "C1"], text: "价格太贵,差评,很失望"), line(id: "2", customer: ["id": "C2"], text: "快递和价格都好,满意"),
            line(id: "3", customer: ["id": "C3"], text: "插座冒烟"),
        ])
        let (coder, analyst) = (try vault.session("classification"), try vault.session("analyst"))
        let classifier = Classifier(frame: frame)
        let first = try await classifier.run(on: coder, purpose: "insight", page: 2)
        #expect(first.coded == 3 && first.withTopic == 2)
        #expect(try await classifier.run(on: coder, purpose: "insight").coded == 0)
        let table = try analyst.aggregate(AggregateQuery(groupBy: [.field("topic")], measures: [.count], purpose: "insight"))
        #expect(table.rows == [[.text("delivery"), .integer(1)], [.text("price"), .integer(2)]])
        let urgent = try analyst.page(Query(select: ["text", "urgency"], filter: .compare(field: "urgency", .equal, .text("urgent.safety")), purpose: "insight"))
        #expect(urgent.rows == [[.text("插座冒烟"), .text("urgent.safety")]])
        let other = try analyst.page(Query(select: ["topic"], filter: .compare(field: "topic", .notEqual, .text("delivery")), purpose: "insight"))
        #expect(other.rows.count == 2)
        // New records only; and all of them when the frame changes.
        try vault.ingest([line(id: "4", customer: ["id": "C4"], text: "price too high")])
        #expect(try await classifier.run(on: coder, purpose: "insight").coded == 1)
        var wider = frame
        wider.codes.append(.init(id: "socket", chinese: "插座", english: "Socket", department: "", isUrgent: false, phrases: ["插座"]))
        #expect(Classifier(frame: wider).version != classifier.version)
        #expect(try await Classifier(frame: wider).run(on: coder, purpose: "insight").coded == 4)
        // Erasing a customer takes the annotations along.
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C3", purpose: "subject-request").subjects[0]
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        let after = try analyst.aggregate(AggregateQuery(groupBy: [.field("topic")], measures: [.count], purpose: "insight"))
        #expect(!after.rows.contains { $0[0] == .text("socket") })
        _ = try vault.administrator.verifyAudit()
    }

    @Test("who may read may not write, and labels cannot carry text")
    func rights() throws {
        let vault = try TestVault()
        try vault.ingest([line(id: "1", customer: ["id": "C1"])])
        let coder = try vault.session("classification")
        let record = try coder.page(Query(select: ["record"], purpose: "insight")).rows[0][0].description
        func annotation(_ module: String, _ label: String) -> [Annotation] { [Annotation(record: record, module: module, labels: [label: 1])] }
        #expect(throws: VaultError.self) { try vault.session("analyst").annotate(annotation("topic", "x"), purpose: "insight") }
        for (module, label) in [("topic", "Our customer 欧阳娜"), ("notes", "x"), ("topic", ""), ("topic", String(repeating: "x", count: 65))] {
            #expect(throws: VaultError.self) { try coder.annotate(annotation(module, label), purpose: "insight") }
        }
        #expect(throws: VaultError.notFound("the record")) { try coder.annotate([Annotation(record: "r_0000", module: "topic", labels: [:])], purpose: "insight") }
        #expect(try coder.annotate(annotation("topic", "price"), purpose: "insight") == 1)
    }
}
