"""What was acknowledged: the people and records that a vault must have, and those that it must not."""

import json

# Every personal value that goes in holds one of these, so that few searches find any of them anywhere.
CANARIES = ["zqcanary", "鹮鷟", "1997731", "11010519491231"]

LAST_NAMES = ["Whitfield", "Okafor", "Novak", "Lindqvist", "Moreau", "Castellano"]
GIVEN = ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇"]
OPINIONS = [
    "空调用了不到两个月就坏了,晚上噪音特别大,希望尽快安排师傅上门检修。", "物流太慢了,等了一个星期还没有送到,客服一直说在路上。",
    "整体很满意,外观漂亮,操作简单,会推荐给朋友。", "包装破损,里面的配件少了一个,联系客服三次都没有人处理。",
    "The device stopped working after two months and the noise at night is unbearable.",
    "Delivery took far too long and nobody could tell me where it was.", "App最近更新之后老是闪退,登录要等很久,绑定设备也失败。",
]
CHANNELS = ["hotline", "survey", "app", "store", "social"]
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


class Person:
    """An invented customer."""

    def __init__(self, number):
        self.number = number
        self.id = f"ZQCANARY-{number:05d}"
        self.name = "鹮鷟" + GIVEN[number % 10] if number % 2 else f"Zqcanary {LAST_NAMES[number % 6]}"
        self.phone = f"1997731{number:04d}"
        self.email = f"zqcanary{number}@example.com"
        body = f"11010519491231{number % 1000:03d}"
        self.national_id = body + "10X98765432"[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body)) % 11]
        self.is_erased = self.is_restricted = False
        self.holds = []

    @property
    def reason(self):
        """What an officer in a hurry writes: with what must not be written."""
        return f"asked for by {self.name}, call {self.phone}" if self.number % 2 else f"来电者{self.name},电话{self.phone},要求处理"


class Record:
    """One line of a feed; `state` is in, out or unsure."""

    def __init__(self, number, person, day, source):
        self.id, self.person, self.day, self.source, self.state = f"v{number:06d}", person, day, source, "out"
        self.rating, self.channel, self.opinion = 1 + number % 5, CHANNELS[number % 5], OPINIONS[number % 7]
        self.time = f"{day}T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}+08:00"

    @property
    def line(self):
        person = self.person
        return json.dumps({
            "id": self.id, "occurred_at": self.time, "channel": self.channel,
            "customer": {
                "id": person.id, "name": person.name, "phone": person.phone, "email": person.email, "national_id": person.national_id,
                "wechat": f"zqcanary_{person.number}", "address": f"北京市朝阳区鹮鷟路{person.number}号", "nick": f"zqcanarynick{person.number}"},
            "attributes": {
                "product": "X5", "region": "北京", "rating": self.rating, "order_no": f"ZQCANARY{self.id}", "app_version": self.id},
            "text": f"我是{person.name},电话{person.phone}。{self.opinion}"}, ensure_ascii=False)


class Ledger:
    def __init__(self):
        self.people, self.records = [], {}

    def person(self):
        self.people.append(Person(len(self.people)))
        return self.people[-1]

    def record(self, person, source="feed", day="2026-11-20"):
        record = Record(len(self.records), person, day, source)
        self.records[record.id] = record
        return record

    def feed(self, count, people=None, random=None, **options):
        """Records of new customers, or of `people`: of each one, if there are enough, and of some of them more."""
        if not people:
            whose = [self.person() for _ in range(count)]
        else:
            whose = random.sample(people, min(count, len(people))) + random.choices(people, k=max(0, count - len(people)))
        return [self.record(person, **options) for person in whose]

    def of(self, person):
        return [record for record in self.records.values() if record.person is person]

    def living(self):
        """Customers who have a record in the vault and were not erased."""
        present = {record.person for record in self.records.values() if record.state == "in"}
        return [person for person in self.people if person in present and not person.is_erased]

    def visible(self):
        """Ids of records that queries must show."""
        return {id for id, record in self.records.items() if record.state == "in" and not record.person.is_erased and not record.person.is_restricted}


def text_of(records):
    return "".join(record.line + "\n" for record in records)
