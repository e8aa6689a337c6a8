"""The sets that are measured: what a corpora folder may have, and what lies in `sets/` beside this file.

A set's kind says what is counted:
- names:     strict F1, precision, recall and leak of NAME
- addresses: leak, and the share covered whole
- all:       precision, recall, F2 and leak over every type that is marked
- tweets:    names as above, and recall of handles
- plain:     NAMEs in a thousand texts that nobody marked, and the share of texts in which a sentence is withheld for its language
- cases:     the share of texts in which everything marked is hidden and nothing else
- pack:      precision, recall and leak over every type, with the pack of the set's language on
- special:   recall of special categories, and the share of texts without a mark in which one is found
"""
import collections
import hashlib
import json
import pathlib

import scoring

Set = collections.namedtuple("Set", "name path kind language", defaults=[None])

CORPORA = [
    Set("Weibo dev", "zh/weibo2.dev.jsonl", "names"),
    Set("Weibo train", "zh/weibo2.train.jsonl", "names"),
    Set("spoken commands dev", "zh/smp2019.dev.jsonl", "names"),
    Set("CLUENER dev", "zh/cluener.dev.jsonl", "names"),
    Set("Resume dev", "zh/resume.dev.jsonl", "names"),
    Set("Youku dev", "zh/youku.dev.jsonl", "names"),
    Set("address19 dev", "zh/address19.dev.jsonl", "addresses"),
    Set("AmbientMeta standard", "en/ambientmeta_standard.jsonl", "all"),
    Set("shop titles", "zh/ecommerce.dev.jsonl", "plain"),
    Set("food delivery", "zh/voc.waimai.jsonl", "plain"),
    Set("hotels", "zh/voc.hotel.jsonl", "plain"),
    Set("shopping", "zh/voc.shopping.jsonl", "plain"),
    Set("shop chats", "zh/voc.ecd-chat.jsonl", "plain"),
    Set("service chats", "zh/voc.csds-refs.jsonl", "plain"),
    Set("city questions", "zh/voc.taipei-qa.jsonl", "plain"),
    Set("map reviews", "zh/voc.gmap-tw.jsonl", "plain"),
    Set("SMS", "zh/voc.sms.jsonl", "plain"),
    Set("complaints", "en/voc.complaints.jsonl", "plain"),
    Set("restaurants", "en/voc.restaurants.jsonl", "plain"),
    Set("hard cases, Chinese", "cases/zh/cases.jsonl", "cases"),
    Set("hard cases, English", "cases/en/cases.jsonl", "cases"),
]
# Their licences allow copying; NOTICE names them.
COMMITTED = [
    Set("Presidio synth", "presidio_synth_v2.jsonl", "all"),
    Set("tweets, section F", "btc_f.jsonl", "tweets"),
    Set("restaurant reviews (ASAP)", "asap.jsonl", "plain"),
    Set("complaints, unseen", "cfpb.jsonl", "plain"),
    Set("special categories, own sentences", "special.jsonl", "special"),
    Set("German, own sentences", "pack-de.jsonl", "pack", "de"),
    Set("Spanish, own sentences", "pack-es.jsonl", "pack", "es"),
    Set("French, own sentences", "pack-fr.jsonl", "pack", "fr"),
    Set("Japanese, own sentences", "pack-ja.jsonl", "pack", "ja"),
    Set("Korean, own sentences", "pack-ko.jsonl", "pack", "ko"),
]
HERE = pathlib.Path(__file__).resolve().parent / "sets"
# Whether more of a figure is better.
BETTER = {"strict_f1": 1, "precision": 1, "recall": 1, "f2": 1, "whole": 1, "handles": 1, "exact": 1, "leak": -1, "per_thousand": -1, "withheld": -1, "false_special": -1}
# What a figure may fall by where it is no share: one name more in a hundred texts.
TOLERANCE = {"per_thousand": 10.0}


def read(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def figures(kind, texts, found):
    if kind == "names":
        return pick(scoring.agreement(texts, found, {"NAME"}), "strict_f1", "precision", "recall", "leak")
    if kind == "addresses":
        return pick(scoring.agreement(texts, found), "leak", "whole")
    if kind == "pack":
        return pick(scoring.agreement(texts, found), "precision", "recall", "leak")
    if kind == "all":
        return pick(scoring.agreement(texts, found), "precision", "recall", "f2", "leak")
    if kind == "tweets":
        names = pick(scoring.agreement(texts, found, {"NAME"}), "precision", "recall", "leak")
        return {**names, "handles": rounded(scoring.agreement(texts, found, {"SOCIAL"})["recall"])}
    if kind == "special":
        said = [(text, spans) for text, spans in zip(texts, found) if text["spans"]]
        recall = scoring.agreement(*zip(*said), scoring.SPECIAL, scoring.own_type)["recall"]
        others = [spans for text, spans in zip(texts, found) if not text["spans"]]
        return {"recall": rounded(recall), "false_special": rounded(scoring.share(others, *scoring.SPECIAL))}
    if kind == "negatives":
        return {"false_special": rounded(scoring.share(found, *scoring.SPECIAL))}
    if kind == "cases":
        return {"exact": rounded(scoring.exact_cases(texts, found)), **pick(scoring.agreement(texts, found), "leak")}
    return {"per_thousand": round(scoring.per_thousand(found, "NAME"), 1), "withheld": rounded(scoring.share(found, "TEXT")), "special": rounded(scoring.share(found, *scoring.SPECIAL))}


def pick(figures, *names):
    return {name: rounded(figures[name]) for name in names}


def rounded(value):
    return None if value is None else round(value, 4)
