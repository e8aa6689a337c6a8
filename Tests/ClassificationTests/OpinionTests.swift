import Classification
import RedactedAPI
import TestVaults
import Testing
import VoCVault

@Suite("Emotion, intent and relevance")
struct OpinionTests {
    private static let classifier = Classifier(frame: CodeFrame(codes: []))

    private func code(_ text: String) -> Classifier.Coding { Self.classifier.code(text) }
    private func emotions(_ text: String) -> Set<Emotion> { Set(code(text).emotions.keys) }
    private func intents(_ text: String) -> Set<Intent> { Set(code(text).intents.keys) }

    @Test(
        "feelings, in both scripts and in English",
        arguments: [
            ("客服推来推去,气死我了", [Emotion.anger]), ("客服推來推去,氣死我了", [.anger]), ("I am furious, they hung up on me", [.anger]),
            ("等了一个月,太失望了", [.disappointment]), ("等了一個月,太失望了", [.disappointment]), ("Such a letdown, we expected better", [.disappointment]),
            ("一直没发货,很担心", [.worry]), ("一直沒發貨,很擔心", [.worry]), ("I'm worried that somebody has my card", [.worry]),
            ("收到超开心,爱了", [.joy]), ("收到超開心,愛了", [.joy]), ("So happy with it, my kids love it", [.joy]), ("到了😍", [.joy]), ("Late again 😡", [.anger]),
            ("非常感谢师傅", [.gratitude]), ("非常感謝師傅", [.gratitude]), ("Thank you so much for the help", [.gratitude]),
            ("很担心,也很生气", [.worry, .anger]), ("The box is blue", [.none]), ("箱子是蓝色的", [.none]), ("", [.none]), ("[NAME_1] 2026", [.none]),
        ] as [(String, Set<Emotion>)])
    func feelings(text: String, expected: Set<Emotion>) {
        #expect(emotions(text) == expected)
    }

    @Test(
        "negation, hope, irony and questions turn what words say",
        arguments: [
            ("我不生气", [Emotion.none]), ("I am not angry", [.none]), ("No worries at all", [.none]), ("不太高兴", [.none]), ("The staff were never happy to see us", [.none]),
            ("本来很开心,结果等了两小时,太差了", [.disappointment]), ("I used to love this place, now the food is terrible", [.disappointment]),
            ("谢谢你们让我等了三个小时", [.anger]), ("Thanks for nothing", [.anger]), ("呵呵,真喜欢你们这种垃圾服务", [.anger]),
            ("Are you happy now?", [.none]), ("请问怎么退货,谢谢", [.none]), ("太差了!退货!!差评!", [.anger]),
        ] as [(String, Set<Emotion>)])
    func turns(text: String, expected: Set<Emotion>) {
        #expect(emotions(text) == expected)
    }

    @Test(
        "wants, several at once, in both scripts and in English",
        arguments: [
            ("菜是冷的,服务很差", [Intent.complaint]), ("The food was cold and the service awful", [.complaint]), ("味道很好但是服务很差", [.praise, .complaint]),
            ("請問營業時間是幾點", [.question]), ("How do I change my address?", [.question]), ("这个可以寄到香港吗", [.question]),
            ("请尽快退款", [.request]), ("Please cancel my order", [.request]), ("很好吃,推荐", [.praise]), ("Excellent food, highly recommended", [.praise]),
            ("建议增加夜宵", [.suggestion]), ("It would be nice if you opened earlier", [.suggestion]), ("我要销户", [.churn]), ("I am switching to another bank", [.churn]),
            ("太难吃了,再也不来", [.complaint, .churn]), ("这也叫服务?", [.complaint]), ("箱子是蓝色的", []), ("", []),
        ] as [(String, Set<Intent>)])
    func wants(text: String, expected: Set<Intent>) {
        #expect(intents(text) == expected)
    }

    @Test("a phrase within another that means something else does not count, and a rhetorical question asks nothing")
    func exclusions() {
        #expect(!intents("用了它再也不用担心漏水,很好").contains(.churn) && !intents("建议零售价99").contains(.suggestion))
        #expect(!intents("难道等两小时很正常吗?太差了").contains(.question) && intents("难道等两小时很正常吗?太差了").contains(.complaint))
        #expect(!emotions("生气勃勃的绿植").contains(.anger) && !emotions("The service never disappoints").contains(.disappointment))
    }

    @Test(
        "spam, machines and what says nothing are told from customers' words",
        arguments: [
            ("代开发票,加微信[WECHAT],日赚千元", Relevance.spam), ("Buy followers now, visit my website [URL]", .spam), ("Work from home and earn money, whatsapp me [PHONE]", .spam),
            ("此用户没有填写评价内容", .automatic), ("【自动回复】您好,稍后联系您", .automatic), ("Out of office until Monday", .automatic),
            ("凑字数凑字数凑字数", .irrelevant), ("啊啊啊啊啊啊", .irrelevant), ("asdfgh", .irrelevant), ("123456", .irrelevant), ("[NAME_1]", .irrelevant), ("", .irrelevant),
            ("很好吃", .relevant), ("👍", .relevant), ("箱子是蓝色的", .relevant), ("你们的客服只会自动回复,太差了", .relevant), ("The courier asked me to call [PHONE]", .relevant),
            ("银行被骗,有人让我加微信刷单,损失惨重,太差了", .relevant), ("凑字数,不过味道很好,送得也快", .relevant),
        ])
    func relevance(text: String, expected: Relevance) {
        #expect(code(text).relevance == expected)
    }

    @Test("the same text gives the same, and scores lie between 0 and 1")
    func scores() {
        let text = "本来很期待,结果菜是冷的,气死我了,请尽快退款!再也不来了"
        #expect(code(text) == code(text))
        let coding = code(text)
        #expect((Array(coding.emotions.values) + Array(coding.intents.values) + [coding.relevanceScore]).allSatisfy { (0...1).contains($0) })
        #expect(coding.emotions[.anger] != nil && Set(coding.intents.keys) == [.complaint, .request, .churn])
    }

    @Test("the vault stores them, conditions filter by them, figures count them, and they go with their customer")
    func stored() async throws {
        let vault = try TestVault { name, text in name == "roles.yaml" ? text.replacing("minimum_group: 5", with: "minimum_group: 1") : text }
        try vault.ingest([
            line(id: "1", customer: ["id": "C1"], text: "价格太贵,气死我了,再也不来"), line(id: "2", customer: ["id": "C2"], text: "价格很好,太开心了,谢谢"),
            line(id: "3", customer: ["id": "C3"], text: "代开发票,加微信,日赚千元,扫码领取"), line(id: "4", customer: ["id": "C4"], text: "请问价格是多少"),
        ])
        let (coder, analyst) = (try vault.session("classification"), try vault.session("analyst"))
        let frame = CodeFrame(codes: [.init(id: "price", chinese: "", english: "", department: "", isUrgent: false, phrases: ["价格"])])
        #expect(try await Classifier(frame: frame).run(on: coder, purpose: "insight").coded == 4)
        func count(_ condition: String) throws -> Value? {
            try analyst.aggregate(AggregateQuery(groupBy: [], measures: [.count], filter: try Condition(parsing: condition), purpose: "insight")).rows.first?[0]
        }
        #expect(try count("emotion = 'anger' and intent in ('churn')") == .integer(1) && count("emotion in ('joy', 'gratitude')") == .integer(1))
        #expect(try count("relevance = 'relevant'") == .integer(3) && count("intent = 'question'") == .integer(1))
        let table = try analyst.aggregate(AggregateQuery(groupBy: [.field("aspect")], measures: [.count], purpose: "insight"))
        #expect(table.rows == [[.text("price.negative"), .integer(1)], [.text("price.neutral"), .integer(1)], [.text("price.positive"), .integer(1)]])
        let row = try analyst.page(Query(select: ["emotion", "intent", "aspect"], filter: try Condition(parsing: "intent = 'churn'"), purpose: "insight")).rows
        #expect(row == [[.text("anger"), .text("churn complaint"), .text("price.negative")]])
        let officer = try vault.session("compliance")
        let subject = try officer.lookup(field: "customer_id", value: "C1", purpose: "subject-request").subjects[0]
        _ = try officer.eraseSubject(subject, purpose: "subject-request", reason: "asked")
        #expect(try analyst.page(Query(select: ["emotion"], filter: try Condition(parsing: "emotion = 'anger'"), purpose: "insight")).rows.isEmpty)
        // Figures of a role without rows come from the ledger, however few there are.
        let figures = try vault.session("reporting")
        _ = try figures.aggregate(AggregateQuery(groupBy: [.field("aspect")], measures: [.count], purpose: "insight"))
        #expect(throws: VaultError.self) { try figures.page(Query(select: ["aspect"], purpose: "insight")) }
        _ = try vault.administrator.verifyAudit()
    }
}
