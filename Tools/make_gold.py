#!/usr/bin/env python3
"""Writes marked texts for `vocvault redact --evaluate`: invented people in sentences of customer feedback.

    pip install faker==40.54.0
    python3 Tools/make_gold.py 3000 > gold.jsonl

Faker (MIT) makes names, numbers and addresses; nothing of its lists decides detection but the shares of
Chinese surnames. The sentences are ours, so that the figures say how values are found, not how people write.
"""
import json
import random
import sys

from faker import Faker

CHINESE = [
    "你好,我叫{N},电话{P}。", "{N}反映空调不制冷,要求上门", "联系人{N},手机{P},地址{A}", "我是{N},{P}打不通就打{Q}", "麻烦转告{N}回个电话",
    "昨天{N}来修的,没修好", "投诉安装工{N},态度恶劣", "{N}说可以免费更换", "快递寄到{A},{N}收", "家住{A},一直没人来", "客服工号8877,{M}接待",
    "我的邮箱{E},身份证{I}", "银行卡{C}退款", "车牌{L}停在门口", "{N}和{M}都来过", "请把发票寄给{N},{A}", "让{M}联系我,{P}", "{S}先生很不满意",
    "{S}女士来电", "收货人:{N} {P} {A}", "你们的{N}师傅很负责,点赞", "姓名:{N};电话:{P};住址:{A}", "本人{N},身份证号{I},卡号{C}",
]
ENGLISH = [
    "My name is {N}, call {P}.", "{N} came on Monday and fixed it", "Please ship to {A}", "I spoke to {N} yesterday", "Email me at {E}",
    "This is {N} from accounting", "Contact {N} at {P} or {E}", "Mr. {S} was rude", "I live at {A}, please send someone", "SSN {I}",
    "card {C} was charged twice", "Thanks, {N}", "The technician, {N}, was great", "{F} helped me a lot and {G} too",
]
TYPES = {"P": "PHONE", "Q": "PHONE", "A": "ADDRESS", "E": "EMAIL", "C": "BANK_CARD", "L": "PLATE"}


def values(chinese, fake):
    if chinese:
        return {
            "N": fake.name(), "M": fake.name(), "S": fake.last_name(), "P": fake.phone_number(), "Q": fake.phone_number(),
            "A": fake.address().rsplit(" ", 1)[0], "E": fake.email(), "I": fake.ssn(), "C": fake.credit_card_number("visa"),
            "L": fake.license_plate().replace("-", ""),
        }
    form = random.choice(["{}-{}-{:04}", "({}) {}-{:04}", "{}.{}.{:04}"])
    return {
        "N": fake.first_name() + " " + fake.last_name(), "S": fake.last_name(), "F": fake.first_name(), "G": fake.first_name(),
        "P": form.format(random.randint(201, 989), random.randint(201, 999), random.randint(0, 9999)),
        "A": fake.address().replace("\n", ", "), "E": fake.email(), "I": fake.ssn(), "C": fake.credit_card_number("visa"),
    }


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    Faker.seed(5)
    random.seed(5)
    fakes = {True: Faker("zh_CN"), False: Faker("en_US")}
    for number in range(count):
        chinese = random.random() < 0.65
        sentence = random.choice(CHINESE if chinese else ENGLISH)
        filled = values(chinese, fakes[chinese])
        text, spans = "", []
        while sentence:
            if sentence[0] == "{":
                key, value = sentence[1], filled[sentence[1]]
                kind = TYPES.get(key, ("RESIDENT_ID" if chinese else "SSN") if key == "I" else "NAME")
                spans.append({"start": len(text), "end": len(text) + len(value), "type": kind})
                text, sentence = text + value, sentence[3:]
            else:
                text, sentence = text + sentence[0], sentence[1:]
        print(json.dumps({"id": number, "text": text, "spans": spans}, ensure_ascii=False))


main()
