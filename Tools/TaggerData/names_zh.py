"""Chinese names as people write them: whole, the given name alone or doubled, with 小 and 阿, with a title, in transcription.

Characters and shares come from jieba's list of words (MIT) and from Faker (MIT), not from marked texts, so that a tagger cannot learn
a list of names by heart.
"""
import random

FAMILIAR = ["哥", "姐", "总", "叔", "姨", "少", "爷", "妹", "弟", "嫂", "婶", "仔", "子", "儿", "宝", "妈", "爸", "老师", "师傅", "同学", "经理", "会计", "医生", "主任", "阿姨", "大哥", "大姐", "师兄", "师姐",
            "教练", "书记", "局长", "队长", "店长", "校长", "护士", "律师", "哥哥", "姐姐", "妹妹", "宝宝", "先生", "小姐", "女士", "大叔"]
NICK_TAILS = ["子", "仔", "儿", "宝", "妞", "娃", "豆", "猫", "爷", "少", "总", "哥", "姐", "妹", "酱", "君", "叔"]


class Names:
    def __init__(self, jieba_words, faker_zh):
        self.surnames = [name for name in faker_zh.last_names if len(name) == 1]
        self.shares = [faker_zh.last_names[name] for name in self.surnames]
        self.compound = ["欧阳", "司马", "上官", "诸葛", "慕容", "司徒", "皇甫", "令狐", "东方", "夏侯"]
        known = set(self.surnames)
        whole = [word for word, tag in jieba_words if tag in ("nr", "nrfg") and len(word) == 3 and word[0] in known]
        # Words of the list that are none of the language's words.
        self.whole = whole
        self.given = [word[1:] for word in whole] + list(faker_zh.first_names) * 8
        self.characters = [character for name in self.given for character in name]
        self.foreign = [word for word, tag in jieba_words if tag == "nrt" and 3 <= len(word) <= 5 and word[-1] not in "岛河州市省区城山国族人湖洋"]

    def surname(self):
        return random.choices(self.surnames, self.shares)[0] if random.random() > 0.02 else random.choice(self.compound)

    def formal(self):
        """Surname and given name."""
        return self.surname() + (random.choice(self.given) if random.random() < 0.8 else random.choice(self.characters))

    def given_name(self):
        given = random.choice(self.given)
        return given if len(given) == 2 else given + random.choice(self.characters)

    def informal(self):
        kind = random.random()
        one = random.choice(self.characters)
        if kind < 0.26:
            return self.given_name()
        if kind < 0.44:
            return one * 2
        if kind < 0.56:
            return random.choice("小小小阿阿老大") + (one if random.random() < 0.6 else self.surname())
        if kind < 0.62:
            return random.choice("小小阿老大") + self.given_name()
        if kind < 0.72:
            return random.choice([self.surname(), one, self.given_name(), one * 2]) + random.choice(FAMILIAR)
        if kind < 0.79:
            return random.choice([self.surname() + one, self.given_name(), "小" + one, one]) + random.choice(NICK_TAILS)
        if kind < 0.83:
            return random.choice(["老", "小", "大"]) + self.surname() + random.choice(["", "头", "子"])
        if kind < 0.93:
            return random.choice(self.foreign)
        return self.formal() if random.random() < 0.7 else self.surname() + random.choice(["某", "某某", "大宝", "胖子", "二狗"])

    def any(self, formal=0.5):
        return self.formal() if random.random() < formal else self.informal()
