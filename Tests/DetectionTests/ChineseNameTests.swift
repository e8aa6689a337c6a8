import Detection
import Testing

@Suite("Chinese names")
struct ChineseNameTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector().redact(text) == expected) }

    @Test(
        "given names alone, doubled, with 小 and 阿",
        arguments: [
            ("打电话给莉莉", "打电话给[NAME]"), ("给晓雯发短信说我晚点到", "给[NAME]发短信说我晚点到"), ("呼叫小莹", "呼叫[NAME]"), ("把志鹏的号码发给老郑", "把[NAME_1]的号码发给[NAME_2]"), ("//@阿珍:哈哈哈", "//@[NAME]:哈哈哈"),
        ])
    func informal(text: String, expected: String) { expect(text, expected) }

    @Test(
        "a surname that is stated, titles and kin",
        arguments: [
            ("我姓尹", "我姓[NAME]"), ("有位姓赵的师傅", "有位姓[NAME]的师傅"), ("吴秘书长您好", "[NAME]您好"), ("张教练很负责", "[NAME]很负责"), ("Mr.陈 你好", "Mr.[NAME] 你好"), ("老百姓都知道", "老百姓都知道"),
            ("请问您贵姓", "请问您贵姓"), ("班主任推荐的", "班主任推荐的"),
            ("向主管申请", "向主管申请"),
        ])
    func titles(text: String, expected: String) { expect(text, expected) }

    @Test(
        "what announces a name does so up to the next mark", arguments: [("收件人:次仁拉姆 收", "收件人:[NAME] 收"), ("姓名 热依拉,女", "姓名 [NAME],女"), ("收件人不在家", "收件人不在家"), ("联系人:没有写", "联系人:没有写")])
    func announced(text: String, expected: String) { expect(text, expected) }

    @Test(
        "speakers, reviews and kin without a name stay",
        arguments: [
            "客服:原路退回的哦。用户:何时到账", "客服:马上帮您查。用户:周一能到吗", "送的是沙拉", "结果是白屏", "师傅打电话说明天来", "大哥辛苦了", "谢谢小编", "亲亲,这边帮您查", "今天好开心·你们·真棒·下次还来", "潘婷洗发水用完了", "麻婆豆腐太咸",
            "安卓系统", "赞赞赞", "等等看吧",
        ])
    func notNames(text: String) { expect(text, text) }

    @Test(
        "a character twice behind a cue, initials, lists of names, who speaks for a company",
        arguments: [
            ("收件 朵朵 请放门口", "收件 [NAME] 请放门口"), ("我孙女琪琪很喜欢", "我孙女[NAME]很喜欢"), ("联系人等等再填", "联系人等等再填"), ("收件人 zqx 已付", "收件人 [NAME] 已付"),
            ("出席:黄河、王牌、高兴", "出席:[NAME_1]、[NAME_2]、[NAME_3]"), ("名单:苹果、香蕉", "名单:苹果、香蕉"), ("我是安居物业的范晴,来催一下", "我是安居物业的[NAME],来催一下"), ("我是你们店里的常客,来问问", "我是你们店里的常客,来问问"),
        ])
    func announcedKinds(text: String, expected: String) { expect(text, expected) }

    @Test(
        "names of Japan, Xinjiang, Tibet and Mongolia",
        arguments: [
            ("客人铃木一郎投诉前台", "客人[NAME]投诉前台"), ("我老公叫吐尔逊他不在", "我老公叫[NAME]他不在"), ("卓玛央金来电咨询", "[NAME]来电咨询"), ("图雅其其格大姐来电", "[NAME]大姐来电"),
        ])
    func transcribed(text: String, expected: String) { expect(text, expected) }

    @Test(
        "the title of a thing for sale names no one, unless a cue does",
        arguments: [
            ("蒋雯丽同款羊毛大衣女中长款包邮", "蒋雯丽同款羊毛大衣女中长款包邮"), ("土木工程材料(第3版) 贺春生 主编 9787300000001", "土木工程材料(第3版) 贺春生 主编 9787300000001"), ("sonora真皮钱包男士短款", "sonora真皮钱包男士短款"),
            ("收件人:蒋雯丽 羊毛大衣1件 包邮", "收件人:[NAME] 羊毛大衣1件 包邮"), ("我把大衣和钱包都给蒋雯丽了", "我把大衣和钱包都给[NAME]了"),
        ])
    func goods(text: String, expected: String) { expect(text, expected) }

    @Test(
        "in a review dishes, shops and sights are no persons; whom a role or a title announces is",
        arguments: [
            ("宁记火锅味道不错,米饭也新鲜", "宁记火锅味道不错,米饭也新鲜"), ("酒店离齐云山很近,早餐一般", "酒店离齐云山很近,早餐一般"), ("味道很好,送餐的吴师傅辛苦了", "味道很好,送餐的[NAME]辛苦了"), ("房间干净,前台服务员叫周晓芸,环境好", "房间干净,前台服务员叫[NAME],环境好"),
        ])
    func reviews(text: String, expected: String) { expect(text, expected) }

    @Test("offices, documents and amounts are no titles", arguments: ["水费主管机关在哪里", "这笔奖金总额是多少", "通知单应该寄到公司", "王道!"])
    func notTitles(text: String) { expect(text, text) }
}
