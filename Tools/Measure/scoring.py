"""How well spans that were found agree with those that people marked.

A text is {"text", "spans": [{"start", "end", "type"}], "ignore": [...]}, offsets in Unicode scalars. `ignore` holds marks of kinds that the
detector does not look for (places, organisations): what is found there is neither right nor wrong.
"""
from collections import Counter

# Types whose difference is none to a reader, as the marks of public corpora do not make it.
GROUPS = {
    "POSTCODE": "ADDRESS", "LOCATION": "ADDRESS", "BANK_CARD": "CARD", "IP_ADDRESS": "IP", "BIRTH_DATE": "DATE", "ORGANISATION": "ORG",
    **dict.fromkeys(["ACCOUNT", "DRIVING_LICENCE", "PASSPORT", "NINO", "REGIONAL_ID", "RESIDENT_ID"], "ID"),
}
# What a mark of `ignore` excuses.
EXCUSES = {
    "LOC": {"ADDRESS"}, "ORG": {"ORG"}, "DATE": {"DATE", "AGE"}, "TITLE": {"NAME"}, "NRP": {"NRP", "ADDRESS"}, "MISC": {"ORG", "ADDRESS", "NRP"},
}


# What GDPR Art. 9 and PIPL Art. 28 protect more than the rest.
SPECIAL = {"HEALTH", "RELIGION", "ETHNICITY", "UNION", "POLITICS", "SEX_LIFE", "FINANCES", "MINOR", "LOCATION"}


def group(span):
    return GROUPS.get(span["type"], span["type"])


def own_type(span):
    return span["type"]


def overlap(a, b):
    return a["start"] < b["end"] and b["start"] < a["end"]


def covered(spans):
    """The places that spans cover, of whatever type."""
    return {place for span in spans for place in range(span["start"], span["end"])}


def ratio(part, whole):
    return part / whole if whole else None


def f_measure(precision, recall, beta=1):
    if not precision or not recall:
        return 0.0
    return (1 + beta**2) * precision * recall / (beta**2 * precision + recall)


def agreement(texts, found, groups=None, group=group):
    """Precision and recall, strict (type and both ends) and overlapping, F2, and the share of marked characters that nothing covers.

    - groups: only these; without, every group that the texts have marks of.
    - group: of a span.
    """
    groups = groups or {group(span) for text in texts for span in text["spans"]}
    count = Counter()
    for text, spans in zip(texts, found):
        marks = [mark for mark in text["spans"] if group(mark) in groups]
        mine = [span for span in spans if group(span) in groups]
        hidden = covered(spans)
        for mark in marks:
            same = [span for span in mine if group(span) == group(mark)]
            count["marks"] += 1
            count["exact"] += any((span["start"], span["end"]) == (mark["start"], mark["end"]) for span in same)
            count["hit"] += any(overlap(span, mark) for span in same)
            letters = [place for place in range(mark["start"], mark["end"]) if not text["text"][place].isspace()]
            leaked = sum(place not in hidden for place in letters)
            count["letters"] += len(letters)
            count["leaked"] += leaked
            count["whole"] += leaked == 0
        for span in mine:
            right = any(group(mark) == group(span) and overlap(span, mark) for mark in marks)
            if not right and any(group(span) in EXCUSES.get(mark["type"], ()) and overlap(span, mark) for mark in text.get("ignore", [])):
                continue
            count["found"] += 1
            count["right"] += right
    precision, recall = ratio(count["right"], count["found"]), ratio(count["hit"], count["marks"])
    strict = ratio(count["exact"], count["found"]), ratio(count["exact"], count["marks"])
    return {
        "marks": count["marks"], "found": count["found"], "strict_f1": f_measure(*strict), "precision": precision, "recall": recall,
        "f2": f_measure(precision, recall, 2), "leak": ratio(count["leaked"], count["letters"]), "whole": ratio(count["whole"], count["marks"]),
    }


def per_thousand(found, kind):
    """Spans of a type in a thousand texts."""
    return 1000 * sum(span["type"] == kind for spans in found for span in spans) / len(found)


def share(found, *kinds):
    """The share of texts that have a span of one of the types."""
    return sum(any(span["type"] in kinds for span in spans) for spans in found) / len(found)


def exact_cases(texts, found):
    """The share of texts in which everything marked is hidden, and nothing else."""

    def holds(text, spans):
        hidden, marked = covered(spans), covered(text["spans"])
        return all(place in hidden for place in marked if not text["text"][place].isspace()) and not any(
            text["text"][place].isalnum() and place not in marked for place in hidden)

    return sum(map(holds, texts, found)) / len(texts)
