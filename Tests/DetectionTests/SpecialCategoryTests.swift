import Detection
import Testing

@Suite("Special categories")
struct SpecialCategoryTests {
    @Test(
        "what is said of somebody is hidden as what it is",
        arguments: [
            ("我有痛风,啤酒换成果汁吧", "我有[HEALTH],啤酒换成果汁吧"), ("我媽確診肺癌,想退保", "我媽確診[HEALTH],想退保"), ("孩子对腰果过敏", "孩子对[HEALTH]"), ("我爸去年刚做了心脏搭桥,住院时", "我爸去年刚做了[HEALTH],住院时"),
            ("因为怀孕不能喝酒", "因为[HEALTH]不能喝酒"), ("坐轮椅的奶奶上不去", "[HEALTH]的奶奶上不去"),
            ("My wife is pregnant and tired", "My wife is [HEALTH] and tired"), ("I'm allergic to shellfish, again", "I'm [HEALTH], again"),
            ("The caller said her son has epilepsy", "The caller said her son has [HEALTH]"),
            ("我是穆斯林", "我是[RELIGION]"), ("We are Jewish and the meal was not kosher", "We are [RELIGION] and the meal was not kosher"), ("我老公是藏族", "我老公是[ETHNICITY]"),
            ("As a Black woman I left", "[ETHNICITY] I left"),
            ("I am black and was followed", "I am [ETHNICITY] and was followed"), ("我是工会会员", "我是[UNION]"), ("她是预备党员", "她是[POLITICS]"),
            ("I'm a lifelong Democrat", "I'm a [POLITICS]"), ("我是同性恋", "我是[SEX_LIFE]"),
            ("we're a same-sex couple", "we're [SEX_LIFE]"), ("我失业半年了", "我[FINANCES]半年了"), ("my salary is $2,100 a month", "my salary is [FINANCES] a month"),
            ("月薪才三千,太贵", "月薪才三千,太贵"),
            ("我儿子六岁", "我儿子[MINOR]"), ("my 6 year old loves it", "my [MINOR] loves it"), ("女儿读小学二年级", "女儿读[MINOR]"), ("my son is 13.", "my son is [MINOR]."),
        ])
    func said(text: String, expected: String) { #expect(Detector().redact(text) == expected) }

    @Test(
        "what is said of nobody, denied, supposed or asked stays, and so does what a product does",
        arguments: [
            "糖尿病人能吃吗", "我没有糖尿病", "如果我怀孕了怎么退", "吃完拉肚子", "用了两天过敏了", "孕妇装偏小", "清真寺旁边", "老板是不是有抑郁症", "我怕得癌症", "空调罢工了", "残疾人通道堵了", "因为怀孕可以退票吗",
            "Is it safe for diabetics?", "I don't have diabetes", "if I were pregnant", "the gay bar down the street", "I have a black phone", "conditions such as asthma",
            "my 6 year old laptop died", "适合三岁以上", "my son is 14.",
        ])
    func nobody(text: String) {
        let special = Set(EntityType.specialCategories)
        #expect(!Detector().entities(in: text).contains { special.contains($0.type) })
    }

    @Test("a threshold of 1 lets a category pass, and what else is known of it stays hidden")
    func passing() {
        #expect(Detector(rules: [.health: TypeRule(threshold: 1)]).redact("我有痛风,我是穆斯林") == "我有痛风,我是[RELIGION]")
        #expect(Detector(rules: [.minor: TypeRule(threshold: 1)]).redact("我儿子今年六岁") == "我儿子今年[AGE]")
        #expect(Detector().forColumns.redact("我有痛风") == "我有痛风")
    }

    @Test(
        "codes of places",
        arguments: [
            ("见8FVC9G8F+6W门口", "见[LOCATION]门口"), ("at ///filled.count.soap now", "at [LOCATION] now"), ("3+4", "3+4"), ("http://a.bc", "[URL]"),
            ("放在31.230416,121.473701", "放在[LOCATION]"),
        ])
    func places(text: String, expected: String) { #expect(Detector().redact(text) == expected) }
}
