/// What stands where a name could and is none.
enum NotNames {
    /// Oaths, laughter, baby talk, and words for things and people that taggers take for nicknames.
    private static let words = PhraseList(
        """
        尼玛 你妹 艾玛 哎玛 妈蛋 马丹 麻蛋 麻痹 麻麻 粑粑 孙子 龟孙 王八 王八蛋 科科 呵呵 嘿嘿 哈哈 嘻嘻 咯咯 嘎嘎 吼吼 哼哼 呜呜 啦啦 哒哒 么么 么么哒 真真儿 真真 棒棒 棒棒哒 慢慢 好好 天天 常常 刚刚 谢谢 拜拜 抱抱 地地 少少 石子 萧瑟 神侃 段日子 段时间 包天 出租车 江景 海景 湖景 山景 夜景 园景 \
        高大上 高富帅 白富美 小哥哥 小姐姐 小妹妹 小弟弟 小可爱 小仙女 小确幸 小白鼠 小白菜 小清新 小资 小鲜肉 小菜 小料 小样 小字 小票 小二 小觉 老样子 老地方 老规矩 老高 老长 老远 老大 老贵 老外 老板娘 阿婆 阿公 阿门 阿嚏 安利 吐槽 金鱼 雷人 高冷 温馨 贺卡 贺岁 毛毛虫 毛肚 毛豆
        """.split { $0 == " " || $0 == "\n" }.map(String.init).sorted { $0.count > $1.count })

    /// Whether one of them begins where a stretch does, and goes on to its end at least.
    static func isWord(_ range: Range<Int>, in text: FoldedText) -> Bool { words.first(at: range.lowerBound, in: text).map { $0.count >= range.count } ?? false }

    static let numerals = UnitSet("一二两三四五六七八九十几半每各双单")
    /// Characters that are surnames, and count or measure behind a numeral.
    static let measured = UnitSet("小大老张段双包盒家向车方章支路顿")

    /// 小渝府, 阿婆面, 鸡皮卷饼: what ends as shops and dishes do.
    static func isHouse(_ range: Range<Int>, in text: FoldedText) -> Bool {
        guard range.count >= 3, let last = text.units[range].last else { return false }
        return dishes.contains(last) || familiar.contains(text.units[range.lowerBound]) && range.count == 3 && houses.contains(last)
    }

    private static let familiar = UnitSet("小老阿大")
    private static let houses = UnitSet("府馆店厨灶院铺屋寨阁楼居锅碗筷串家坊轩")
    private static let dishes = UnitSet("鸡鸭鹅饼堡粥面饭菜虾蟹汤茶酱粉")

    /// 文湖线, 修二科: lines and offices.
    static func isOffice(_ range: Range<Int>, in text: FoldedText) -> Bool { range.count == 3 && text.units[range].last.map { offices.contains($0) } == true }

    private static let offices = UnitSet("线站科署课股局费款券")

    /// 叔伯舅: nothing but words for kin.
    static func isKin(_ range: Range<Int>, in text: FoldedText) -> Bool { range.count > 1 && text.units[range].allSatisfy { kin.contains($0) } }

    private static let kin = UnitSet("叔伯舅姨姑婶嫂爷奶爸妈哥姐弟妹公婆父母亲")

    /// Whether a stretch is what a house or a dish is called: within two characters behind it a word says what it is.
    static func isThing(_ range: Range<Int>, in text: FoldedText) -> Bool {
        var place = range.upperBound
        // 邓氏筒骨, 李记面馆.
        if range.count == 3, makers.contains(text.units[range.lowerBound + 1]) { return true }
        if range.count > 1, let last = text.units[range].last, makers.contains(last), place < text.count, FoldedText.isHan(text.units[place]), !between.contains(text.units[place])
        {
            return true
        }
        while place < text.count, place - range.upperBound <= 2, FoldedText.isHan(text.units[place]) {
            if kinds.begins(at: place, in: text) { return true }
            if between.contains(text.units[place]) { return false }
            place += 1
        }
        return false
    }

    private static let makers = UnitSet("氏记")
    /// What ends a name of a thing.
    private static let between = UnitSet("的在说是有和来去给了吃点住过不我你他她也就都还很太跟与到从把被让叫打送做会要想没")
    private static let kinds = PhraseList(
        """
        酒店 大酒店 宾馆 饭店 酒楼 餐厅 饭馆 面馆 粉馆 菜馆 茶馆 火锅 火锅店 烧烤 炭烧 木炭 烤鱼 烤鸭 烤肉 烤串 烤翅 红烧肉 牛肉面 牛肉粉 牛肉汤 羊肉 羊杂 羊汤 拉面 刀削面 米线 米粉 炒饭 盖饭 盖浇饭 快餐 小吃 甜品 奶茶 咖啡 面包 蛋糕 包子 饺子 水饺 馄饨 抄手 肉夹馍 凉皮 煎饼 \
        锅盔 鸭脖 鸭血 炸鸡 炒鸡 鸡排 鸡爪 鸡煲 鸡丁 麻辣烫 麻辣香锅 冒菜 香锅 砂锅 筒骨 排骨 一品锅 豆腐 豆花 豆浆 肠粉 粥 公园 大厦 教堂 清真寺 山庄 度假村 客栈 别墅 专卖店 旗舰店 连锁店 洗发水 沐浴露 护发素 面膜 面霜 洗面奶 眼霜 口红 香水 蚝油 酱油 凉茶 白酒 红酒 花生 瓜子 肉松 肉脯 天然气 股份 集团 影院 影城 百货 地产 证券 保险
        """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
