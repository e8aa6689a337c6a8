import Classification
import Testing

@Suite("Topics and aspects")
struct TopicTests {
    private func code(_ id: String, _ phrases: [String], hints: [String] = [], unless: [String] = [], alone: Bool = false, trade: String? = nil) -> CodeFrame.Code {
        var code = CodeFrame.Code(
            id: id, chinese: "", english: "", department: "", isUrgent: false, phrases: phrases, hints: hints, exclusions: unless, isAlone: alone)
        code.trade = trade
        return code
    }

    private func topics(_ text: String, _ codes: CodeFrame.Code...) -> Set<String> { Set(Classifier(frame: CodeFrame(codes: codes)).code(text).topics.keys) }

    @Test("a phrase may have gaps of some characters within a sentence, and a stem")
    func patterns() {
        let wait = code("wait", ["等了…小时", "wait*…hour*"])
        #expect(topics("等了足足三个小时", wait) == ["wait"] && topics("We waited over an hour", wait) == ["wait"])
        #expect(topics("等了。一小时后走了", wait).isEmpty && topics("等了半天没人理最后我们几个决定再多坐一个小时", wait).isEmpty)
        #expect(topics("We await the hours", wait).isEmpty)
        #expect(topics("Deliveries were late", code("d", ["deliver*"])) == ["d"] && topics("It delivers", code("d", ["deliver"])).isEmpty)
    }

    @Test("both scripts, both widths and both cases are one")
    func folding() {
        #expect(topics("價格太貴,ＡＰＰ卡", code("price", ["价格"]), code("app", ["App"])) == ["price", "app"])
        #expect(topics("送餐慢", code("late", ["送餐慢"])) == ["late"] && topics("送餐慢", code("late", ["送餐慢嗎"])).isEmpty)
    }

    @Test("a phrase within an exclusion of its code does not count, elsewhere it does")
    func exclusions() {
        let smell = code("taste", ["味道"], unless: ["房间味道"])
        #expect(topics("房间味道大", smell).isEmpty && topics("房间味道大,菜味道好", smell) == ["taste"])
    }

    @Test("a hint counts where its clause mentions nothing else, and where no other trade is spoken of")
    func hints() {
        let delivery = code("delivery", ["快递"], hints: ["很快"])
        let network = code("network", ["上网"])
        #expect(topics("很快,赞", delivery, network) == ["delivery"] && topics("上网很快", delivery, network) == ["network"])
        let dish = code("dish", [], hints: ["鱼"], trade: "restaurant")
        let room = code("room", ["房间"], trade: "hotel")
        #expect(topics("鱼不错", dish, room) == ["dish"] && topics("房间里有鱼,能看见海", dish, room) == ["room"])
    }

    @Test("a single phrase of another trade among many is meant otherwise")
    func trades() {
        let room = code("room", ["房间", "床", "大堂"], trade: "hotel")
        let fruit = code("fruit", ["水果"], trade: "ecommerce")
        #expect(topics("房间大,床软,大堂有水果", room, fruit) == ["room"] && topics("房间里送水果", room, fruit) == ["room", "fruit"])
    }

    @Test("a verdict on nothing in particular counts alone")
    func alone() {
        let overall = code("overall", ["不错"], alone: true)
        let price = code("price", ["价格"])
        #expect(topics("不错", overall, price) == ["overall"] && topics("价格不错", overall, price) == ["price"])
    }

    @Test(
        "each thing that is mentioned has its own polarity",
        arguments: [
            ("味道很好但是等了两小时", ["taste": Sentiment.Label.positive, "wait": .negative]),
            ("味道差,服务员特别热情", ["taste": .negative, "staff": .positive]),
            ("服务员,特别热情", ["staff": .positive]), ("味道不好", ["taste": .negative]),
            ("Great taste but rude staff", ["taste": .positive, "staff": .negative]),
            ("How do I reach the staff?", ["staff": .neutral]), ("味道", ["taste": .neutral]),
        ])
    func aspects(text: String, expected: [String: Sentiment.Label]) {
        let frame = CodeFrame(codes: [code("taste", ["味道", "taste"]), code("staff", ["服务员", "staff"]), code("wait", ["等了"])])
        #expect(Classifier(frame: frame).code(text).aspects == expected)
    }

    @Test("examples that the frame does not code as it says are named")
    func slips() {
        var price = code("price", ["价格"])
        price.examples = ["价格高", "太贵了"]
        price.counterexamples = ["质量好", "价格牌掉了"]
        let slips = Classifier(frame: CodeFrame(codes: [price])).slips
        #expect(slips.map(\.text) == ["太贵了", "价格牌掉了"] && slips.map(\.isExpected) == [true, false])
        #expect(slips[1].description == "price: '价格牌掉了' must not have it; it has price")
    }

    @Test("whatever codes differently has another version")
    func versions() {
        let codes = [
            code("a", ["价格"]), code("a", [], hints: ["价格"]), code("a", ["价格"], unless: ["价格牌"]), code("a", ["价格"], alone: true), code("a", ["价格"], trade: "hotel"),
        ]
        #expect(Set(codes.map { Classifier(frame: CodeFrame(codes: [$0])).version }).count == codes.count)
    }
}
