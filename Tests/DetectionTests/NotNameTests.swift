import Detection
import Testing

@Suite("What only looks like a name")
struct NotNameTests {
    private func names(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return Detector().entities(in: text).filter { $0.type == .person }.map { String(decoding: bytes[$0.bytes], as: UTF8.self) }
    }

    @Test(
        "brands, houses, dishes, lines, oaths and kin are none",
        arguments: [
            "黄太吉也不过如此", "周六福的戒指掉色", "还是李先生牛肉面实惠", "小川府又漏送了", "阿婆面的汤太咸", "文山线几点收班", "说好送的,还尼玛没送", "哎玛,太慢了", "请叔伯姨来吃饭", "旁边有家邓氏筒骨", "睡了一小觉才到", "我订的赵王宾馆",
            "从酒店出去就有sasa", "checkin很慢", "Risotto was cold", "Noone came", "I love my Echo Dot and Alexa", "和姐姐一起去的", "麻烦帮我叫出租车。",
        ])
    func things(text: String) { #expect(names(text).isEmpty, "\(names(text))") }

    @Test(
        "what announces a name outweighs that",
        arguments: [
            ("我叫李宁", ["李宁"]), ("收件人:满满", ["满满"]), ("李宁来电投诉", ["李宁"]), ("找阿香拿的货", ["阿香"]), ("雅婷店員幫我結帳", ["雅婷"]), ("我是陈女士陈晓梅", ["陈", "陈晓梅"]), ("店长阿贤超nice", ["阿贤"]),
            ("客服八八说可以退", ["八八"]),
            ("胖哥那家修车店", ["胖哥"]), ("Big Dave fixed it", ["Big Dave"]), ("Alexa from support called me back", ["Alexa"]), ("我姓章立早章不是弓长张名字叫章子强", ["章", "章子强"]),
        ])
    func people(text: String, expected: [String]) { #expect(names(text) == expected) }

    @Test(
        "numbers with fillers in them, and addresses before a name",
        arguments: [
            ("020 7946 yeah and then 0019 please", "[PHONE] yeah and then [PHONE] please"), ("卡号6222 0212 3456 嗯 7890 128", "卡号[BANK_CARD_1] 嗯 [BANK_CARD_2]"),
            ("号码是139然后00138000", "号码是[PHONE]然后[PHONE]"),
            ("call (604) 555-0143 ext. 22", "call [PHONE_1] ext. [PHONE_2]"), ("H.No. 12-5, MG Road, Pune 411001", "[ADDRESS]"), ("貨到7-11 大安門市取件", "貨到[ADDRESS]取件"),
            ("7-11 大安門市很髒", "7-11 大安門市很髒"),
        ])
    func numbers(text: String, expected: String) { #expect(Detector().redact(text) == expected) }
}
