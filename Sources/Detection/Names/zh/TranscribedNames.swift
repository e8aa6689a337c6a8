/// Names of Japan, and those of Uyghurs, Kazakhs, Tibetans and Mongols as Chinese writes them: parts that few words of the language have.
enum TranscribedNames {
    /// What one of their parts begins with.
    static let beginnings = families.beginnings + transcribed.beginnings

    /// Where a name begins at a place, its end; nil where none does.
    ///
    /// - Parameter isAnnounced: a cue or a title stands beside it, so that one part is enough.
    static func end(at start: Int, in text: FoldedText, isAnnounced: (Range<Int>) -> Bool) -> Int? {
        japanese(at: start, in: text, isAnnounced) ?? parts(at: start, in: text, isAnnounced)
    }

    /// 次仁拉姆: two parts or more; one where it is announced.
    private static func parts(at start: Int, in text: FoldedText, _ isAnnounced: (Range<Int>) -> Bool) -> Int? {
        var end = start
        var count = 0
        while count < 3, let part = transcribed.first(at: end, in: text) {
            end += part.count
            count += 1
            if end < text.count, text.units[end] == 0xB7 { return nil }
        }
        // One part alone ends where the name does.
        let isFree = end == text.count || !FoldedText.isHan(text.units[end]) || verbs.begins(at: end, in: text)
        return count > 1 || count == 1 && isFree && isAnnounced(start..<end) ? end : nil
    }

    /// 佐藤健一: a family name of Japan and a given name of one or two characters, up to what is no Han character or what is said of somebody.
    private static func japanese(at start: Int, in text: FoldedText, _ isAnnounced: (Range<Int>) -> Bool) -> Int? {
        guard let family = families.first(at: start, in: text) else { return nil }
        var end = start + family.count
        while end < text.count, end - start - family.count < 2, FoldedText.isHan(text.units[end]), !verbs.begins(at: end, in: text) { end += 1 }
        let isFree = end == text.count || !FoldedText.isHan(text.units[end]) || verbs.begins(at: end, in: text)
        return isFree && isAnnounced(start..<end) ? end : nil
    }

    private static let verbs = PhraseList([
        "他", "她", "先生", "女士", "小姐", "老师", "桑", "说", "投诉", "来电", "反映", "反馈", "表示", "要求", "咨询", "的", "在", "是", "和", "与", "也", "很", "已", "把", "给", "跟", "对", "来", "去", "到", "从", "想",
        "要", "没", "不", "被", "让", "叫", "打", "问", "住", "买", "退",
    ])
    private static let families = list(
        """
        佐藤 铃木 高桥 田中 渡边 渡辺 伊藤 山本 中村 小林 加藤 吉田 山田 佐佐木 佐々木 山口 松本 井上 木村 斋藤 斎藤 山崎 阿部 池田 桥本 石川 前田 藤田 小川 后藤 冈田 长谷川 村上 近藤 石井 坂本 远藤 青木 藤井 西村 福田 太田 三浦 冈本 松田 \
        中川 中野 原田 小野 竹内 和田 中岛 石田 上田 柴田 酒井 工藤 横山 宫崎 宫本 内田 高木 安藤 谷口 今井 河野 藤原 丸山 小岛 村田 武田 杉山 增田 菅原 久保 松井 岩崎 樱井 桜井 木下 野口 松尾 菊地 野村 新井 古川 滨田 大塚
        """)
    private static let transcribed = list(
        """
        买买提 买合木提 阿不都 阿卜杜 阿布都 阿卜力 阿不力 古丽 阿依 帕提 热依 古扎 努尔 艾力 艾山 吐尔逊 吐尔洪 库尔班 玉素甫 依明 热合曼 木合塔尔 迪力 迪丽 娜尔 萨比尔 尼亚孜 肉孜 哈力克 卡德尔 克里木 拜合提 阿迪力 艾尼 热娜 帕丽 赛买提 \
        叶尔 哈孜 别克 江别 达吾 次仁 卓玛 拉姆 扎西 平措 旺堆 多吉 顿珠 达瓦 尼玛 央金 白玛 仁青 洛桑 格桑 曲珍 德吉 贡布 索朗 丹增 旦增 益西 强巴 普布 边巴 米玛 桑珠 才让 \
        其其格 巴特尔 乌兰 娜仁 图雅 苏日 格日勒 巴图 朝鲁 宝音 斯琴 高娃 阿拉坦 哈斯 青格 额尔敦 那日 萨仁 乌云
        """)

    private static func list(_ words: String) -> PhraseList { PhraseList(words.split { $0 == " " || $0 == "\n" }.map(String.init).sorted { $0.count > $1.count }) }
}
