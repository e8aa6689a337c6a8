#!/usr/bin/env python3
"""Builds Sources/Detection/Lexicon/LexiconData.swift from public counts.

    pip download --no-deps --no-binary :none: jieba==0.42.1 names==0.3.0 cpca==0.5.5 \\
        opencc-python-reimplemented==0.1.7 faker==40.54.0 -d sources
    python3 Tools/build_lexicon.py sources > Sources/Detection/Lexicon/LexiconData.swift

| source | licence | what is taken |
|---|---|---|
| jieba 0.42.1, dict.txt | MIT | frequencies of Chinese words and characters; characters of given names |
| faker 40.54.0, zh_CN | MIT | shares of Chinese surnames in the population; common given names |
| names 0.3.0 | MIT | counts of given and family names, US Census 1990 |
| cpca 0.5.5, adcodes.csv | MIT | administrative divisions of the PRC |
| opencc-python-reimplemented 0.1.7, TSCharacters.txt | Apache-2.0 | traditional to simplified characters |

Numbers are natural logarithms of probabilities, negated and quantised to one printable character each:
code 35 + round((cost - 1) / 0.3), at most 91.
"""
import csv
import io
import math
import sys
import tarfile
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

# English words that are also names: alone they are no evidence.
AMBIGUOUS = set(
    "will mark rose grace hope may april june summer autumn joy faith dawn crystal amber ruby pearl jade ivy iris lily daisy violet holly "
    "robin jay bill bob rob pat sue drew dean duke earl king prince christian angel guy jack art chase grant clay cliff dale glen lane "
    "miles page penny pierce rich rusty sandy sky stone van wade ward wood woods young long short best good love brown white black green "
    "gray grey price rice bush banks bell berry bird bishop bond bowers boyd branch bridges brooks burns case church cook cooper cross day "
    "dean drake english farmer field fields fisher fish flowers ford forest fox french frost gates glass gold golden goodman gore hall hand "
    "hardy hart hawk hay head heath high hill hood house hunt hunter hurt ice john keys knight lake lamb land law lead light little lock "
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


def emit(name, comment, items, width=110):
    print(f"    /// {comment}")
    print(f'    static let {name} = """')
    line = ""
    for item in items:
        if len(line) + len(item) > width:
            print("        " + line)
            line = ""
        line += item
    if line:
        print("        " + line)
    print('        """')
    print()


def main():
    folder = Path(sys.argv[1])
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
        elif tag.startswith("nr") and (len(word) != 2 or count < 500) and tag != "nrt":
            continue
        elif len(word) <= 4 and count >= (12 if len(word) == 2 else 40):
            words[word] = max(words.get(word, 0), count)
    for word, count, tag in entries:
        if len(word) > 1 and not tag.startswith("nr"):
            for character in word:
                single[character] += count * 0.02
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

    places = []
    table = csv.DictReader(io.StringIO(source(folder, "cpca", "cpca/resources/adcodes.csv").decode("utf-8-sig")))
    for row in table:
        # Provinces, prefectures and counties; towns have further digits.
        if row["adcode"].endswith("000000") and han(row["name"]) and 2 <= len(row["name"]) <= 6:
            places.append(row["name"])

    pairs = []
    for line in source(folder, "opencc", "opencc/dictionary/TSCharacters.txt").decode("utf-8").splitlines():
        traditional, simplified = line.split("\t")
        simplified = simplified.split(" ")[0]
        if traditional != simplified and len(simplified) == 1 and "\u4e00" <= traditional <= "\u9fff" and "\u4e00" <= simplified <= "\u9fff":
            pairs.append(traditional + simplified)

    print("// Made by Tools/build_lexicon.py from public counts; see there for sources and licences. Do not edit.")
    print("// swift-format-ignore-file")
    print()
    print("/// Statistics of names, words and places: text, so that the module needs no file at run time.")
    print("enum LexiconData {")
    emit("surnames", "Chinese surnames, each with its cost in names.", [n + level(c) for n, c in sorted(surnames.items())])
    emit("givenCharacters", "Characters of Chinese given names, each with its cost there.", [n + level(c) for n, c in sorted(characters.items())])
    emit("words", "Chinese words and characters, each with its cost in running text.", [w + level(-math.log(n / total)) for w, n in sorted(words.items())])
    emit("firstNames", "English given names, those first that are words of the language too, a bar between.",
         [n + " " for n in sorted(set(first) & AMBIGUOUS)] + ["|"] + [n + " " for n in sorted(set(first) - AMBIGUOUS)])
    emit("lastNames", "English family names, in the same form.",
         [n + " " for n in sorted(set(last) & AMBIGUOUS)] + ["|"] + [n + " " for n in sorted(set(last) - AMBIGUOUS)])
    emit("places", "Administrative divisions of the PRC.", [p + " " for p in sorted(set(places))])
    emit("simplified", "Pairs of a traditional character and its simplified form.", sorted(pairs))
    print("}")
    print(len(words), "words", len(surnames), "surnames", len(characters), "given", len(first), len(last), len(places), len(pairs), file=sys.stderr)


main()
