"""English texts with marked names.

- Tweets of the Broad Twitter Corpus, sections A, B, E and G, and of WNUT-17's training part (both CC BY 4.0): `en/btc_wnut.train.jsonl`.
- Complaints to the CFPB (public domain; names are masked there), `analysis/complaints.topics.train.jsonl`, and Amazon reviews of Kotzias
  2015 (CC BY 4.0), `analysis/amazon_imdb.sentiment.train.jsonl`: texts without a name, less those in which two listed words stand as a name.
- Sentences of our own (`sentences_en.py`) with names, towns, streets and companies of Faker (MIT).

Everything also in small letters, a third of it, as speech is recognised, and some in capitals.
"""
import json
import os
import random
import re

import sentences_en

LOCALES = {
    "en_US": 14, "en_GB": 8, "en_IE": 3, "en_IN": 6, "en_CA": 2, "en_AU": 2, "de_DE": 3, "fr_FR": 3, "es_ES": 3, "es_MX": 3, "it_IT": 3, "pt_BR": 3, "pl_PL": 2, "cs_CZ": 2, "hu_HU": 2, "fi_FI": 2, "sv_SE": 2,
    "da_DK": 2, "no_NO": 2, "nl_NL": 2, "tr_TR": 2, "ro_RO": 1, "hr_HR": 1, "sl_SI": 2, "sk_SK": 1, "lt_LT": 1, "lv_LV": 1, "et_EE": 1, "vi_VN": 1, "id_ID": 1, "en_NG": 2, "en_PK": 1, "el_GR": 1, "ru_RU": 1, "bg_BG": 1, "uk_UA": 1,
}


def texts(corpora):
    random.seed(7)
    world = World()
    real = list(tweets(os.path.join(corpora, "en/btc_wnut.train.jsonl")))
    found = real * 4 + [world.renamed(text) for text in real if text["spans"] for _ in range(4)]
    plain = list(nameless(corpora))
    found += plain
    clauses = [clause for text in plain for clause in re.split(r"(?<=[.!?]) ", text["text"]) if 8 < len(clause) < 120]
    found += [world.talk(clauses) for _ in range(70_000)]
    small = [cased(text, str.lower) for text in random.sample(found, len(found) // 3)]
    small += [world.spoken(clauses) for _ in range(8_000)]
    capitals = [cased(text, str.upper) for text in random.sample(found, len(found) // 30)]
    # Headlines: capitals that are no names.
    capitals += [cased({"text": random.choice(clauses)[:70], "spans": []}, str.title) for _ in range(6_000)]
    everything = found + [text for text in small + capitals if text]
    random.shuffle(everything)
    return everything


def tweets(path):
    for line in open(path, encoding="utf-8"):
        text = json.loads(line)
        yield {"text": text["text"], "spans": [span for span in text["spans"] if span["type"] == "NAME" and "#" not in text["text"][span["start"]:span["end"]]]}


def nameless(corpora):
    pair = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b")
    for name in ["analysis/complaints.topics.train.jsonl", "analysis/amazon_imdb.sentiment.train.jsonl"]:
        for line in open(os.path.join(corpora, name), encoding="utf-8"):
            for sentence in re.split(r"(?<=[.!?])\s+", json.loads(line)["text"])[:16]:
                # IMDb's sentences name actors.
                if "imdb" in name and pair.search(sentence):
                    continue
                if 3 < len(sentence) < 400:
                    yield {"text": sentence, "spans": []}


def cased(text, change):
    changed = change(text["text"])
    return {"text": changed, "spans": text["spans"]} if len(changed) == len(text["text"]) else None


def blend(one, other):
    """The beginning of one name and the end of another."""
    cut, rest = max(2, len(one) // 2), max(2, len(other) // 2)
    return one[:cut] + other[-rest:].lower() if len(one) > 3 and len(other) > 3 else one


class World:
    def __init__(self):
        from faker import Faker

        Faker.seed(7)
        self.people = {}
        for locale in LOCALES:
            fake = Faker(locale)
            pairs = [(fake.first_name(), fake.last_name()) for _ in range(1500)]
            self.people[locale] = [(first, last) for first, last in pairs if "." not in first + last]
        us, gb = Faker("en_US"), Faker("en_GB")
        others = [Faker(locale) for locale in ["de_DE", "fr_FR", "es_ES", "it_IT", "fi_FI", "pl_PL", "en_IN", "en_AU"]]
        self.cities = [us.city() for _ in range(600)] + [gb.city() for _ in range(300)] + [other.city() for other in others for _ in range(60)] + (
            "London Paris Berlin Madrid Rome Dublin Sydney Melbourne Adelaide Auckland Toronto Montreal Vancouver Boston Chicago Denver Dallas Houston Austin Orlando Miami Charlotte Seattle Portland Phoenix "
            "San Francisco|San Diego|Los Angeles|New York|New Orleans|Hong Kong|Las Vegas|Santiago|Milan|Lagos|Delhi|Mumbai|Tokyo|Beijing|Shanghai|Singapore|Santa Barbara|St. Louis").replace(" San", "|San").split("|")[1:] * 6
        self.cities += "London Paris Berlin Madrid Rome Dublin Sydney Adelaide Denver Dallas Houston Austin Orlando Charlotte Boston Chicago Jackson Lincoln Madison Florence Victoria Alexandria Savannah Trenton Logan Kingston Preston".split() * 6
        self.countries = [us.country() for _ in range(200)] + [us.state() for _ in range(200)] + "France Germany Spain Poland Ireland Jordan Israel China India Georgia Chad Argentina Mexico England Scotland Wales".split() * 6
        self.companies = [us.company() for _ in range(600)] + [us.last_name() + tail for tail in [" Group", " Bank", " Orchestra", " Inc", " Airlines", " Motors", " & Co"] for _ in range(40)]
        self.streets = [us.street_name() for _ in range(400)] + [other.street_name() for other in others for _ in range(60)]
        self.fake = us
        self.groups = [(sentences_en.lines(sentences_en.NAMED), 0.4), (sentences_en.lines(sentences_en.FRAMES), 0.3), (sentences_en.lines(sentences_en.NAMELESS), 0.3)]

    def pinyin(self):
        """Chinese names in Latin letters, in either order."""
        given = "".join(random.choices(sentences_en.SYLLABLES, k=random.choice([1, 2, 2]))).capitalize()
        surname = random.choice(sentences_en.SURNAMES).capitalize()
        return (given, surname) if random.random() < 0.5 else (surname, given)

    def person(self):
        if random.random() < 0.04:
            return self.pinyin()
        locale = random.choices(list(LOCALES), list(LOCALES.values()))[0]
        first, last = random.choice(self.people[locale])
        # Names that no list has, so that the tagger learns to look around them.
        if random.random() < 0.35:
            first, last = blend(first, random.choice(self.people[locale])[0]), blend(last, random.choice(self.people[locale])[1])
        return first, last

    def name(self, kind):
        first, last = self.person()
        if kind == "G":
            return first
        if kind == "L":
            return last
        form = random.random()
        initial = random.choice("ABCDEFGHJKLMNPRSTW")
        if form < 0.72:
            return f"{first} {last}"
        if form < 0.84:
            return f"{first} {initial}{random.choice(['.', ''])} {last}"
        if form < 0.9:
            return f"{first} {self.person()[0]} {last}"
        if form < 0.95:
            return f"{first} {last}-{self.person()[1]}"
        return f"{first} {random.choice(['van der', 'de la', 'bin', 'von', 'di', 'al'])} {last}"

    def renamed(self, text):
        """The same with other names in place of its own, written as they are."""
        output, spans, place = "", [], 0
        for span in text["spans"]:
            old = text["text"][span["start"]:span["end"]]
            new = self.name("N") if " " in old else self.name(random.choice("GGL"))
            new = new.lower() if old.islower() else new.upper() if old.isupper() and len(old) > 2 else new
            output += text["text"][place:span["start"]]
            spans.append({"start": len(output), "end": len(output) + len(new), "type": "NAME"})
            output += new
            place = span["end"]
        return {"text": output + text["text"][place:], "spans": spans}

    def filled(self, sentence):
        text, spans = "", []
        # A capital alone is a slot.
        for part in re.split(r"(?<![A-Za-z])([NGLTCKOBDSEPVJA])(?![A-Za-z])", sentence):
            if part in ("N", "G", "L"):
                name = self.name(part)
                spans.append({"start": len(text), "end": len(text) + len(name), "type": "NAME"})
                text += name
            elif len(part) == 1 and part in "TCKOBDSEPVJA" and not (part == "A" and sentence.startswith("A ")):
                text += {
                    "T": lambda: random.choice(sentences_en.TITLES), "C": lambda: random.choice(self.cities), "K": lambda: random.choice(self.countries), "O": lambda: random.choice(self.companies),
                    "B": lambda: random.choice(sentences_en.BRANDS), "D": lambda: random.choice(sentences_en.DAYS), "S": lambda: random.choice(self.streets), "E": self.fake.email, "P": self.fake.phone_number,
                    "V": lambda: random.choice(sentences_en.VERBS), "J": lambda: random.choice(sentences_en.NOUNS), "A": lambda: random.choice(sentences_en.ADJECTIVES),
                }[part]()
            else:
                text += part
        return text, spans

    def talk(self, clauses):
        output, spans = "", []
        for _ in range(random.choice([1, 1, 2, 3])):
            if output:
                output += random.choice([". ", ". ", ", ", " ", "! ", "? ", "\n", " - ", "\n\n"])
            if random.random() < 0.3:
                output += random.choice(clauses)
                continue
            sentences, _ = random.choices(self.groups, [share for _, share in self.groups])[0]
            text, marks = self.filled(random.choice(sentences))
            spans += [{"start": mark["start"] + len(output), "end": mark["end"] + len(output), "type": "NAME"} for mark in marks]
            output += text
        return {"text": output, "spans": spans}

    def spoken(self, clauses):
        text, spans = self.filled(random.choice(sentences_en.lines(sentences_en.SPOKEN)))
        before = random.choice(["", "", "yeah ", "hi ", "um ", random.choice(clauses)[:60] + " "])
        after = random.choice(["", " and i need help", " " + random.choice(clauses)[:60]])
        return cased({"text": before + text + after, "spans": [{**span, "start": span["start"] + len(before), "end": span["end"] + len(before)} for span in spans]}, str.lower)
