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
}
