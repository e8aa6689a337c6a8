/// Whom something is said of, and the words that may stand between.
enum SpecialWords {
    static func isOwner(_ range: Range<Int>, _ text: FoldedText) -> Bool {
        FoldedText.isHan(text.units[range.lowerBound]) ? owners.contains(range, in: text) : englishOwners.contains(hash(range, text))
    }

    static func isChild(_ range: Range<Int>, _ text: FoldedText) -> Bool {
        guard !range.isEmpty else { return false }
        return FoldedText.isHan(text.units[range.lowerBound]) ? children.contains(range, in: text) : englishChildren.contains(hash(range, text))
    }

    /// Whether a word of English links: of "she's" and "mother's" what stands before the mark is whom it is said of.
    static func links(_ word: Range<Int>, _ text: FoldedText) -> Bool { englishLinks.contains(hash(word, text)) }

    private static func hash(_ word: Range<Int>, _ text: FoldedText) -> UInt32 {
        var letters = text.units[word].map { $0 == 0x2019 ? 0x27 : $0 }
        if letters.suffix(2) == [0x27, 0x73] { letters.removeLast(2) }
        return letters.reduce(WordSet.basis) { WordSet.add($1, to: $0) }
    }

    static let children = list("小女 小儿 犬子 孩子 小孩 小孩子 儿子 女儿 宝宝 宝贝 娃 娃儿 娃娃 小朋友 孙子 孙女 外孙 外孙女 侄子 侄女 外甥 外甥女 弟弟 妹妹 小弟 小妹 闺女 千金 老大 老二 大宝 二宝 小宝")
    static let owners = list(
        """
        我 我们 咱 咱们 俺 本人 自己 我自己 我妈 我爸 妈 爸 妈妈 爸爸 老妈 老爸 母亲 父亲 父母 爸妈 老婆 老公 妻子 丈夫 爱人 媳妇 小女 小儿 犬子 先生 太太 婆婆 公公 岳父 岳母 丈母娘 爷爷 奶奶 外公 外婆 姥姥 姥爷 老人 老人家 家人 家属 \
        哥 哥哥 姐 姐姐 弟 妹 娘 爹 叔叔 阿姨 舅舅 姑姑 他 她 他们 她们 朋友 同事 室友 同学 邻居 女友 男友 女朋友 男朋友 对象 客户 顾客 用户 患者 客人 乘客 业主 来电人 投诉人 作为 身为 亲戚 表姐 表哥 表妹 表弟 大伯 姑妈 舅妈 婶婶 伴侣 另一半
        """ + " 孩子 小孩 小孩子 儿子 女儿 宝宝 宝贝 娃 娃儿 娃娃 小朋友 孙子 孙女 外孙 外孙女 侄子 侄女 外甥 外甥女 弟弟 妹妹 小弟 小妹 闺女 大宝 二宝 小宝")
    /// What may stand between whom something is said of and what is said.
    static let links = list(
        """
        有 患 患有 患了 患上 患过 得 得了 得过 得的是 查出 查出来 查出了 检查出 检查出来 体检查出 确诊 确诊为 确诊是 确诊了 被确诊 被确诊为 诊断为 被诊断为 诊断出 是 就是 也是 都是 是个 是一个 是一名 是一位 是位 是名 算是 本身 本身就 一直 一直有 一直是 多年 很多年 好多年 好几年 \
        几年 年 刚 刚刚 刚做 刚做了 刚做完 做 做了 做完 做过 做的 正在 在 正在做 在做 还在 今年 去年 前年 上个月 这个月 月 上周 最近 近期 前几天 现在 目前 如今 已经 已 就 也 都 还 又 因为 因 由于 的 了 个 位 名 一个 一名 一位 岁 信 信仰 信奉 信的是 属于 加入 加入了 参加 参加了 长期 常年 轻度 中度 \
        重度 严重 严重的 轻微 先天性 先天 天生 遗传性 急性 慢性 型 二型 一型 糖尿病 高血压 晚期 早期 初期 中期 很 挺 有点 患病 住院 治疗 吃 服用 服 在吃 在服 每天 每天吃 每天都要吃 天天 家里 家 家里人 家里有 老家 来自 和 跟 以及 还有 同时 身体 身上 身患 出生 生下来 从小 从小就 小时候 自从 因为得了 属 皈依 受 受了 \
        上 在上 刚上 才 才上 读 在读 念 刚满 满 快 今年刚 马上 将 明年 大 左右 只有 正 上的是 放 丈夫 那位 这位 确实 真的 毕竟 本来 本来就 原来 之前 以前 曾经 曾 后来 结果 终于 被 让 经 医生 医院 医生说 医生说是 说 说是 自述 表示 反映 称 告知 坦言 承认 提到 透露 自称 装了 装 植入 植入了 安了 每个月 每月 一个月 后遗症 需要 必须要 要做 需 厂里 厂里的 公司 公司里 单位 单位里 车间 车间里 这人 这个人 一家 一家人 全家 全家人 虔诚 虔诚的 你们那儿 你们那里 你们这 你们这里 你们 一直信 每周要 每周都 定期 每周 每周都要 三次 两次 次 个月 天 刚出院 刚查出 右 左 双 \
        右腿 左腿 双腿 腿 双眼 右眼 左眼 一只眼 两只 耳朵 听力 视力 眼睛
        """)
    static let suppositions = list("如果 要是 假如 假设 万一 除非 倘若 以为 怀疑 担心 怕 害怕 要不是 难道 是否 好像 仿佛 当 把 如同 像 比如 得")
    /// What people are allergic to.
    static let causes = list(
        "花生 海鲜 虾 虾蟹 螃蟹 蟹 贝类 牛奶 奶制品 乳制品 鸡蛋 蛋类 蛋清 坚果 核桃 腰果 杏仁 芒果 菠萝 桃子 桃毛 酒精 青霉素 头孢 花粉 尘螨 粉尘 麸质 小麦 大豆 黄豆 豆制品 芝麻 鱼 牛羊肉 羊肉 牛肉 香菜 猫毛 狗毛 动物毛 金属 镍 乳胶 紫外线 食物 药物 磺胺 碘 阿司匹林 味精 辣椒 蜂蜜 贝壳")
    static let years = PhraseList([
        "周岁", "岁半", "岁", "个月大", " years old", "-years-old", "-year-old", " year old", " year-old", " yr old", " yo", " months old", "-month-old", " month old",
    ])
    static let isAged = PhraseList([" is ", "'s ", "\u{2019}s ", " turned ", " turns ", " just turned ", " aged ", " was ", " is only ", " only ", " age "])
    /// Those that name their owner.
    static let ownIncomes = PhraseList(["i make", "i earn", "we earn", "i owe", "we owe"])
    static let amountLinks = list("是 才 只有 就 有 不到 大概 大约 差不多 共 总共 一共 了 每月 每个月 一个月", english: " |: | only | about | around | just | roughly ")
    static let amounts = UnitSet("十百千万亿元块$£€¥,.k ")

    static let englishChildren = WordSet(
        "son daughter kid kids child children baby toddler grandson granddaughter nephew niece boy girl stepson stepdaughter twins infant she she's he he's")
    /// "My 7 year old loves it": what follows is no thing that is seven years old.
    static let doings = WordSet("loves loved likes liked is was has had and who can got wanted wants enjoyed enjoys said says needs needed could will would fell broke")
    /// What somebody says of themselves without saying "I": 因为怀孕, 得抑郁症这件事, 现在负债累累.
    static let openings = list("得 得了 患 患有 患上 身患 确诊 确诊为 确诊了 查出 被诊断为 诊断为 因为 因 由于 现在 目前 刚做 刚做了 刚做完 做了 做完 做的 去年做的 前年做的 家里有 家有 带着 陪着 带 后")
    static let asking = list("吗 ? 如何 可否 是否 怎么 什么 哪些 哪里 能否 是不是 会不会 能不能 可不可以")
    static let copulas = WordSet("am i'm are we're is he's she's was were being they're")
    static let predicateEnds = WordSet("and or but so in at with who from myself too because as on which which's since by")
    /// Verbs behind which a disease or an operation may have any name: 患干燥综合征, 做完开颅手术.
    static let strong = list("患 患有 患上 得了 得过 确诊 确诊为 查出 查出来 做了 做完 做过 刚做 刚做完 刚做了 动了 动过")
    static let general = list("手术 综合征 综合症 肿瘤 障碍")
    static let bites = PhraseList(["一吃", "一碰", "一喝", "一闻", "一沾"])
    static let supposing = WordSet("if unless whether suppose imagine wish pretend when like than as-if")
    static let ending = WordSet("and or so but which that because i we please can is was it the this in on at for you they my")
    static let allergens = WordSet(
        "nut nuts peanut peanuts shellfish dairy egg eggs soy wheat gluten latex penicillin milk fish seafood treenut sesame pollen bee mustard shrimp food lactose almond cashew")
    private static let englishOwners = WordSet(
        """
        i i'm i've i'd im my myself we we're we've our he he's she she's his her he'd she'd husband wife son daughter mother father mum mom mam dad grandmother grandfather grandma grandpa gran nan grandad granddad sister brother kid kids child children baby toddler \
        uncle aunt cousin niece nephew partner boyfriend girlfriend fiance fiancee friend friends roommate neighbour neighbor colleague coworker boss customer caller patient guest tenant client parents family as being neighbours neighbors siblings grandkids grandchildren mother-in-law stepson stepdaughter twins in-laws boy girl dependant
        """)
    private static let englishLinks = WordSet(
        """
        have has had having am is was are were been being be got get gets getting a an the suffer suffers suffering suffered from with diagnosed diagnosed living lives live of severe chronic mild serious also just now currently very since due to because for treated treatment \
        taking takes on take stage early late recently years year ago and bad really registered legally partially practicing practising devout strict strictly proud openly member joined join belong belongs to who both still already going through undergoing recovering recovered \
        battling fighting survived survivor terminal terminally type advanced new newly fully totally completely half part who's that which has got a_bit i'm lifelong committed card-carrying active former retired profoundly so it quite pretty long-term permanent permanently \
        identify identifies identified as came come out need needs needed use uses using had having have've undergo underwent awaiting after disclosed says said mentioned tells told stated explained that confined born raised observant orthodox non-practising black white elderly disabled \
        old voted vote votes voting supported always in our was's this currently we're i've old months weeks days last week month spring summer and/or full-time my your his her their own a's turned turns turning just only severely highly started starting starts attends attend goes to wear wears wearing went been going seriously deadly
        """)

    private static func list(_ words: String, english: String = "") -> PhraseList {
        let all = words.split { $0 == " " || $0 == "\n" }.map(String.init) + english.split(separator: "|").map(String.init)
        return PhraseList(Set(all).sorted { ($0.count, $1) > ($1.count, $0) })
    }
}
