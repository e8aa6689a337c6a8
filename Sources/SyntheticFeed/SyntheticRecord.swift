/// A record of the feed, and what in it is personal.
public struct SyntheticRecord: Sendable {
    public let id: String
    /// RFC 3339.
    public let occurredAt: String
    public let channel: String
    public let customer: Customer
    public let orderNumber: String
    public let product: String
    public let region: String
    public let rating: Int
    /// What a hotline call was about and how long it took; nothing for other channels.
    public let handling: (kind: String, responseMinutes: Int, closingHours: Int, effort: Int)?
    public var text: String

    init(index: Int, time: Int64, customer: Customer, random: inout Random) {
        let digits = String(index)
        id = "h-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        occurredAt = Self.timestamp(time)
        self.customer = customer
        channel = random.pick(Words.channels)
        orderNumber = "JD" + random.digits(13)
        product = random.pick(Words.products)
        region = random.pick(Words.regions)
        rating = 1 + random.below(5)
        text = customer.isChinese
            ? Self.chinese(customer, product, orderNumber, &random) : Self.english(customer, product, orderNumber, &random)
        handling = channel == "hotline"
            ? (rating < 3 ? "complaint" : random.pick(["question", "praise", "suggestion"]), 2 + random.below(90), 1 + random.below(96), 1 + random.below(7)) : nil
    }

    /// The record as a line of JSON, in the form that `vocvault ingest` takes.
    public var json: String {
        let language = customer.isChinese ? "zh" : "en"
        let handled = handling.map {
            #","kind":"\#($0.kind)","response_minutes":\#($0.responseMinutes),"closing_hours":\#($0.closingHours),"ces":\#($0.effort)"#
        } ?? ""
        return """
            {"id":"\(id)","occurred_at":"\(occurredAt)","channel":"\(channel)",\
            "customer":{"id":"\(customer.id)","name":"\(customer.name)","phone":"\(customer.phone)",\
            "email":"\(customer.email)","national_id":"\(customer.nationalID)","address":"\(customer.address)",\
            "birth_date":"\(customer.birthDate)"},\
            "attributes":{"product":"\(product)","region":"\(region)","rating":\(rating),"order_no":"\(orderNumber)",\
            "language":"\(language)"\(handled)},"text":"\(text)"}
            """
    }

    /// Every personal value of the record, as written in it.
    public var personalValues: [String] {
        [customer.name, customer.phone, customer.email, customer.nationalID, customer.address, customer.birthDate, customer.id, orderNumber]
    }

    private static func chinese(_ who: Customer, _ product: String, _ order: String, _ random: inout Random) -> String {
        let spoken = random.chance(30) ? spell(who.phone) : random.chance(50) ? group(who.phone) : who.phone
        let opening = random.pick([
            "你好,我是\(who.name),电话\(spoken)。", "客服您好,我叫\(who.name),请回电\(spoken)。", "用户来电反映:",
            "在门店体验后的感受:", "",
        ])
        let body = random.pick([
            "\(product)用了不到两个月就坏了,空调声音特别大,晚上根本睡不着,希望尽快安排师傅上门检修。",
            "物流太慢了,订单\(order)等了一个星期还没有送到,客服一直说在路上,体验很差。",
            "整体很满意,\(product)外观漂亮,操作简单,老人也能很快学会,会推荐给朋友。",
            "包装破损,里面的配件少了一个,联系客服三次都没有人处理,要求补发并给个说法。",
            "价格比别家贵了不少,但是质量确实好,安装师傅很专业,态度也热情。",
            "App最近更新之后老是闪退,登录要等很久,绑定设备也失败,版本是最新的。",
        ])
        let closing = random.pick([
            "", "我的邮箱是\(who.email),请把处理结果发给我。", "身份证号\(who.nationalID),可以核实。",
            "地址是\(who.address),白天家里有人。", "谢谢!", "如果再不解决我就去投诉了。",
        ])
        return opening + body + closing
    }

    private static func english(_ who: Customer, _ product: String, _ order: String, _ random: inout Random) -> String {
        let opening = random.pick([
            "Hi, this is \(who.name), you can reach me at \(who.phone). ", "", "Reported by the customer on the phone: ",
        ])
        let body = random.pick([
            "My \(product) stopped working after two months and the noise at night is unbearable.",
            "Delivery of order \(order) took far too long and nobody could tell me where it was.",
            "Great product, easy to set up, and the technician was friendly and on time.",
            "The box arrived damaged and a part was missing; three calls later still no answer.",
        ])
        let closing = random.pick([
            "", " Please write to \(who.email).", " I live at \(who.address).", " Thanks for looking into it.",
        ])
        return opening + body + closing
    }

    private static func group(_ phone: String) -> String {
        "\(phone.prefix(3)) \(phone.dropFirst(3).prefix(4)) \(phone.suffix(4))"
    }

    private static func spell(_ phone: String) -> String {
        String(phone.map { Array("零幺二三四五六七八九")[Int(String($0))!] })
    }

    private static func timestamp(_ milliseconds: Int64) -> String {
        // China has no daylight saving time: local time is UTC + 8 h.
        let seconds = milliseconds / 1000 + 8 * 3600
        let (days, rest) = (Int(seconds / 86_400), Int(seconds % 86_400))
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return "\(year)-\(two(month))-\(two(day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))+08:00"
    }
}
