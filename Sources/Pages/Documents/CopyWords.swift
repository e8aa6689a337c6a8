import VaultAPI

/// Words of a customer's copy.
struct CopyWords {
    /// Nil: both, side by side.
    let language: Language?

    func pick(_ chinese: String, _ english: String) -> String {
        guard let language else { return chinese == english ? chinese : "\(chinese) · \(english)" }
        return language.pick(chinese, english)
    }

    func yes(_ value: Bool) -> String { value ? pick("是", "yes") : pick("否", "no") }

    func decision(_ word: ConsentWord) -> String {
        switch word {
        case .given: pick("同意", "given")
        case .withdrawn: pick("撤回", "withdrawn")
        case .objected: pick("反对", "objected")
        }
    }

    /// A field's name; one that the company has added keeps its own.
    func field(_ name: String) -> String {
        if name.hasSuffix("_generalized") { return pick("\(chinese(String(name.dropLast(12))))（概化）", "\(english(String(name.dropLast(12)))), coarser") }
        return pick(chinese(name), english(name))
    }

    private func chinese(_ name: String) -> String { Self.fields[name]?.0 ?? name }
    private func english(_ name: String) -> String { Self.fields[name]?.1 ?? name.replacing("_", with: " ") }

    private static let fields: [String: (String, String)] = [
        "source": ("来源", "source"), "source_id": ("来源编号", "number at the source"), "channel": ("渠道", "channel"), "occurred_at": ("发生时间", "time"),
        "received_at": ("收到时间", "received"), "text": ("原文", "what you said"), "customer_id": ("客户编号", "customer number"), "name": ("姓名", "name"),
        "phone": ("电话", "phone"), "email": ("电子邮箱", "e-mail"), "national_id": ("身份证号", "national id"), "wechat": ("微信", "WeChat"), "address": ("地址", "address"),
        "birth_date": ("出生日期", "date of birth"), "gender": ("性别", "gender"), "order_no": ("订单号", "order number"), "product": ("产品", "product"),
        "region": ("地区", "region"), "store": ("门店", "store"), "rating": ("评分", "rating"), "nps": ("推荐度", "likelihood to recommend"), "ces": ("费力度", "effort score"),
        "kind": ("类型", "kind"), "language": ("语言", "language"), "app_version": ("应用版本", "app version"), "response_minutes": ("响应分钟数", "minutes to respond"),
        "closing_hours": ("解决小时数", "hours to close"), "topic": ("推断：主题", "inferred: topic"), "sentiment": ("推断：情感", "inferred: sentiment"),
        "urgency": ("推断：紧急程度", "inferred: urgency"), "need": ("推断：需求", "inferred: need"), "point": ("推断：要点", "inferred: point"),
        "aspect": ("推断：对各主题的看法", "inferred: opinions by topic"), "emotion": ("推断：情绪", "inferred: emotion"), "intent": ("推断：意图", "inferred: intent"),
        "aspect.places": ("推断：看法在文中的位置", "inferred: places of opinions"), "relevance": ("推断：是否与业务相关", "inferred: relevance"), "originality": ("推断：是否重复", "inferred: originality"),
        "coding": ("推断：编码版本", "inferred: coding"), "unclassified": ("其他", "other"),
    ]

    /// A legal basis with its articles.
    func basis(_ text: String) -> String {
        let words = [
            "consent": "同意", "contract": "合同", "legal obligation": "法定义务", "vital interest": "重大利益", "public task": "公共任务", "legitimate interest": "正当利益",
        ]
        guard let word = words.first(where: { text == $0.key || text.hasPrefix($0.key + " (") }) else { return text }
        return pick(word.value, word.key) + text.dropFirst(word.key.count)
    }

    /// What a retention rule removes.
    func part(_ name: String) -> String {
        switch name {
        case "record": pick("整条记录", "the whole record")
        case "direct": pick("直接标识符", "names and numbers of yours")
        case "quasi": pick("间接标识符", "details about you")
        case "sensitive": pick("敏感信息", "sensitive data")
        case "text": pick("原文", "your words")
        case "redacted": pick("去标识化文本", "the redacted text")
        case "unclassified": pick("其他", "anything else")
        default: name
        }
    }

    /// An action of the log.
    func action(_ name: String) -> String {
        switch name {
        case "reveal": pick("查看明文", "a value was revealed")
        case "reveal.break-glass": pick("紧急查看明文", "a value was revealed in an emergency")
        case "lookup": pick("查找客户", "you were looked up")
        case "subject.export": pick("导出副本", "a copy was made")
        case "subject.correct": pick("更正", "corrected")
        case "subject.hold": pick("法律保全", "a legal hold was set or read")
        case "subject.release": pick("解除保全", "a legal hold ended")
        case "subject.restrict": pick("限制处理", "processing was restricted or freed")
        case "subject.consent": pick("记录同意或反对", "a decision of yours was recorded or read")
        case "case.manage": pick("处理您的请求", "a request of yours was handled")
        default: name
        }
    }
}
