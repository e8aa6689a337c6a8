#!/usr/bin/env python3
"""Measures analysis on texts that nobody here wrote, side by side with others, and keeps the figures.

    python3 Tools/Analysis                     # measures the sets of VOC_CORPORA
    python3 Tools/Analysis --write             # and writes figures.json and the tables of docs/ANALYSIS.md
    python3 Tools/Analysis --only opinions     # measures one part, and leaves the figures of the others as they are

It runs `vocvault classify read` of the programs in VOC_BIN (.build/release) with the code frame that comes with the vault. 'make analysis'
installs the others (requirements.txt) in .build/analysis. None of the texts was used for weights (Tools/SentimentData): each set is of a
trade that the models never saw. "linear" is a logistic regression on the same texts that ours learned from; "linear, same trade" learned
from texts of the set's own trade, which ours may not, and shows what there is to gain.

No public set at hand has marks of feelings or wants. opinions.jsonl has sixty sentences with marks, written by hand after the rules and the
lexicon had been finished on two hundred others, and before they were tried on these; nothing was changed for them since. What is known of whole sets (each complaint complains, each question asks)
is measured on these.
"""
import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FIGURES = HERE / "figures.json"
DOCUMENT = ROOT / "docs/ANALYSIS.md"
BEGIN, END = "<!-- figures: make analysis -->", "<!-- end of figures -->"

# Name, texts to measure, texts of the same trade for the upper bound, language.
SENTIMENT = [
    ("food delivery", "analysis/waimai.sentiment.dev.jsonl", "analysis/waimai.sentiment.train.jsonl", "zh"),
    ("shopping", "analysis/shop.sentiment.dev.jsonl", "analysis/shop.sentiment.train.jsonl", "zh"),
    ("restaurants, English", "analysis/restaurants.sentiment.dev.jsonl", None, "en"),
]
# Real texts of every trade, for the share that gets a topic.
TRADES = ["waimai", "shopping", "hotel", "restaurants", "complaints", "taipei"]
# The aspects of ASAP and the codes that mean the same.
ASPECTS = {
    "location_traffic": "location.traffic", "location_distance_from_business_district": "location.center", "location_easy_to_find": "location.find",
    "service_wait_time": "service.wait", "service_waiters_attitude": "service.attitude", "service_parking_convenience": "store.parking",
    "service_serving_speed": "service.speed", "price_level": "price", "price_cost_effective": "price.value", "price_discount": "price.discount",
    "environment_decoration": "environment.decor", "environment_noise": "environment.noise", "environment_space": "environment.space",
    "environment_cleaness": "environment.clean", "dish_portion": "food.portion", "dish_taste": "food.taste", "dish_look": "food.look",
    "dish_recommendation": "food.recommend",
}
POLARITY = {"1": "positive", "0": "neutral", "-1": "negative"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write figures.json and the tables of docs/ANALYSIS.md")
    parser.add_argument("--only", choices=["sentiment", "topics", "aspects", "opinions"], help="measure one part; the others keep their figures")
    options = parser.parse_args()
    corpora = pathlib.Path(os.environ.get("VOC_CORPORA") or sys.exit("say where the corpora are: VOC_CORPORA=FOLDER"))
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    for name, measure in [("sentiment", sentiment), ("topics", topics), ("aspects", aspects), ("opinions", opinions)]:
        if options.only in (None, name):
            figures[name] = measure(corpora)
    text = "\n\n".join([
        sentiment_table(figures["sentiment"]), topic_table(figures["topics"]), aspect_lines(figures["aspects"]), opinion_tables(figures["opinions"])])
    print(text)
    if options.write:
        FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        document = DOCUMENT.read_text(encoding="utf-8")
        before, rest = document.split(BEGIN, 1)
        DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")


def lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def read(texts):
    """What the program says of texts."""
    program = pathlib.Path(os.environ.get("VOC_BIN", ROOT / ".build/release")).resolve() / "vocvault"
    if not program.exists():
        sys.exit(f"there is no {program}: build it, or say where it is with VOC_BIN")
    feed = "".join(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n" for number, text in enumerate(texts))
    run = subprocess.run([program, "classify", "read", "--frame", ROOT / "policies/codeframe.yaml"], input=feed, capture_output=True, text=True)
    found = [json.loads(line) for line in run.stdout.split("\n") if line]
    if run.returncode != 0 or len(found) != len(texts):
        sys.exit(f"{program} read {len(found)} of {len(texts)} texts: {run.stderr[:300]}")
    return found


# MARK: Sentiment


def rates(gold, found):
    """Precision, recall and F1 of both labels, and the share that is called neutral."""
    figures = {"neutral": round(found.count("neutral") / len(found), 4)}
    for label in ("negative", "positive"):
        right = sum(a == b == label for a, b in zip(gold, found))
        precision, recall = right / max(1, found.count(label)), right / gold.count(label)
        figures[label] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4)}
    return figures


def linear(train, texts):
    """A logistic regression on characters in runs of up to three, and on words in pairs."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizers = [
        CountVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, binary=True), CountVectorizer(ngram_range=(1, 2), min_df=2, binary=True)]
    features = hstack([vectorizer.fit_transform(example["text"] for example in train) for vectorizer in vectorizers]).tocsr()
    model = LogisticRegression(C=0.1, max_iter=300).fit(features, ["positive" in example["labels"] for example in train])
    found = model.predict(hstack([vectorizer.transform(texts) for vectorizer in vectorizers]).tocsr())
    return ["positive" if label else "negative" for label in found]


def vader(texts):
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    scores = [analyzer.polarity_scores(text)["compound"] for text in texts]
    return ["positive" if score >= 0.05 else "negative" if score <= -0.05 else "neutral" for score in scores]


def snownlp(texts):
    from snownlp import SnowNLP

    return ["positive" if SnowNLP(text).sentiments >= 0.5 else "negative" for text in texts]


def sentiment(corpora):
    figures = {}
    for name, dev, train, language in SENTIMENT:
        examples = lines(corpora / dev)
        texts, gold = [example["text"] for example in examples], [example["labels"][0] for example in examples]
        learned = lines(ROOT / f".build/analysis/examples/{language}.jsonl")
        others = {"vocvault": [entry["sentiment"] for entry in read(texts)]}
        others |= {"SnowNLP": snownlp(texts)} if language == "zh" else {"VADER": vader(texts)}
        others["linear"] = linear(learned, texts)
        if train:
            others["linear, same trade"] = linear(lines(corpora / train), texts)
        figures[name] = {"texts": len(texts), **{who: rates(gold, found) for who, found in others.items()}}
    return figures


def sentiment_table(figures):
    rows = ["| sentiment | | negative: P · R · F1 | positive: P · R · F1 | neutral |", "|---|---|---|---|---|"]
    for name, entry in figures.items():
        for who, rates in entry.items():
            if who != "texts":
                cells = [" · ".join(f"{rates[label][key]:.3f}" for key in ("precision", "recall", "f1")) for label in ("negative", "positive")]
                rows.append(f"| {name}, {entry['texts']:,} | {who} | {cells[0]} | {cells[1]} | {100 * rates['neutral']:.1f} % |")
    return "\n".join(rows)


# MARK: Topics


def topics(corpora):
    figures = {}
    for trade in TRADES:
        if path := voices(corpora, trade):
            found = read([record["text"] for record in lines(path)])
            figures[trade] = {
                "texts": len(found), "any": round(sum(bool(entry["topics"]) for entry in found) / len(found), 4),
                "topics": round(sum(len(entry["topics"]) for entry in found) / len(found), 2),
                "neutral": round(sum(entry["sentiment"] == "neutral" for entry in found) / len(found), 4), "right": verdicts(trade),
            }
    return figures


def voices(corpora, trade):
    """The file with a trade's texts; None if there is none."""
    return next((path for path in (corpora / f"voc/{trade}.jsonl", corpora.parent / f"voc/{trade}.jsonl") if path.exists()), None)


def verdicts(trade):
    """The share of coded texts, of a hundred that were read, all of whose topics a reader accepted (verdicts.csv)."""
    with open(HERE / "verdicts.csv", encoding="utf-8") as file:
        judged = [row["verdict"] for row in csv.DictReader(file) if row["id"].startswith(trade + "-") and row["verdict"] != "none"]
    return round(judged.count("right") / len(judged), 4) if judged else None


def topic_table(figures):
    rows = ["| texts | | with a topic | topics a text | read and right | neutral |", "|---|---|---|---|---|---|"]
    for name, entry in figures.items():
        right = "–" if entry["right"] is None else f"{100 * entry['right']:.0f} %"
        rows.append(f"| {name} | {entry['texts']:,} | {100 * entry['any']:.1f} % | {entry['topics']:.1f} | {right} | {100 * entry['neutral']:.0f} % |")
    return "\n".join(rows)


# MARK: Aspects


def aspects(corpora):
    with open(corpora / "analysis/asap.dev_sample.csv", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    gold = told = hit = agreed = opposed = 0
    for row, found in zip(rows, read([row["reviewbody"] for row in rows])):
        for aspect, code in ASPECTS.items():
            is_gold, is_told = row[aspect] != "-2", code in found["topics"]
            gold, told, hit = gold + is_gold, told + is_told, hit + (is_gold and is_told)
            if is_gold and is_told and row[aspect] != "0":
                agreed += found["aspects"].get(code) == POLARITY[row[aspect]]
                opposed += found["aspects"].get(code) == POLARITY[str(-int(row[aspect]))]
    precision, recall = hit / told, hit / gold
    return {
        "texts": len(rows), "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(2 * precision * recall / (precision + recall), 4),
        "agreed": agreed, "opposed": opposed,
    }


def aspect_lines(entry):
    return (
        f"Aspects of {entry['texts']} restaurant reviews (ASAP, 18 aspects): precision {entry['precision']:.3f}, recall {entry['recall']:.3f}, micro F1 "
        f"{entry['f1']:.3f}. Where people call an aspect good or bad, {entry['agreed']} are called the same and {entry['opposed']} the opposite.")


# MARK: Feelings, wants and relevance

LABELS = {
    "emotions": ["anger", "disappointment", "worry", "joy", "gratitude", "none"],
    "intents": ["complaint", "question", "request", "praise", "suggestion", "churn"],
}


def opinions(corpora):
    """Precision and recall of each label on the sentences written by hand, and what is known of whole sets."""
    examples = lines(HERE / "opinions.jsonl")
    found = read([example["text"] for example in examples])
    figures = {"sentences": len(examples), "sets": {}}
    for kind, labels in LABELS.items():
        figures[kind] = {}
        for label in labels:
            gold, told = [label in example[kind] for example in examples], [label in entry[kind] for entry in found]
            right = sum(a and b for a, b in zip(gold, told))
            figures[kind][label] = {"marked": sum(gold), "told": sum(told), "right": right}
    for name, dev, _, _ in SENTIMENT:
        for label, intent in [("negative", "complaint"), ("positive", "praise")]:
            entries = read([example["text"] for example in lines(corpora / dev) if label in example["labels"]])
            figures["sets"][f"{name}, marked {label}: {intent}"] = [sum(intent in entry["intents"] for entry in entries), len(entries)]
    for trade in TRADES:
        if path := voices(corpora, trade):
            entries = read([record["text"] for record in lines(path)])
            if intent := {"complaints": "complaint", "taipei": "question"}.get(trade):
                figures["sets"][f"{trade}: {intent}"] = [sum(intent in entry["intents"] for entry in entries), len(entries)]
            figures["sets"][f"{trade}: not relevant"] = [sum(entry["relevance"] != "relevant" for entry in entries), len(entries)]
    return figures


def opinion_tables(figures):
    rows = [f"| of {figures['sentences']} sentences written by hand | marked | found | right | precision | recall |", "|---|---|---|---|---|---|"]
    for kind in LABELS:
        total = {key: sum(entry[key] for label, entry in figures[kind].items() if label != "none") for key in ("marked", "told", "right")}
        for label, entry in [*figures[kind].items(), (f"all {kind}", total)]:
            precision, recall = entry["right"] / max(1, entry["told"]), entry["right"] / max(1, entry["marked"])
            rows.append(f"| {label} | {entry['marked']} | {entry['told']} | {entry['right']} | {precision:.2f} | {recall:.2f} |")
    rows += ["", "| of others' texts | read so | texts | |", "|---|---|---|---|"]
    rows += [f"| {name} | {told:,} | {all:,} | {100 * told / all:.1f} % |" for name, (told, all) in figures["sets"].items()]
    return "\n".join(rows)


main()
